import { at, type Draw } from "../../src/ground/draws/index.ts";
import { clearActivity, type LineActivity } from "./line-activity.ts";
import { bitsOf, checkTrainLength, drawTrains, largestOf, type TrainOptions, trainPlan } from "./trains.ts";
import type { PulseSteps, UpdateRule } from "./update-rule.ts";

/** Signs of products that one set of trains serves. */
type Pass = "growing" | "falling" | "both";

/** Signs that values of lines have. */
interface Signs {
  readonly positive: boolean;
  readonly negative: boolean;
}

/**
 * Stochastic trains: every line pulses in random slots, as often on average as its value asks for, and a cell gets a pulse in each slot in which
 * both of its lines pulse. One train a line serves both signs ("compressed"), with the mean of both steps as what a pulse is worth; in
 * two passes each sign has trains of its own, sized by its own step, so that devices whose steps differ are asked for what they give.
 *
 * @source Gokmen & Vlasov, Front. Neurosci. 10, 333 (2016), doi:10.3389/fnins.2016.00333
 */
export class StochasticRule implements UpdateRule {
  readonly name: string;
  readonly #steps: PulseSteps;
  readonly #options: TrainOptions;
  readonly #draws: Readonly<Record<Pass, { readonly wordLines: Draw; readonly bitLines: Draw }>>;
  readonly #wordLines: Int32Array;
  readonly #bitLines: Int32Array;
  readonly #twoPass: boolean;

  constructor(
    rows: number,
    columns: number,
    steps: PulseSteps,
    draw: Draw,
    options: TrainOptions & { readonly twoPass: boolean },
  ) {
    checkTrainLength(options.trainLength);
    this.name = options.twoPass ? "stochastic-two-pass" : "stochastic";
    this.#steps = steps;
    this.#options = options;
    const drawsOf = (pass: Pass) => ({
      wordLines: at(draw, "trains", pass, "word lines"),
      bitLines: at(draw, "trains", pass, "bit lines"),
    });
    this.#draws = { growing: drawsOf("growing"), falling: drawsOf("falling"), both: drawsOf("both") };
    this.#wordLines = new Int32Array(rows);
    this.#bitLines = new Int32Array(columns);
    this.#twoPass = options.twoPass;
  }

  request(
    x: Float32Array,
    d: Float32Array,
    rate: number,
    update: number,
    counts: Int16Array,
    activity: LineActivity,
  ): void {
    clearActivity(activity);
    counts.fill(0);
    const { growing, falling } = this.#steps;
    if (this.#twoPass) {
      this.#pass("growing", growing, x, d, rate, update, counts, activity);
      this.#pass("falling", falling, x, d, rate, update, counts, activity);
      if (activity.oneSided) shareWordLines(activity, (a, b) => a + b);
    } else {
      this.#pass("both", (growing + falling) / 2, x, d, rate, update, counts, activity);
      if (activity.oneSided) shareWordLines(activity, Math.max);
    }
  }

  #pass(
    pass: Pass,
    step: number,
    x: Float32Array,
    d: Float32Array,
    rate: number,
    update: number,
    counts: Int16Array,
    activity: LineActivity,
  ): void {
    const [wordLines, bitLines] = [this.#wordLines, this.#bitLines];
    const { length, inputGain, outputGain } = trainPlan(largestOf(x), largestOf(d), rate, step, this.#options);
    if (length === 0) return;
    const draws = this.#draws[pass];
    drawTrains(draws.wordLines, update, x, inputGain, length, wordLines);
    drawTrains(draws.bitLines, update, d, outputGain, length, bitLines);
    activity.randomBits += length * (used(x) + used(d));
    if (pass !== "falling") meet(1, x, d, length, wordLines, bitLines, counts, activity);
    if (pass !== "growing") meet(-1, x, d, length, wordLines, bitLines, counts, activity);
  }
}

/**
 * One half of an update: word lines of either sign meet the bit lines whose sign makes the product's the half's.
 *
 * @param half  1: growing, -1: falling
 */
function meet(
  half: 1 | -1,
  x: Float32Array,
  d: Float32Array,
  length: number,
  wordLines: Int32Array,
  bitLines: Int32Array,
  counts: Int16Array,
  activity: LineActivity,
): void {
  const own = half > 0 ? activity.growing : activity.falling;
  const [inputs, outputs] = [signsOf(x), signsOf(d)];
  const meets = (value: number, others: Signs) => (value * half > 0 ? others.positive : others.negative);
  for (let r = 0; r < x.length; r++) {
    const word = wordLines[r]!;
    if (word === 0 || !meets(x[r]!, outputs)) continue;
    const pulses = bitsOf(word);
    own.wordLines[r]! += pulses;
    const sign = x[r]! > 0 ? half : -half;
    for (let c = 0, i = r * d.length; c < d.length; c++, i++) {
      if (sign * d[c]! > 0) counts[i]! += half * bitsOf(word & bitLines[c]!);
    }
  }
  for (let c = 0; c < d.length; c++) {
    if (bitLines[c] !== 0 && meets(d[c]!, inputs)) own.bitLines[c]! += bitsOf(bitLines[c]!);
  }
  own.slots += length * (Number(inputs.positive && meets(1, outputs)) + Number(inputs.negative && meets(-1, outputs)));
}

/** Word lines of one-sided pairs cross the bit lines of both sets: what they do for one of them the other's cells see too. */
function shareWordLines({ growing, falling }: LineActivity, together: (a: number, b: number) => number): void {
  for (const [r, pulses] of growing.wordLines.entries()) {
    growing.wordLines[r] = together(pulses, falling.wordLines[r]!);
    falling.wordLines[r] = growing.wordLines[r]!;
  }
  growing.slots = together(growing.slots, falling.slots);
  falling.slots = growing.slots;
}

function signsOf(values: Float32Array): Signs {
  return { positive: values.some((value) => value > 0), negative: values.some((value) => value < 0) };
}

function used(values: Float32Array): number {
  let lines = 0;
  for (const value of values) if (value !== 0) lines++;
  return lines;
}
