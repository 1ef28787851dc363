import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, limitedVoltage, type Numbers, preparePopulation } from "../population/index.ts";
import { numberAt, numbersAt } from "../values.ts";
import {
  featureModel,
  features,
  highResistance,
  lowResistance,
  polynomial,
  resetVoltage,
  setVoltage,
} from "./features.ts";

/** Where a device is in its cycle. */
const phases = { high: 0, low: 1, between: 2 } as const;

/**
 * Filamentary cells that switch by the statistics of measured ones. With U the voltage in the source's sense (`polarity` -1 turns it, so that a
 * positive pulse potentiates) and r between 0, the lowest resistance seen, and 1, beyond the highest,
 *
 *   I = (1 - r) I_low(U) + r I_high(U), both polynomials;
 *
 *   U <= U_set            r becomes that of this cycle's low resistance, read at U_0;
 *   U > U_reset           the next cycle's features are drawn, and r follows I = a |U_max - U|^eta + c, from the low state's current at
 *                         U_reset to the high state's at U_max; it stays where the largest U has left it;
 *   U >= U_max            r is that of the high resistance.
 *
 * The features of a cycle (features.ts) are normal and autoregressive. Nothing depends on time: a pulse does what its voltage does. One pulse
 * draws one cycle's normals, so that a sweep is one loop.
 *
 * @source Hennen et al., Front. Neurosci. 16, 941753 (2022), doi:10.3389/fnins.2022.941753; Hennen et al., IEEE Trans. Electron Devices
 *   (2024), doi:10.1109/TED.2024.3427616
 */
