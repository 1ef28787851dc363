import type { KnownTree } from "../../src/ground/known.ts";
import {
  cornerTimes,
  type DeviceLaw,
  gradedIntegral,
  type Numbers,
  partOf,
  type Stretch,
  underCompliance,
} from "../population/index.ts";
import { numberAt, wordAt } from "../values.ts";
import { photocarriers } from "./light.ts";
import { eligibleWriting } from "./trace.ts";

// Places in the state and among the traits.
const [weight, trace, fast, slow] = [0, 1, 2, 3];
const [scale, learning, sensitivity] = [0, 1, 2];

/**
 * A chalcogenide cell under a lamp, whose weight w changes where three factors meet: two that set a volatile trace e, and a third.
 *
 *   I = (G_dark(w) + s n^theta) V - I_pv(n),  G_dark = G_off (G_on / G_off)^w, or linear in w
 *   de/dt = -e / tau_e,  e = 1 while both factors coincide
 *   dw/dt = r M e (1 - w) for M > 0, r M e w for M < 0,  M = sign(V) (|V| - V_th(P)) / V_M above the threshold V_th = V_0 - k P, else 0
 *
 * with the photo-carriers n of `photocarriers`. With `trace.role` electrical a voltage of both terminals' halves together sets e and light
 * opens the threshold; with optical, light of both halves together sets e and a voltage is the third factor.
 *
 * @source Sarwat et al., Nat. Commun. 13 (2022), doi:10.1038/s41467-022-29870-9, for the device and what it does; the forms are those
 *   usual for photoconductors and eligibility traces, and their numbers are assumed
 */
export function optomemristorLaw(values: KnownTree): DeviceLaw {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const carriers = photocarriers(values);
  const off = positive("memory.off");
  const on = numberAt(values, "memory.on", off);
  const exponential = wordAt(values, "memory.conduction", ["exponential", "linear"]) === "exponential";
  const electrical = wordAt(values, "trace.role", ["electrical", "optical"]) === "electrical";
  const traceTime = positive("trace.time");
  const coincidence = positive("trace.voltage");
  const coincidentLight = positive("trace.light");
  const darkThreshold = positive("threshold.dark");
  const byLight = numberAt(values, "threshold.byLight", 0);
  const lowest = positive("threshold.lowest");
  const overdrive = positive("write.overdrive");
  const rate = -Math.log1p(-numberAt(values, "write.step", 0, 0.999)) / positive("write.width");
  const noise = numberAt(values, "write.noise", 0);
  const usual = numberAt(values, "temperature", 1);
  const spread = numberAt(values, "deviceSpread", 0);

  const dark = (w: number): number => (exponential ? off * (on / off) ** w : off + w * (on - off));
  const thresholdIn = (light: number): number => Math.max(lowest, darkThreshold - byLight * light);
  const moved = (x: Numbers, seconds: number, made: number): void => {
    x[trace]! *= Math.exp(-seconds / traceTime);
    for (const k of [0, 1]) {
      const steady = made * carriers.shares[k]! * carriers.lifetimes[k]!;
      x[fast + k] = steady + (x[fast + k]! - steady) * Math.exp(-seconds / carriers.lifetimes[k]!);
    }
  };

  /** A stretch between two corners: the trace is either held at 1 or falls, the threshold is either passed or not. */
  const pass = (x: Numbers, part: Stretch, step: number, own: Numbers): number => {
    const { from, to, duration, irradiance, wavelength } = part;
    const light = carriers.relative(irradiance, wavelength);
    const made = own[sensitivity]! * carriers.generation(irradiance, wavelength);
    const middle = (from + to) / 2;
    const coincides = electrical ? Math.abs(middle) >= coincidence : light >= coincidentLight;
    if (coincides) x[trace] = 1;
    const threshold = thresholdIn(light);
    const writes = Math.abs(middle) > threshold && step > 0;
    const sign = Math.sign(middle);
    const speed = writes ? (rate * step) / overdrive : 0;
    const [begin, slope] = [Math.abs(from) - threshold, (sign * (to - from)) / duration];
    const written = (seconds: number): number =>
      speed * eligibleWriting(begin, slope, x[trace]!, coincides ? Number.POSITIVE_INFINITY : traceTime, seconds);
    const weightAfter = (seconds: number): number => {
      if (!writes) return x[weight]!;
      const left = Math.exp(-written(seconds));
      return sign > 0 ? 1 - (1 - x[weight]!) * left : x[weight]! * left;
    };
    const still = made === 0 && x[fast] === 0 && x[slow] === 0 && !writes;
    const numbers = still ? x : new Float64Array(4);
    const power = (seconds: number): number => {
      if (!still) {
        numbers.set(x);
        numbers[weight] = weightAfter(seconds);
        moved(numbers, seconds, made);
      }
      const voltage = from + ((to - from) * seconds) / duration;
      return voltage * law.current(voltage, numbers, own, part);
    };
    const shortest = Math.min(
      carriers.lifetimes[0],
      carriers.lifetimes[1],
      traceTime,
      overdrive / (speed * Math.abs(middle)),
    );
    const work = from === 0 && to === 0 ? 0 : gradedIntegral(power, duration, still ? duration : shortest / 64);
    x[weight] = weightAfter(duration);
    moved(x, duration, made);
    if (coincides) x[trace] = 1;
    return work;
  };

  const law: DeviceLaw = {
    variables: [
      { name: "weight", low: 0, high: 1, start: numberAt(values, "memory.start", 0, 1) },
      { name: "trace", low: 0, high: 1, start: 0 },
      { name: "fast carriers", low: 0, high: Number.MAX_VALUE, start: 0 },
      { name: "slow carriers", low: 0, high: Number.MAX_VALUE, start: 0 },
    ],
    traits: ["conductance", "learning", "sensitivity"].map((name) => ({
      name,
      value: 1,
      spread,
      distribution: "log-normal" as const,
    })),
    conducting: weight,
    temperature: { usual, low: usual, high: usual },
    // In the dark; under light the photovoltaic current has a direction of its own.
    polar: false,
    light: true,
    normalsPerPulse: 1,
    precision: "float64",
    // In the set's own light; in the dark it takes more.
    writes: (voltage) => Math.abs(voltage) > thresholdIn(1),
    current(voltage, x, own) {
      const [a, b] = [x[fast]!, x[slow]!];
      const conductance = own[scale]! * dark(x[weight]!) + carriers.conductance(a, b);
      return conductance * voltage - carriers.shortCircuit(a, b);
    },
    evolve(x, stretch, normals, own) {
      if (stretch.duration <= 0) return 0;
      const step = own[learning]! * Math.max(0, 1 + noise * normals[0]!);
      const threshold = thresholdIn(carriers.relative(stretch.irradiance, stretch.wavelength));
      const corners = [0, threshold, -threshold, coincidence, -coincidence];
      return underCompliance(law, x, stretch, own, (across) => {
        const times = cornerTimes(across, corners);
        let work = 0;
        for (let k = 1; k < times.length; k++) work += pass(x, partOf(across, times[k - 1]!, times[k]!), step, own);
        return work;
      });
    },
    relax: (x, seconds) => moved(x, seconds, 0),
  };
  return law;
}
