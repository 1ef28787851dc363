import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { coincidences } from "./coincidences.ts";
import { clearActivity, type LineActivity } from "./line-activity.ts";
import { bitsOf, checkTrainLength, drawTrains, largestOf, type TrainOptions, trainPlan } from "./trains.ts";
import type { PulseSteps, UpdateRule } from "./update-rule.ts";

/** Signs of products that one set of trains serves. */
type Pass = "growing" | "falling" | "both";

/** The lines of one side: what they carry, its signs, and their trains. */
interface Lines {
  readonly signs: Int8Array;
  readonly trains: Uint32Array;
  /** Trains of the lines of one sign; the others do not pulse. */
  readonly ofSign: Uint32Array;
  positive: boolean;
  negative: boolean;
  /** Lines whose value is not 0. */
  used: number;
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
  readonly #engine: Engine;
  readonly #steps: PulseSteps;
  readonly #options: TrainOptions;
  readonly #draws: Readonly<Record<Pass, { readonly wordLines: Draw; readonly bitLines: Draw }>>;
  readonly #wordLines: Lines;
  readonly #bitLines: Lines;
  readonly #twoPass: boolean;

  constructor(
    engine: Engine,
    rows: number,
    columns: number,
    steps: PulseSteps,
    draw: Draw,
    options: TrainOptions & { readonly twoPass: boolean },
  ) {
    checkTrainLength(options.trainLength);
    this.name = options.twoPass ? "stochastic-two-pass" : "stochastic";
    this.#engine = engine;
    this.#steps = steps;
    this.#options = options;
    const drawsOf = (pass: Pass) => ({
      wordLines: at(draw, "trains", pass, "word lines"),
      bitLines: at(draw, "trains", pass, "bit lines"),
    });
    this.#draws = { growing: drawsOf("growing"), falling: drawsOf("falling"), both: drawsOf("both") };
    this.#wordLines = newLines(rows);
    this.#bitLines = newLines(columns);
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
    takeSigns(x, this.#wordLines);
    takeSigns(d, this.#bitLines);
    const { growing, falling } = this.#steps;
    if (this.#twoPass) {
      counts.fill(0);
      for (const [pass, step] of [
        ["growing", growing],
        ["falling", falling],
      ] as const) {
        if (!this.#drive(pass, step, x, d, rate, update, activity)) continue;
        this.#meet(pass, counts);
      }
      if (activity.oneSided) shareWordLines(activity, (a, b) => a + b);
      return;
    }
    if (!this.#drive("both", (growing + falling) / 2, x, d, rate, update, activity)) {
      counts.fill(0);
      return;
    }
    const [words, bits] = [this.#wordLines, this.#bitLines];
    coincidences(this.#engine, words.trains, words.signs, bits.trains, bits.signs, counts);
    if (activity.oneSided) shareWordLines(activity, Math.max);
  }

  /** Draws trains and counts what lines do. @returns whether there is any slot */
  #drive(
    pass: Pass,
    step: number,
    x: Float32Array,
    d: Float32Array,
    rate: number,
    update: number,
    activity: LineActivity,
  ): boolean {
    const { length, inputGain, outputGain } = trainPlan(largestOf(x), largestOf(d), rate, step, this.#options);
    if (length === 0) return false;
    const draws = this.#draws[pass];
    const [words, bits] = [this.#wordLines, this.#bitLines];
    drawTrains(this.#engine, draws.wordLines, update, x, inputGain, length, words.trains);
    drawTrains(this.#engine, draws.bitLines, update, d, outputGain, length, bits.trains);
    activity.randomBits += length * (words.used + bits.used);
    if (pass !== "falling") countLines("growing", length, words, bits, activity);
    if (pass !== "growing") countLines("falling", length, words, bits, activity);
    return true;
  }

  /** Adds the coincidences of lines whose signs make products of the half's sign. */
  #meet(half: "growing" | "falling", counts: Int16Array): void {
    const [words, bits] = [this.#wordLines, this.#bitLines];
    for (const sign of [1, -1] as const) {
      keepSign(words, sign);
      keepSign(bits, half === "growing" ? sign : -sign);
      coincidences(this.#engine, words.ofSign, words.signs, bits.ofSign, bits.signs, counts, true);
    }
  }
}

function newLines(count: number): Lines {
  const [trains, ofSign] = [new Uint32Array(count), new Uint32Array(count)];
  return { signs: new Int8Array(count), trains, ofSign, positive: false, negative: false, used: 0 };
}

function takeSigns(values: Float32Array, lines: Lines): void {
  lines.positive = false;
  lines.negative = false;
  lines.used = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    lines.signs[k] = value < 0 ? -1 : 1;
    if (value > 0) lines.positive = true;
    else if (value < 0) lines.negative = true;
    if (value !== 0) lines.used++;
  }
}

function keepSign(lines: Lines, sign: number): void {
  for (let k = 0; k < lines.signs.length; k++) lines.ofSign[k] = lines.signs[k] === sign ? lines.trains[k]! : 0;
}

/** What lines do in one half: those of either sign pulse if there is a line on the other side whose sign makes the product's the half's. */
function countLines(half: "growing" | "falling", length: number, words: Lines, bits: Lines, activity: LineActivity) {
  const pulses = activity[half];
  const turn = half === "growing" ? 1 : -1;
  const meets = (sign: number, others: Lines) => (sign * turn > 0 ? others.positive : others.negative);
  for (const [own, others, out] of [
    [words, bits, pulses.wordLines],
    [bits, words, pulses.bitLines],
  ] as const) {
    for (let k = 0; k < out.length; k++) if (meets(own.signs[k]!, others)) out[k]! += bitsOf(own.trains[k]!);
  }
  pulses.slots += length * (Number(words.positive && meets(1, bits)) + Number(words.negative && meets(-1, bits)));
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
