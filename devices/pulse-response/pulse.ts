import { at, fillNormalPlain, wordsOfEvent } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { BulkState, Numbers, PulseRandomness } from "../population/index.ts";
import type { Shape } from "./shapes.ts";

/** What one pulse of one direction does: pulse-response.ts has the law. All in units of the weight, sigma's parts added. */
export interface PulseStep {
  readonly direction: 1 | -1;
  /** D of a median device. */
  readonly step: number;
  /** Added to the device's gain. */
  readonly bias: number;
  readonly shape: Shape;
  /** sigma over |D f|, over D, by itself, and over |w|. */
  readonly relativeNoise: number;
  readonly stepNoise: number;
  readonly constantNoise: number;
  readonly weightNoise: number;
  /** Standard deviation of what every pulse draws anew; 0: there is no such variable. */
  readonly writeNoise: number;
  /** No weight lies below. */
  readonly floor: number;
  /** Which traits all devices have alike. */
  readonly alike: readonly boolean[];
}

const noNormals = new Float32Array(0);

/**
 * One pulse of every device of a population.
 *
 * @param state  x: weight and, where there is write noise, that; traits: gain, asymmetry, upper and lower limit, the shape's own
 * @param energy  J for each unit of weight above the floor, before and after the pulse together, write noise included
 * @param work  J, [devices], added to
 * @returns how many were held at a limit
 */
export function stepDevices(
  engine: Engine,
  pulse: PulseStep,
  state: BulkState,
  random: PulseRandomness,
  energy: number,
  work: Float64Array,
): number {
  if (!engine.kernels) return stepDevicesPlain(pulse, state, random, energy, work);
  const { memory } = engine;
  const mark = memory.mark();
  const numbers = memory.float32(pulseNumbers);
  numbers.set(asNumbers(pulse, random.scale));
  const places = placesOf(engine, pulse, state, random.scale);
  const [low, high] = wordsOfEvent(random.event);
  const [own, written] = [at(random.draw, 0).key, at(random.draw, 1).key];
  const noise = state.x[1] as Float32Array | undefined;
  const within = work.buffer === memory.buffer;
  const added = within ? work : memory.float64(work.length).fill(0);
  const clipped = engine.kernels.stepDevices(
    memory.address(numbers),
    pulse.shape.code!,
    memory.address(state.x[0] as Float32Array),
    noise ? memory.address(noise) : 0,
    memory.address(places),
    own[0],
    own[1],
    written[0],
    written[1],
    low,
    high,
    memory.address(added),
    energy,
    work.length,
  );
  if (!within) for (let i = 0; i < work.length; i++) work[i]! += added[i]!;
  memory.release(mark);
  return clipped;
}

export const pulseNumbers = 14;
const pulseTraits = 6;

/** Where the kernel finds each trait, and how far it goes on from a block of devices to the next: one that all have alike is one block. */
export function placesOf(engine: Engine, { alike }: PulseStep, { traits }: BulkState, scale: number): Int32Array {
  const { memory } = engine;
  const places = memory.int32(2 * pulseTraits);
  for (let k = 0; k < pulseTraits; k++) {
    places[2 * k] = memory.address(traits[k] ?? traits[0]!);
    places[2 * k + 1] = alike[k] !== false || scale === 0 ? 0 : 4 * 512;
  }
  return places;
}

/** In the order the kernel reads; exponents are of 2. */
export function asNumbers(pulse: PulseStep, spread: number): number[] {
  const { direction, step, bias, shape, floor } = pulse;
  const [a = 0, b = 0, c = 0, d = 0] = shape.numbers;
  const noise = [pulse.relativeNoise, pulse.stepNoise, pulse.constantNoise, pulse.weightNoise, pulse.writeNoise];
  return [
    direction,
    step,
    bias - direction,
    floor,
    ...noise.map((value) => value * spread),
    a,
    b,
    c,
    d * Math.LOG2E,
    2 * floor,
  ];
}

/** Twin of the kernel, in float64: weights agree within 4e-6 of a step, one sigma and the weight itself together. */
export function stepDevicesPlain(
  pulse: PulseStep,
  { x, traits }: BulkState,
  { draw, event, scale }: PulseRandomness,
  energy: number,
  work: Float64Array,
): number {
  const { floor, writeNoise } = pulse;
  const count = work.length;
  const normals = new Float32Array(count);
  const written = writeNoise > 0 ? new Float32Array(count) : noNormals;
  fillNormalPlain(at(draw, 0), event, normals);
  if (writeNoise > 0) fillNormalPlain(at(draw, 1), event, written);
  const own = new Float64Array(traits.length);
  let clipped = 0;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < own.length; k++) own[k] = traits[k]![i]!;
    const w = x[0]![i]!;
    const next = afterPulse(pulse, w, own, scale * normals[i]!);
    const low = Math.max(floor, own[lowerLimit]!);
    const inside = Math.min(Math.max(low, own[upperLimit]!), Math.max(low, next));
    if (inside !== next) clipped++;
    x[0]![i] = inside;
    const before = x[1] ? x[1][i]! : 0;
    const after = writeNoise > 0 ? writeNoise * scale * written[i]! : 0;
    if (x[1]) x[1][i] = after;
    work[i]! += energy * Math.max(0, w + inside + before + after - 2 * floor);
  }
  return clipped;
}

// Traits of every law.
const [gain, asymmetry] = [0, 1];
export const [upperLimit, lowerLimit] = [2, 3];

/** The weight that a pulse makes of w, before it is held within the limits. */
export function afterPulse(pulse: PulseStep, w: number, own: Numbers, normal: number): number {
  const { direction, step, bias, shape, floor } = pulse;
  const low = Math.max(floor, own[lowerLimit]!);
  const high = Math.max(low, own[upperLimit]!);
  const ownStep = step * Math.max(0, own[gain]! + bias + direction * (own[asymmetry]! - 1));
  const mean = high > low ? ownStep * shape.at(w, low, high, own) : 0;
  const ofStep = pulse.relativeNoise * Math.abs(mean) + pulse.stepNoise * ownStep;
  const sigma = ofStep + pulse.constantNoise + pulse.weightNoise * Math.abs(w);
  return w + direction * (mean + sigma * normal);
}
