import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, type Numbers, preparePopulation, type Trait } from "../population/index.ts";
import { numberAt, wordAt } from "../values.ts";
import { afterPulse, lowerLimit, type PulseStep, upperLimit } from "./pulse.ts";
import { pulseKernel } from "./pulse-kernel.ts";
import { shapesOf } from "./shapes.ts";
import { wholePulseLaw } from "./whole-pulses.ts";

/**
 * Devices by their response to pulses. The state w is the weight that such laws are published in; a pulse makes it
 *
 *   w + d (D f(w) + sigma xi),   sigma = s (|D f(w)| or D or nothing + s_add + s_slope |w|),   xi standard normal,
 *
 * held within this device's own limits; d is 1 or -1, f the law's shape (shapes.ts), D the device's own step for that direction. The
 * conductance is straight in w plus write noise, which every pulse draws anew and no later one builds on.
 *
 * Where the aihwkit that most of these laws come from says one thing and computes another, what it computes is taken, as its presets were
 * fitted with it: a positive `asymmetry` only makes the step down smaller, a negative one only the step up, and the spread of what a reset
 * leaves is added, not multiplied. Differing from it, a spread that would turn a step or a limit round leaves it at 0.
 */
export function pulseResponseLaw(values: KnownTree): DeviceLaw {
  const { up, down } = pulseStepsOf(values);
  const { writeNoise, floor } = up;
  const traits = traitsOf(values);
  const perWeight = conductancePerWeight(values);
  const usual = numberAt(values, "temperature", 1);
  const threshold = numberAt(values, "threshold", Number.MIN_VALUE);
  const decays = decaysOf(values);
  const unlimited = { low: -Number.MAX_VALUE, high: Number.MAX_VALUE };
  const law = wholePulseLaw({
    variables: [
      { name: "weight", low: floor, high: Number.MAX_VALUE, start: numberAt(values, "start") },
      ...(writeNoise > 0 ? [{ name: "write noise", ...unlimited, start: 0 }] : []),
    ],
    traits,
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: writeNoise > 0 ? 2 : 1,
    precision: "float32",
    threshold,
    bounds(own, bounds) {
      bounds[0] = Math.max(floor, own[lowerLimit]!);
      bounds[1] = Math.max(bounds[0], own[upperLimit]!);
    },
    current: (voltage, x) => voltage * Math.max(0, perWeight * (x[0]! + (x[1] ?? 0) - floor)),
    step(x, direction, normals, own) {
      x[0] = afterPulse(direction === 1 ? up : down, x[0]!, own, normals[0]!);
      if (writeNoise > 0) x[1] = writeNoise * normals[1]!;
    },
    ...(decays ? { decay: decayOf(values, indexOf(traits, "lifetime")) } : {}),
    ...(resetsOf(values) ? { reset: resetOf(values, indexOf(traits, "reset")) } : {}),
  });
  if (decays || up.shape.code === null) return law;
  return { ...law, bulk: pulseKernel({ up, down, threshold, conductanceOf: { perWeight, floor } }) };
}

/** What a pulse of either direction does. */
export function pulseStepsOf(values: KnownTree): { readonly up: PulseStep; readonly down: PulseStep } {
  const shapes = shapesOf(values);
  const step = numberAt(values, "step.median", Number.MIN_VALUE);
  const asymmetry = numberAt(values, "step.asymmetry", -1, 1);
  const cycle = numberAt(values, "cycleNoise.deviation", 0);
  const kind = wordAt(values, "cycleNoise.kind", ["multiplicative", "additive", "absolute"]);
  const shared = {
    step,
    relativeNoise: kind === "multiplicative" ? cycle : 0,
    stepNoise: kind === "additive" ? cycle : 0,
    constantNoise: cycle * numberAt(values, "cycleNoise.offset", 0),
    weightNoise: cycle * numberAt(values, "cycleNoise.slope", 0),
    writeNoise: numberAt(values, "writeNoise", 0) * step,
    // The weight whose conductance is 0.
    floor: numberAt(values, "lower.median") - numberAt(values, "conductance.low", 0) / conductancePerWeight(values),
    alike: traitsOf(values).map(({ spread }) => spread === 0),
  };
  return {
    up: { ...shared, direction: 1, bias: Math.min(0, asymmetry), shape: shapes.up },
    down: { ...shared, direction: -1, bias: -Math.max(0, asymmetry), shape: shapes.down },
  };
}

