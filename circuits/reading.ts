import type { CrossbarArray, FreshCells, HeldConductances } from "../crossbar/index.ts";
import { clampedMoments, type NoiseSplit } from "../devices/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { Side } from "./tile-spec.ts";

/** One side's cells as a read sees them: the held conductance, the fresh noise on it and its moments, [rows][columns]. */
export interface SeenCells extends FreshCells {
  /** S, mean of the clamped read. */
  readonly means: Float32Array;
}

/** What a reading fixes for a run: both sides of an array as they are, and those that are also read with the voltage reversed. */
export class Reading {
  /** Conductances of one word line read together, mean over noise, S, [rows]: what a driven line loads its driver with. */
  readonly lineConductance: Float64Array;
  readonly #engine: Engine;
  readonly #array: CrossbarArray;
  readonly #forward: Readonly<Record<Side, SeenCells>>;
  readonly #held: HeldConductances;
  readonly #reversed = new Map<Side, SeenCells & { readonly factor: Float32Array }>();

  /** @param reversed  sides that are also read with the voltage reversed */
  constructor(engine: Engine, array: CrossbarArray, reversed: Iterable<Side>) {
    this.#engine = engine;
    this.#array = array;
    this.lineConductance = new Float64Array(array.rows);
    const { memory } = engine;
    const count = array.rows * array.columns;
    const cells = (): SeenCells => newSeenCells(engine, count);
    this.#forward = { positive: cells(), negative: cells() };
    this.#held = heldOf(this.#forward.positive, this.#forward.negative);
    for (const side of reversed) {
      this.#reversed.set(side, { ...cells(), factor: memory.float32(count) });
    }
  }

  /** Draws what is held for a run. The same number, the same draws. */
  hold(split: NoiseSplit, reading: number): void {
    this.#array.hold(split, reading, this.#held);
    const { positive, negative } = this.#forward;
    for (const { centre, deviation, means, variance, thirdOverVariance } of [positive, negative]) {
      clampedMoments(this.#engine, centre, deviation, means, variance, thirdOverVariance);
    }
    const { rows, columns } = this.#array;
    for (let i = 0, cell = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++, cell++) sum += positive.means[cell]! + negative.means[cell]!;
      this.lineConductance[i] = sum;
    }
    for (const [side, cells] of this.#reversed) {
      this.#array[side].reversal!(cells.factor);
      reverse(this.#forward[side], cells, cells.factor);
    }
  }

  cells(side: Side, reversed: readonly Side[]): SeenCells {
    return reversed.includes(side) ? this.#reversed.get(side)! : this.#forward[side];
  }

  held(reversed: readonly Side[]): HeldConductances {
    return heldOf(this.cells("positive", reversed), this.cells("negative", reversed));
  }
}

/** Room for what is seen of so many cells. */
export function newSeenCells({ memory }: Engine, count: number): SeenCells {
  return {
    centre: memory.float32(count),
    deviation: memory.float32(count),
    means: memory.float32(count),
    variance: memory.float32(count),
    thirdOverVariance: memory.float32(count),
  };
}

export function heldOf(positive: FreshCells, negative: FreshCells): HeldConductances {
  return {
    positive: positive.centre,
    negative: negative.centre,
    positiveDeviation: positive.deviation,
    negativeDeviation: negative.deviation,
  };
}

/** A factor of 0 or more goes through the clamp, so moments follow from those of the cells as they are. */
function reverse(from: SeenCells, to: SeenCells, factor: Float32Array): void {
  for (let i = 0; i < factor.length; i++) {
    const f = factor[i]!;
    to.centre[i] = f * from.centre[i]!;
    to.deviation[i] = f * from.deviation[i]!;
    to.means[i] = f * from.means[i]!;
    to.variance[i] = f * f * from.variance[i]!;
    to.thirdOverVariance[i] = f * from.thirdOverVariance[i]!;
  }
}
