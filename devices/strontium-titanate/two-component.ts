import type { KnownTree } from "../../src/ground/known.ts";
import {
  cornerTimes,
  type DeviceLaw,
  type Numbers,
  partOf,
  type Trait,
  underCompliance,
  type Variable,
} from "../population/index.ts";
import { relax } from "../relaxation.ts";
import { numberAt } from "../values.ts";
import { type Components, componentsOf } from "./components.ts";
import { age, fast, grow, lasting, rest, slow } from "./resting.ts";
import { write } from "./writing.ts";

// Places among the traits.
const [gain, offset, fastRate, slowRate, noise] = [0, 1, 2, 3, 4];

/**
 * A strontium-titanate cell of two terminals: a lasting conductance W, and a volatile F = F_1 + F_2 that falls back by itself.
 *
 *   I = (G_0 + W + F) V h(V),  h = 1 up to V_ohmic, sinh(e / V_n) / (e / V_n) of the excess e above it
 *   F += gain A sign(V) sinh(|V| / V_a) t^b B(F) (1 + sigma N),  B the soft bounds; W likewise from V_L on
 *   dF_k/dt = -F_k / (tau_k exp(V / V_tau,k))  at every bias V up to the write threshold
 *
 * A voltage either writes or steers the decay: pulses are short against seconds.
 *
 * @source Weilenmann et al., Nat. Commun. 15 (2024), doi:10.1038/s41467-024-51093-3, for the device and what it does. The forms are those
 *   usual for valence-change cells; which numbers are assumed, the parameter set says value by value.
 */
export function twoComponentLaw(values: KnownTree): DeviceLaw {
  const components = componentsOf(values);
  const { threshold, ohmicTo, nonlinearity } = components;
  const usual = numberAt(values, "temperature", 1);
  const variables = variablesOf(components);
  const corners = [0, threshold, -threshold, components.lasting.threshold, -components.lasting.threshold];
  const falls = components.retention.exponent > 0;
  const limits = new Float64Array(2 * variables.length);

  const excessFactor = (voltage: number): number => {
    const excess = (Math.abs(voltage) - ohmicTo) / nonlinearity;
    return excess > 1e-9 ? Math.sinh(excess) / excess : 1;
  };
  const drive = (voltage: number): number => voltage * voltage * excessFactor(voltage);
  // A device's lower end goes with its own offset, so that its conductance stays above 0.
  const bounds = (own: Numbers, out: Numbers): void => {
    const share = own[offset]! / components.offset;
    for (const k of [fast, slow]) out[2 * k] = variables[k]!.low * share;
  };

  const law: DeviceLaw = {
    variables,
    traits: traitsOf(values, components),
    conducting: lasting,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: falls ? "float64" : "float32",
    bounds,
    writes: (voltage) => Math.abs(voltage) > threshold,
    current: (voltage, x, own) => (own[offset]! + x[lasting]! + x[fast]! + x[slow]!) * voltage * excessFactor(voltage),
    evolve(x, stretch, normals, own) {
      if (stretch.duration <= 0) return 0;
      for (const [k, { low, high }] of variables.entries()) {
        limits[2 * k] = low;
        limits[2 * k + 1] = high;
      }
      bounds(own, limits);
      const step = own[gain]! * Math.max(0, 1 + own[noise]! * normals[0]!);
      const writer = { offset: own[offset]!, gain: step, bounds: limits };
      const rester = { offset: own[offset]!, rates: [own[fastRate]!, own[slowRate]!] as const };
      return underCompliance(law, x, stretch, own, (across) => {
        const times = cornerTimes(across, corners);
        let work = 0;
        for (let k = 1; k < times.length; k++) {
          const part = partOf(across, times[k - 1]!, times[k]!);
          const middle = Math.abs(part.from + part.to) / 2;
          if (middle <= threshold) {
            work += rest(components, x, part, rester, drive);
            continue;
          }
          work += write(components, x, part, writer, drive);
          if (!falls) continue;
          if (middle >= components.lasting.threshold) x[age] = 0;
          else grow(components, x, part.duration);
        }
        return work;
      });
    },
    relax(x, seconds, _temperature, own) {
      x[fast]! *= Math.exp(-seconds * own[fastRate]!);
      x[slow]! *= Math.exp(-seconds * own[slowRate]!);
      grow(components, x, seconds);
    },
  };
  if (falls) return law;
  return {
    ...law,
    bulk: {
      relax(engine, { x, traits }, seconds) {
        if (typeof seconds !== "number") return false;
        for (const k of [0, 1]) relax(engine, x[fast + k] as Float32Array, traits[fastRate + k]!, seconds);
        return true;
      },
    },
  };
}

function variablesOf({ lasting: long, volatile, fastShare, retention }: Components): Variable[] {
  const part = (name: string, share: number): Variable => ({
    name,
    low: share * volatile.low,
    high: share * volatile.high,
    start: 0,
  });
  return [
    { name: "lasting", low: long.low, high: long.high, start: long.start },
    part("fast", fastShare),
    part("slow", 1 - fastShare),
    // s since the lasting part was written.
    ...(retention.exponent > 0 ? [{ name: "age", low: 0, high: Number.MAX_VALUE, start: 0 }] : []),
  ];
}

function traitsOf(values: KnownTree, components: Components): Trait[] {
  const logNormal = (name: string, value: number, spread: string, of: "" | "-of-mean" = ""): Trait => ({
    name,
    value,
    spread: numberAt(values, spread, 0),
    distribution: `log-normal${of}`,
  });
  const low = numberAt(values, "stepNoise.low", 0, 1);
  const high = numberAt(values, "stepNoise.high", low, 1);
  return [
    logNormal("gain", numberAt(values, "metaplasticity.gain", 0), "metaplasticity.spread"),
    logNormal("offset", components.offset, "conduction.spread", "-of-mean"),
    logNormal("fast rate", 1 / components.fast.time, "volatile.fast.spread"),
    logNormal("slow rate", 1 / components.slow.time, "volatile.slow.spread"),
    {
      name: "step noise",
      value: (low + high) / 2,
      spread: high > 0 ? (high - low) / (high + low) : 0,
      distribution: "uniform",
    },
  ];
}
