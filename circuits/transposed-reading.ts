import type { HeldConductances } from "../crossbar/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { SeenLines } from "./line-product.ts";
import { heldOf, newSeenCells, type Reading, type SeenCells } from "./reading.ts";
import type { Side } from "./tile-spec.ts";

interface Seen {
  readonly side: Side;
  /** Whether it is these cells with the voltage reversed. */
  readonly turned: boolean;
  readonly cells: SeenCells;
}

/** A reading as it is seen from the bit lines: the same cells, [columns][rows]. */
export class TransposedReading implements SeenLines {
  /** Conductances of a pair of bit lines together, mean over noise, S, [columns]: what they load their drivers with. */
  readonly lineConductance: Float64Array;
  readonly #of: Reading;
  readonly #rows: number;
  readonly #columns: number;
  readonly #seen: readonly Seen[];

  /** @param reversed  sides that are also read with the voltage reversed */
  constructor(engine: Engine, of: Reading, rows: number, columns: number, reversed: Iterable<Side>) {
    this.#of = of;
    this.#rows = rows;
    this.#columns = columns;
    this.lineConductance = new Float64Array(columns);
    const seen = (side: Side, turned: boolean): Seen => ({ side, turned, cells: newSeenCells(engine, rows * columns) });
    this.#seen = [seen("positive", false), seen("negative", false), ...[...reversed].map((side) => seen(side, true))];
  }

  /** Takes over what the reading sees now. */
  take(): void {
    for (const { side, turned, cells } of this.#seen) {
      const from = this.#of.cells(side, turned ? [side] : []);
      for (const field of ["centre", "deviation", "means", "variance", "thirdOverVariance"] as const) {
        transpose(from[field], this.#rows, this.#columns, cells[field]);
      }
    }
    this.lineConductance.fill(0);
    for (const side of ["positive", "negative"] as const) {
      const { means } = this.#of.cells(side, []);
      for (let i = 0, cell = 0; i < this.#rows; i++) {
        for (let j = 0; j < this.#columns; j++, cell++) this.lineConductance[j]! += means[cell]!;
      }
    }
  }

  cells(side: Side, reversed: readonly Side[]): SeenCells {
    const turned = reversed.includes(side);
    return this.#seen.find((seen) => seen.side === side && seen.turned === turned)!.cells;
  }

  held(reversed: readonly Side[]): HeldConductances {
    return heldOf(this.cells("positive", reversed), this.cells("negative", reversed));
  }
}

/** Rows and columns taken together, so that both arrays stay in the cache. */
const block = 32;

/** @param from  [rows][columns] @param to  receives [columns][rows] */
function transpose(from: Float32Array, rows: number, columns: number, to: Float32Array): void {
  for (let top = 0; top < rows; top += block) {
    const bottom = Math.min(top + block, rows);
    for (let left = 0; left < columns; left += block) {
      const right = Math.min(left + block, columns);
      for (let j = left; j < right; j++) {
        for (let i = top; i < bottom; i++) to[j * rows + i] = from[i * columns + j]!;
      }
    }
  }
}
