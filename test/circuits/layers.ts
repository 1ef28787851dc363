import { type Cause, type Chip, type Fidelity, TileLayer } from "../../circuits/index.ts";
import { readOverride } from "../../circuits/overrides.ts";
import { readChip } from "../../circuits/read-chip.ts";
import { layerOptions, placementOf } from "../../experiments/network/index.ts";
import { at, drawOf, fillNormalPlain } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";

export function chipWith(chip: string, ...settings: string[]): Chip {
  return readChip({ chip, overrides: settings.map(readOverride), open: () => undefined });
}

/** Normal numbers of a seed. */
export function normals(length: number, seed: number): Float32Array {
  const out = new Float32Array(length);
  fillNormalPlain(at(drawOf(seed), "test"), 0, out);
  return out;
}

export interface LayerAsked {
  readonly chip: Chip;
  readonly rows: number;
  readonly columns: number;
  readonly weights: readonly Float32Array[];
  readonly without?: readonly Cause[];
  readonly fidelity?: Fidelity;
  readonly seed?: number;
  readonly engine?: "webassembly" | "typescript";
  readonly inputRange?: number;
  /** S; absent: large enough for anything. */
  readonly outputRange?: number;
}

/** A programmed layer at its first reading. */
export async function layerOf(asked: LayerAsked): Promise<TileLayer> {
  const { chip, rows, columns, weights, without = [], fidelity = "statistical", seed = 1 } = asked;
  const placement = placementOf(chip, new Set(without), fidelity, "process");
  const engine = await openEngine(2 ** 27, asked.engine ?? "webassembly");
  const product = { name: "layer", groups: weights.length, rows, columns, weights };
  const layer = new TileLayer(engine, product, layerOptions(placement), at(drawOf(seed), "layer"));
  const outputRange = asked.outputRange ?? 25e-6 * rows;
  layer.setRanges({
    inputRange: asked.inputRange ?? 1,
    outputRanges: Array.from({ length: layer.tiles }, () => outputRange),
  });
  layer.program(0);
  layer.elapse(placement.firstReading);
  return layer;
}
