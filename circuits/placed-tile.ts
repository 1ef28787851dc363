import {
  type PairSharing,
  pairSpan,
  pairTargets,
  type ScaleSpan,
  targetDifferences,
  tileSpans,
  weightScales,
} from "../crossbar/index.ts";
import type { DeviceSwitches, PreparedDevice } from "../devices/index.ts";
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { Fidelity } from "./line-product.ts";
import { Tile } from "./tile.ts";
import type { TileSpec } from "./tile-spec.ts";

/** A product with constant weights: y = x W for each group. */
export interface LayerWeights {
  readonly name: string;
  readonly groups: number;
  /** Of one group. */
  readonly rows: number;
  readonly columns: number;
  /** Per group, row-major [rows][columns]. */
  readonly weights: readonly Float32Array[];
}

export interface LayerOptions {
  readonly spec: TileSpec;
  readonly device: PreparedDevice;
  readonly scale: ScaleSpan;
  /** The |weight| that asks for the target range; null: the largest one of what the scale spans. */
  readonly weightRange: number | null;
  /** How the cells of a pair share a weight; absent: "one-sided". */
  readonly sharing?: PairSharing;
  readonly switches: DeviceSwitches;
  readonly fidelity: Fidelity;
}

/** A tile and the part of a layer's weights that lies on it. */
export interface PlacedTile {
  readonly tile: Tile;
  readonly group: number;
  readonly rowTile: number;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  /** Siemens per unit of weight, [columns of the group]. */
  readonly scales: Float64Array;
}

/** As many tiles as a layer needs, in order: groups, in them row tiles, in them column tiles. */
export function placeTiles(
  engine: Engine,
  product: LayerWeights,
  options: LayerOptions,
  integer: boolean,
  draw: Draw,
): PlacedTile[] {
  const { spec, device, switches, fidelity } = options;
  const tiles: PlacedTile[] = [];
  for (const [group, weights] of product.weights.entries()) {
    const { rows: inputs, columns: outputs } = product;
    const scales = weightScales(weights, inputs, outputs, spec, options.scale, spanOf(options), options.weightRange);
    for (const [rowTile, rows] of tileSpans(inputs, spec.rows).entries()) {
      for (const [columnTile, columns] of tileSpans(outputs, spec.columns).entries()) {
        const [height, width] = [rows[1] - rows[0], columns[1] - columns[0]];
        const place = at(draw, "group", group, "tile", rowTile, columnTile);
        const tile = new Tile(engine, device, spec, fidelity, integer, height, width, place, switches);
        tiles.push({ tile, group, rowTile, rows, columns, scales: scales[rowTile]! });
      }
    }
  }
  return tiles;
}

/**
 * Lends the targets of a tile's pairs, S, [tile rows][tile columns].
 *
 * @returns how many weights ask for more than the span of targets
 */
export function withTargets(
  engine: Engine,
  product: LayerWeights,
  { device, sharing }: LayerOptions,
  { tile, group, rows, columns, scales }: PlacedTile,
  use: (positive: Float32Array, negative: Float32Array) => void,
): number {
  const { memory } = engine;
  const mark = memory.mark();
  const cells = tile.rows * tile.columns;
  const [positive, negative] = [memory.float32(cells), memory.float32(cells)];
  const held = pairTargets(
    product.weights[group]!,
    product.columns,
    rows,
    columns,
    scales,
    targetSpan(device),
    device.targetLow,
    positive,
    negative,
    sharing,
  );
  use(positive, negative);
  memory.release(mark);
  return held;
}

/** Lends what a tile's pairs are asked to differ by, S, [tile rows][tile columns]. */
export function withTargetDifferences(
  engine: Engine,
  product: LayerWeights,
  options: LayerOptions,
  { tile, group, rows, columns, scales }: PlacedTile,
  use: (differences: Float32Array) => void,
): void {
  const { memory } = engine;
  const mark = memory.mark();
  const differences = memory.float32(tile.rows * tile.columns);
  targetDifferences(product.weights[group]!, product.columns, rows, columns, scales, spanOf(options), differences);
  use(differences);
  memory.release(mark);
}

/** Lends a tile's conductances now, without read noise, S, [tile rows][tile columns]. */
export function withConductances(
  engine: Engine,
  { tile }: PlacedTile,
  use: (positive: Float32Array, negative: Float32Array) => void,
): void {
  const { memory } = engine;
  const mark = memory.mark();
  const [positive, negative] = [memory.float32(tile.array.positive.count), memory.float32(tile.array.negative.count)];
  tile.array.positive.conductance(positive);
  tile.array.negative.conductance(negative);
  use(positive, negative);
  memory.release(mark);
}

/** S from the lowest target of a cell to the highest. */
export function targetSpan({ targetRange, targetLow }: PreparedDevice): number {
  return targetRange - targetLow;
}

/** S that a pair can be asked to differ by. */
function spanOf({ device, sharing = "one-sided" }: LayerOptions): number {
  return pairSpan(targetSpan(device), sharing);
}