function conductancePerWeight(values: KnownTree): number {
  const low = numberAt(values, "conductance.low", 0);
  const lower = numberAt(values, "lower.median");
  return (numberAt(values, "conductance.high", low) - low) / (numberAt(values, "upper.median", lower) - lower);
}

/** The first four are those of `afterPulse`; then come the shape's own. */
function traitsOf(values: KnownTree): readonly Trait[] {
  const normal = (name: string, value: number, spread: number): Trait => ({
    name,
    value,
    spread,
    distribution: "normal",
  });
  const distribution = wordAt(values, "step.distribution", ["normal", "log-normal"]);
  const traits = [
    { name: "gain", value: 1, spread: numberAt(values, "step.spread", 0), distribution },
    normal("asymmetry", 1, numberAt(values, "step.asymmetrySpread", 0, 1)),
    normal("upper", numberAt(values, "upper.median", 0), numberAt(values, "upper.spread", 0)),
    normal("lower", numberAt(values, "lower.median"), numberAt(values, "lower.spread", 0)),
    ...shapesOf(values).traits,
  ];
  if (decaysOf(values)) {
    traits.push(normal("lifetime", numberAt(values, "decay.lifetime"), numberAt(values, "decay.spread", 0)));
  }
  if (resetsOf(values)) traits.push(normal("reset", 1, 1 / resetScale));
  return traits;
}

/** What a device's own normal is multiplied by to be a trait near 1, which may lie on either side of it. */
const resetScale = 10;

const indexOf = (traits: readonly Trait[], wanted: string) => traits.findIndex(({ name }) => name === wanted);

const decaysOf = (values: KnownTree) => numberAt(values, "decay.lifetime", Number.MIN_VALUE) < Number.POSITIVE_INFINITY;

const resetsOf = (values: KnownTree) => leafAt(values, "reset.mean") !== undefined;

function decayOf(values: KnownTree, lifetime: number) {
  const rest = numberAt(values, "decay.rest");
  return (x: Numbers, seconds: number, own: Numbers): void => {
    x[0] = rest + (x[0]! - rest) * Math.exp(-seconds / own[lifetime]!);
  };
}

function resetOf(values: KnownTree, trait: number) {
  const mean = numberAt(values, "reset.mean");
  const ofDevice = numberAt(values, "reset.spread", 0) * resetScale;
  const ofCycle = numberAt(values, "reset.cycleSpread", 0);
  return (x: Numbers, own: Numbers, normals: Numbers): void => {
    x[0] = mean + ofDevice * (own[trait]! - 1) + ofCycle * normals[0]!;
  };
}

/** The model whose sets are laws: constant, linear, soft bounds, exponential, power, piecewise, NeuroSim's, and devices fitted with them. */
export const pulseResponse: DeviceModel = {
  name: "pulse-response",
  title: "Response to pulses by one of seven laws of the step",
  kind: "pulsed",
  parameterSets: [
    "soft-bounds",
    "constant",
    "linear",
    "exponential",
    "power",
    "piecewise",
    "neurosim",
    "reram-es",
    "reram-sb",
    "capacitor",
    "ecram-li",
    "ecram-mo",
    "idealized",
    "gokmen-vlasov",
    "pcm-exponential",
    "reram-array-om",
    "reram-array-hfo2",
  ],
  prepare(values) {
    return preparePopulation(values, {
      name: "pulse-response",
      law: pulseResponseLaw(values),
      programmable: true,
    });
  },
};