export function synaptogenLaw(values: KnownTree): DeviceLaw {
  const model = featureModel(values);
  const polarity = numberAt(values, "polarity", -1, 1);
  const highest = numbersAt(values, "current.high", 2, 20);
  const lowest = numbersAt(values, "current.low", 2, 20);
  const readAt = numberAt(values, "resistanceVoltage", Number.MIN_VALUE);
  const fullReset = numberAt(values, "fullReset", Number.MIN_VALUE);
  const exponent = numberAt(values, "resetExponent", 0);
  const usual = numberAt(values, "temperature", 1);
  const writing = numberAt(values, "threshold", Number.MIN_VALUE);
  const memory = features * model.order;
  const [r, phase, onset, slope, floor] = [0, 1, 2, 3, 4].map((k) => memory + k) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const y = new Float64Array(features);

  const between = (share: number, u: number): number =>
    (1 - share) * polynomial(lowest, u) + share * polynomial(highest, u);
  const shareOf = (current: number, u: number): number => {
    const low = polynomial(lowest, u);
    return (current - low) / (polynomial(highest, u) - low);
  };
  const shareOfResistance = (resistance: number): number => shareOf(readAt / resistance, readAt);
  const passive = passiveShare(between, 1.1 * fullReset);

  const apply = (x: Numbers, u: number, normals: Numbers, traits: Numbers): void => {
    const history = x.subarray(0, memory);
    model.physical(history, traits, y);
    if (x[phase] !== phases.low && u <= y[setVoltage]!) {
      x[r] = shareOfResistance(y[lowResistance]!);
      x[phase] = phases.low;
      x[onset] = y[resetVoltage]!;
    }
    if (x[phase] === phases.high || u <= x[onset]!) return;
    if (x[phase] === phases.low) {
      model.advance(history, normals);
      model.physical(history, traits, y);
      const first = between(x[r]!, x[onset]!);
      x[floor] = between(shareOfResistance(y[highResistance]!), fullReset);
      x[slope] = (first - x[floor]!) / Math.abs(fullReset - x[onset]!) ** exponent;
    }
    x[onset] = u;
    if (u >= fullReset) {
      x[r] = shareOfResistance(y[highResistance]!);
      x[phase] = phases.high;
    } else {
      x[r] = shareOf(x[slope]! * Math.abs(fullReset - u) ** exponent + x[floor]!, u);
      x[phase] = phases.between;
    }
    x[r] = Math.min(passive, Math.max(0, x[r]!));
  };

  /** Voltages within a ramp at which something begins or ends. */
  const corners = (x: Numbers, from: number, to: number, traits: Numbers): number[] => {
    model.physical(x.subarray(0, memory), traits, y);
    const all = to < from ? [y[setVoltage]!] : [x[onset]!, fullReset];
    return [from, ...all.filter((u) => (u - from) * (u - to) < 0), to];
  };

  const free = { low: -Number.MAX_VALUE, high: Number.MAX_VALUE, start: 0 };
  return {
    variables: [
      ...Array.from({ length: memory }, (_, k) => ({ ...free, name: `feature ${k}` })),
      { name: "state", low: 0, high: passive, start: 0 },
      { name: "phase", low: 0, high: 2, start: phases.high },
      { ...free, name: "onset" },
      { ...free, name: "slope" },
      { ...free, name: "floor" },
    ],
    traits: model.traits,
    conducting: r,
    temperature: { usual, low: usual, high: usual },
    polar: true,
    light: false,
    normalsPerPulse: features,
    precision: "float64",
    start(x, traits, normals) {
      const history = x.subarray(0, memory);
      model.advance(history, normals);
      model.physical(history, traits, y);
      x[r] = shareOfResistance(y[highResistance]!);
      x[onset] = y[resetVoltage]!;
    },
    reset: (x, traits, normals) => apply(x, fullReset, normals, traits),
    writes: (voltage) => Math.abs(voltage) >= writing,
    current: (voltage, x) => polarity * between(x[r]!, polarity * voltage),
    evolve(x, stretch, normals, traits) {
      const { duration, compliance } = stretch;
      if (duration <= 0) return 0;
      const limited = (voltage: number) => limitedVoltage(this, voltage, compliance, x, traits, stretch);
      const [from, to] = [polarity * limited(stretch.from), polarity * limited(stretch.to)];
      apply(x, from, normals, traits);
      if (from === to) return from * between(x[r]!, from) * duration;
      const cuts = corners(x, from, to, traits);
      let work = 0;
      for (const [k, end] of cuts.slice(1).entries()) {
        const begin = cuts[k]!;
        const moves = end > begin && x[phase] !== phases.high && begin >= x[onset]!;
        // Simpson's rule; within a RESET the state moves from node to node.
        const panels = 8;
        let sum = 0;
        for (let node = 0; node <= 2 * panels; node++) {
          const u = begin + ((end - begin) * node) / (2 * panels);
          if (moves) apply(x, u, normals, traits);
          const weight = node === 0 || node === 2 * panels ? 1 : node % 2 === 1 ? 4 : 2;
          sum += weight * u * between(x[r]!, u);
        }
        work += (sum / (6 * panels)) * duration * ((end - begin) / (to - from));
        apply(x, end, normals, traits);
      }
      return work;
    },
    relax() {},
    timeless: true,
  };
}

/** The largest r that conducts forwards at every voltage up to the largest: beyond it the measured polynomial would give energy back. */
function passiveShare(between: (share: number, u: number) => number, largest: number): number {
  let share = 1;
  for (let k = -100; k <= 100; k++) {
    const u = (largest * k) / 100;
    const [low, high] = [u * between(0, u), u * between(1, u)];
    if (high < 0) share = Math.min(share, low / (low - high));
  }
  return share * (1 - 1e-9);
}

/** The model of Synaptogen, with the statistics that its authors published. */
export const synaptogen: DeviceModel = {
  name: "synaptogen",
  title: "Filamentary cells by autoregressive statistics of their switching (Synaptogen)",
  kind: "pulsed",
  parameterSets: ["hennen-2022"],
  prepare: (values) =>
    preparePopulation(values, { name: "synaptogen", law: synaptogenLaw(values), programmable: false }),
};
