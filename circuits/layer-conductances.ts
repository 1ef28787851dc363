import type { TileLayer } from "./layer.ts";
import { type PlacedTile, withConductances, withTargets } from "./placed-tile.ts";

/** Of all pairs of a layer, S, [group][row][column]. */
export interface LayerConductances {
  readonly positive: Float32Array;
  readonly negative: Float32Array;
}

/** What its weights ask for. */
export function targetsOf(layer: TileLayer): LayerConductances {
  const { engine, product, options } = layer;
  return gathered(layer, (placed, put) => withTargets(engine, product, options, placed, put));
}

/** What its cells have now, without read noise. */
export function conductancesOf(layer: TileLayer): LayerConductances {
  return gathered(layer, (placed, put) => withConductances(layer.engine, placed, put));
}

/** Puts conductances from elsewhere in place of its cells' own; see `Cells.replace`. */
export function replaceConductances(layer: TileLayer, values: LayerConductances, drifts: boolean): void {
  const { memory } = layer.engine;
  for (const placed of layer.placed) {
    const mark = memory.mark();
    const { array, rows, columns } = placed.tile;
    const part = (whole: Float32Array): Float32Array => {
      const cells = memory.float32(rows * columns);
      eachRow(layer, placed, (at, i) => cells.set(whole.subarray(at, at + columns), i * columns));
      return cells;
    };
    array.replace(part(values.positive), part(values.negative), drifts);
    memory.release(mark);
  }
}

type Put = (positive: Float32Array, negative: Float32Array) => void;

/** Whole arrays from those of the tiles, which `lend` gives one after another. */
function gathered(layer: TileLayer, lend: (placed: PlacedTile, put: Put) => void): LayerConductances {
  const whole = (): Float32Array => new Float32Array(layer.groups * layer.rows * layer.columns);
  const result = { positive: whole(), negative: whole() };
  for (const placed of layer.placed) {
    const { columns } = placed.tile;
    lend(placed, (positive, negative) => {
      eachRow(layer, placed, (at, i) => {
        result.positive.set(positive.subarray(i * columns, (i + 1) * columns), at);
        result.negative.set(negative.subarray(i * columns, (i + 1) * columns), at);
      });
    });
  }
  return result;
}

/** Row by row of a tile, where its row begins in the whole layer. */
function eachRow(
  { rows, columns }: TileLayer,
  { tile, group, rows: [firstRow], columns: [firstColumn] }: PlacedTile,
  use: (at: number, row: number) => void,
): void {
  for (let i = 0; i < tile.rows; i++) use((group * rows + firstRow + i) * columns + firstColumn, i);
}
