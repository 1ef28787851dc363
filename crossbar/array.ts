import {
  addProgramming,
  type Cells,
  type DeviceSwitches,
  type NoiseSplit,
  type PreparedDevice,
  type ProgrammingWork,
  writeVerify,
} from "../devices/index.ts";
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";

/** One reading of an array: what its cells carry for a run, row-major [rows][columns], S. */
export interface HeldConductances {
  /** Conductance with the held part of the noise; may be negative, since only a whole read is clamped. */
  readonly positive: Float32Array;
  readonly negative: Float32Array;
  /** Standard deviation of the noise that is fresh at every product. */
  readonly positiveDeviation: Float32Array;
  readonly negativeDeviation: Float32Array;
}

/**
 * Cells at the crosspoints of word lines (rows) and pairs of bit lines (columns): both cells of a pair have a state of their own.
 * A cell is all devices of its polarity: where a model's statistics are those of several in parallel, its conductance is their sum.
 */
export class CrossbarArray {
  readonly rows: number;
  readonly columns: number;
  readonly positive: Cells;
  readonly negative: Cells;
  readonly #device: PreparedDevice;
  /** Whether cells take their targets exactly. */
  readonly #exact: boolean;

  constructor(
    engine: Engine,
    device: PreparedDevice,
    rows: number,
    columns: number,
    draw: Draw,
    switches: DeviceSwitches,
  ) {
    this.rows = rows;
    this.columns = columns;
    this.#device = device;
    this.#exact = !switches.programmingNoise;
    this.positive = device.create(engine, rows * columns, at(draw, "positive"), switches);
    this.negative = device.create(engine, rows * columns, at(draw, "negative"), switches);
  }

  /**
   * Programs every pair to its targets, S, [rows][columns]; `event` numbers the programming. Where the model has no published statistics,
   * cells are pulsed and verified one after another, the positive ones first, and what that took is returned.
   */
  program(positive: Float32Array, negative: Float32Array, event: number): ProgrammingWork | null {
    if (this.positive.program && this.negative.program) {
      this.positive.program(positive, event);
      this.negative.program(negative, event);
      return null;
    }
    const { writeVerify: scheme, targetRange, targetLow } = this.#device;
    if (!scheme) throw new Error("this device model cannot be programmed to a target");
    if (this.#exact) {
      this.positive.replace!(positive, true);
      this.negative.replace!(negative, true);
      return null;
    }
    const span = targetRange - targetLow;
    const first = writeVerify(this.positive, scheme, positive, span, event);
    const second = writeVerify(this.negative, scheme, negative, span, event);
    this.positive.elapse(second.seconds);
    return addProgramming(first, second);
  }

  /** Puts conductances from elsewhere in place of the cells' own, S, [rows][columns]; see `Cells.replace`. */
  replace(positive: Float32Array, negative: Float32Array, drifts: boolean): void {
    if (!this.positive.replace || !this.negative.replace)
      throw new Error("this device model takes no conductances from elsewhere");
    this.positive.replace(positive, drifts);
    this.negative.replace(negative, drifts);
  }

  elapse(seconds: number): void {
    this.positive.elapse(seconds);
    this.negative.elapse(seconds);
  }

  /** Whether its cells conduct differently with the read voltage reversed. */
  get tellsPolarity(): boolean {
    return this.positive.reversal !== undefined;
  }

  /** Fills `held` with one reading: the same number, the same held draw. */
  hold(split: NoiseSplit, reading: number, held: HeldConductances): void {
    this.positive.readNoise(split, reading, held.positive, held.positiveDeviation);
    this.negative.readNoise(split, reading, held.negative, held.negativeDeviation);
  }
}
