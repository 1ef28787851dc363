import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, type Numbers, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";

/**
 * A memristor that forgets. The source gives a recursion in steps of one length,
 *
 *   G <- r G + (1 - r) G0 + k (u - G),  k = a |V| / (a |V| + 1),  u = 1 above 0 V, else 0
 *   I = G (Kp V^3 above 0 V, Kn V^3 below).
 *
 * At a constant voltage a step takes G by the factor r - k towards ((1 - r) G0 + k u) / (1 - r + k). The law in continuous time
 *
 *   dG/dt = -ln(r - k) / step (((1 - r) G0 + k u) / (1 - r + k) - G)
 *
 * does the same, so that sampled after whole steps it is the recursion exactly; between and along ramps it is what the source leaves open.
 *
 * @source Zhong et al., Nat. Commun. 12, 408 (2021), doi:10.1038/s41467-020-20692-1
 */
export function dynamicMemristorLaw(values: KnownTree): ContinuousDeviceLaw {
  const kept = numberAt(values, "kept", Number.MIN_VALUE, 1 - 1e-12);
  const rest = numberAt(values, "rest", 0, 1);
  const drive = numberAt(values, "drive", 0);
  const step = numberAt(values, "step", Number.MIN_VALUE);
  const forward = numberAt(values, "conduction.forward", Number.MIN_VALUE);
  const backward = numberAt(values, "conduction.backward", Number.MIN_VALUE);
  const cycleSpread = numberAt(values, "cycleSpread", 0);
  const readVoltage = Math.abs(numberAt(values, "operation.read.voltage"));
  const usual = numberAt(values, "temperature", 1);

  const cubic = (voltage: number, traits: Numbers): number =>
    traits[0]! * (voltage > 0 ? forward : backward) * voltage ** 3;
  /** Where the state goes at a voltage, and how fast, 1/s. */
  const course = (voltage: number, normals: Numbers): { towards: number; rate: number } => {
    const driven = drive * Math.max(0, 1 + cycleSpread * normals[0]!) * Math.abs(voltage);
    const k = driven / (driven + 1);
    const towards = ((1 - kept) * rest + (voltage > 0 ? k : 0)) / (1 - kept + k);
    // Beyond hundreds of volts a step of the source would overshoot.
    return { towards, rate: -Math.log(Math.max(Number.MIN_VALUE, kept - k)) / step };
  };
  const undisturbed = Float64Array.of(0);

  const law = continuousLaw({
    variables: [{ name: "state", low: 0, high: 1, start: rest }],
    traits: [
      {
        name: "conduction",
        value: 1,
        spread: numberAt(values, "deviceSpread", 0),
        distribution: "log-normal",
      },
    ],
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: true,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: true,
    writes: (voltage) => Math.abs(voltage) > readVoltage,
    current: (voltage, x, traits) => x[0]! * cubic(voltage, traits),
    rates(voltage, x, _traits, _surroundings, normals, out) {
      const { towards, rate } = course(voltage, normals);
      out[0] = rate * (towards - x[0]!);
    },
  });
  return {
    ...law,
    evolve(x, stretch, normals, traits) {
      const { from, to, duration, compliance } = stretch;
      const current = cubic(from, traits);
      if (from !== to || Math.abs(current) > compliance) return law.evolve(x, stretch, normals, traits);
      const { towards, rate } = course(from, normals);
      const off = x[0]! - towards;
      const fallen = -off * Math.expm1(-rate * duration);
      x[0] = x[0]! - fallen;
      return from * current * (towards * duration + fallen / rate);
    },
    relax(x, seconds) {
      const { towards, rate } = course(0, undisturbed);
      x[0] = towards + (x[0]! - towards) * Math.exp(-rate * seconds);
    },
  };
}

export const dynamicMemristor: DeviceModel = {
  name: "dynamic-memristor",
  title: "Memristor that forgets, for reservoirs",
  kind: "volatile",
  parameterSets: ["zhong-2021"],
  prepare: (values) =>
    preparePopulation(values, { name: "dynamic-memristor", law: dynamicMemristorLaw(values), programmable: false }),
};
