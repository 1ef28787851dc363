import { type Draw, philox4x32, wordsOfEvent } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";

/** Slots of the longest train: its bits are one word. */
export const longestTrain = 32;

/** How trains of pulses are sized. */
export interface TrainOptions {
  /** Slots of the longest train, 1 to 32. */
  readonly trainLength: number;
  /** Whether gains of x and d are shifted so that the largest of both pulse equally often. */
  readonly updateManagement: boolean;
  /** Whether a train is only as long as the largest product asks for. */
  readonly lengthManagement: boolean;
}

/** A train's slots, and the probability that a line pulses in one of them for an input, and for an output, of 1. */
export interface TrainPlan {
  readonly length: number;
  readonly inputGain: number;
  readonly outputGain: number;
}

/** Checks a train's length. */
export function checkTrainLength(length: number): void {
  if (!(Number.isInteger(length) && length >= 1 && length <= longestTrain)) {
    throw new InputError(`trainLength is ${length}, expected a whole number from 1 to ${longestTrain}`);
  }
}

/**
 * Length and gains of trains whose coincidences change a weight by rate x d on average: BL p_x p_d step with p_x = B |x| and p_d = A |d|,
 * A B = rate / (step BL). Update management makes A larger by sqrt(x_max / d_max) and B smaller by the same; length management takes
 * BL = min(BL, ceil(rate x_max d_max / step)). A line whose probability would be above 1 pulses in every slot.
 *
 * @param largestInput  and `largestOutput`: max |x| and max |d|; where either is 0 the train has no slots
 * @param step  weight change of one pulse
 * @source Gokmen & Vlasov, Front. Neurosci. 10, 333 (2016), doi:10.3389/fnins.2016.00333; Gokmen, Onen & Haensch, Front. Neurosci. 11, 538
 *   (2017), doi:10.3389/fnins.2017.00538
 */
export function trainPlan(
  largestInput: number,
  largestOutput: number,
  rate: number,
  step: number,
  { trainLength, updateManagement, lengthManagement }: TrainOptions,
): TrainPlan {
  const pulses = (rate * largestInput * largestOutput) / step;
  if (!(pulses > 0)) return { length: 0, inputGain: 0, outputGain: 0 };
  const length = lengthManagement ? Math.min(trainLength, Math.ceil(pulses)) : trainLength;
  const gain = Math.sqrt(rate / (step * length));
  const shift = updateManagement ? Math.sqrt(largestInput / largestOutput) : 1;
  return { length, inputGain: gain / shift, outputGain: gain * shift };
}

/** Largest magnitude. */
export function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** The fourth counter word of trains has this bit and not the two above it, which keys and normals of cells have. */
const trainMark = 0x10000000;

/**
 * Trains of lines: bit k of a line's word says whether it pulses in slot k, with probability gain |value|, each slot by itself. Words are
 * addressed by (draw, update, line) alone.
 *
 * All slots of a line compare a binary fraction with the probability at once, from its first digit on: word j of the line's stream
 * Philox(counter = (line, update's low and high word, mark + j / 4), key = draw.key) holds digit j of every slot's fraction, and a slot is
 * decided at the first digit that differs. Probabilities are held to 2^-32.
 *
 * @param values  [lines]
 * @param words  receives trains, [lines]
 */
export function drawTrains(
  engine: Engine,
  draw: Draw,
  update: number,
  values: Float32Array,
  gain: number,
  length: number,
  words: Uint32Array,
): void {
  const [low, high] = wordsOfEvent(update);
  const all = length === 32 ? -1 : (1 << length) - 1;
  const { kernels, memory } = engine;
  const mark = memory.mark();
  const probabilities = memory.uint32(values.length);
  const certain: number[] = [];
  for (let line = 0; line < values.length; line++) {
    const probability = Math.round(gain * Math.abs(values[line]!) * 2 ** 32);
    if (probability >= 2 ** 32) certain.push(line);
    probabilities[line] = probability > 0 && probability < 2 ** 32 ? probability : 0;
  }
  if (kernels) {
    const out = memory.uint32(values.length);
    const [key0, key1] = draw.key;
    kernels.drawTrains(key0, key1, low, high, memory.address(probabilities), all, memory.address(out), values.length);
    words.set(out);
  } else
    for (const [line, probability] of probabilities.entries())
      words[line] = trainOf(draw.key, line, low, high, probability, all);
  for (const line of certain) words[line] = all;
  memory.release(mark);
}

/** Twin of the kernel, for one line: the same bits. @param probability  in units of 2^-32, 0 .. 2^32 - 1 */
function trainOf(
  key: readonly [number, number],
  line: number,
  low: number,
  high: number,
  probability: number,
  slots: number,
): number {
  let rest = probability | 0;
  let undecided = slots;
  let pulses = 0;
  // Once the digits that are left are all 0, no slot that is undecided lies below the probability.
  for (let block = 0; rest !== 0 && undecided !== 0; block++) {
    const digits = philox4x32([line, low, high, trainMark + block], key);
    for (let j = 0; j < 4 && rest !== 0; j++, rest <<= 1) {
      if (rest < 0) {
        pulses |= undecided & ~digits[j]!;
        undecided &= digits[j]!;
      } else undecided &= ~digits[j]!;
    }
  }
  return pulses;
}

/** Bits that are set. */
export function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
