import type { KnownTree } from "../../src/ground/known.ts";
import {
  cornerTimes,
  type DeviceLaw,
  gaussIntegral,
  type Numbers,
  partOf,
  type Stretch,
  type Trait,
  underCompliance,
} from "../population/index.ts";
import { numberAt } from "../values.ts";

/** V that a ramp goes on while its exponent is taken as one. */
const rampStep = 2e-3;

/**
 * Resistance of niobium-doped strontium titanate under an Ohmic-Schottky junction after n pulses of one positive voltage:
 *
 *   R(n, V) = R_0 + R_1 n^(a + b V)
 *
 * From any resistance a pulse goes on as from the n that its own voltage would have needed to reach it: n = ((R - R_0) / R_1)^(1 / (a + b V)),
 * then n + 1. A pulse of another width than the set's own counts in proportion to it, which makes pieces of a pulse do what the whole does.
 * Negative voltages do nothing that the source tells.
 *
 * @source Tiotto et al., Front. Neurosci. 14, 627276 (2021), doi:10.3389/fnins.2020.627276
 */
export function pulsePowerLaw(values: KnownTree): DeviceLaw {
  const a = numberAt(values, "power.exponent");
  const b = numberAt(values, "power.exponentPerVolt");
  const width = numberAt(values, "power.width", Number.MIN_VALUE);
  const threshold = numberAt(values, "power.threshold", 0);
  const cycleSpread = numberAt(values, "power.cycleSpread", 0);
  const start = numberAt(values, "power.start", Number.MIN_VALUE);
  const usual = numberAt(values, "temperature", 1);
  const traits = [between(values, "power.floor", "floor"), between(values, "power.scale", "scale")];
  const highest = traits.reduce((sum, { value, spread }) => sum + value * (1 + spread), 0);

  const bounds = (own: Numbers, out: Numbers): void => {
    out[0] = own[0]!;
    out[1] = own[0]! + own[1]!;
  };
  const write = (x: Numbers, { from, to, duration }: Stretch, speed: number, own: Numbers): number => {
    const [floor, scale] = [own[0]!, own[1]!];
    const voltage = (from + to) / 2;
    const exponent = a + b * voltage;
    if (exponent >= 0) return (voltage ** 2 / x[0]!) * duration;
    const first = ((Math.min(x[0]!, floor + scale) - floor) / scale) ** (1 / exponent);
    if (first === Number.POSITIVE_INFINITY) return (voltage ** 2 / x[0]!) * duration;
    const last = first + (speed * duration) / width;
    x[0] = floor + scale * last ** exponent;
    if (speed === 0) return (voltage ** 2 / x[0]) * duration;
    // Over ln n, in which the power law is smooth.
    const span = Math.log(last / first);
    const power = (u: number): number => {
      const n = first * Math.exp(u);
      return n / (floor + scale * n ** exponent);
    };
    const panels = Math.max(1, Math.ceil(span));
    let sum = 0;
    for (let p = 0; p < panels; p++) sum += gaussIntegral(power, (p / panels) * span, ((p + 1) / panels) * span);
    return ((voltage ** 2 * width) / speed) * sum;
  };
  const law: DeviceLaw = {
    variables: [{ name: "resistance", low: 0, high: highest, start }],
    traits,
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    bounds,
    reset(x) {
      x[0] = start;
    },
    writes: (voltage) => voltage > threshold,
    current: (voltage, x) => voltage / x[0]!,
    evolve(x, stretch, normals, own) {
      if (stretch.duration <= 0) return 0;
      const speed = Math.max(0, 1 + cycleSpread * normals[0]!);
      return underCompliance(law, x, stretch, own, (across) => {
        const times = cornerTimes(across, [threshold]);
        let work = 0;
        for (let k = 1; k < times.length; k++) {
          const part = partOf(across, times[k - 1]!, times[k]!);
          const { from, to, duration } = part;
          if ((from + to) / 2 <= threshold) {
            work += ((from * from + from * to + to * to) / 3 / x[0]!) * duration;
            continue;
          }
          const steps = Math.max(1, Math.ceil(Math.abs(to - from) / rampStep));
          for (let s = 0; s < steps; s++) {
            work += write(x, partOf(part, (s / steps) * duration, ((s + 1) / steps) * duration), speed, own);
          }
        }
        return work;
      });
    },
    relax() {},
    timeless: true,
  };
  return law;
}

/** A trait drawn uniformly between the two ends that a set gives. */
function between(values: KnownTree, path: string, name: string): Trait {
  const low = numberAt(values, `${path}.low`, 0);
  const high = numberAt(values, `${path}.high`, Math.max(low, Number.MIN_VALUE));
  return { name, value: (low + high) / 2, spread: (high - low) / (high + low), distribution: "uniform" };
}
