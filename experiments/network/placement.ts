import {
  type Cause,
  type Chip,
  causes,
  type Fidelity,
  type LayerOptions,
  TileLayer,
  tileSpec,
} from "../../circuits/index.ts";
import type { ScaleSpan } from "../../crossbar/index.ts";
import { deviceModel, type NoiseSplit, wordAt } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { Product } from "./partition.ts";

/** How a network's products lie on a chip, as plain data that workers can be sent. */
export interface Placement {
  readonly chip: Chip;
  readonly without: readonly Cause[];
  readonly fidelity: Fidelity;
  readonly readNoise: NoiseSplit["mode"];
  /** s between programming and the first reading. */
  readonly firstReading: number;
  /** Layers, by number, whose causes are all off. */
  readonly exactLayers?: readonly number[];
}

export function placementOf(
  chip: Chip,
  without: ReadonlySet<Cause>,
  fidelity: Fidelity,
  readNoise: NoiseSplit["mode"],
): Placement {
  const device = deviceModel(chip.device.model.value).prepare(chip.device.values);
  return { chip, without: [...without], fidelity, readNoise, firstReading: device.firstReading };
}

export function withoutDrift(placement: Placement): Placement {
  return { ...placement, without: [...new Set([...placement.without, "drift" as const])] };
}

/** What every layer of a chip has in common. */
export function layerOptions({ chip, without, fidelity }: Placement, weightRange: number | null = null): LayerOptions {
  const off = new Set(without);
  return {
    spec: tileSpec(chip, off),
    device: deviceModel(chip.device.model.value).prepare(chip.device.values),
    scale: wordAt<ScaleSpan>(chip as unknown as KnownTree, "tile.scale", ["column", "tile", "layer"]),
    weightRange,
    switches: {
      programmingNoise: !off.has("programmingNoise"),
      drift: !off.has("drift"),
      readNoise: !off.has("readNoise"),
      polarity: !off.has("polarity"),
    },
    fidelity,
  };
}

/** The tiles of every product, unprogrammed; `draw` addresses one chip. */
export function layersOf(placement: Placement, products: readonly Product[], engine: Engine, draw: Draw): TileLayer[] {
  const options = layerOptions(placement);
  const exact = layerOptions({ ...placement, without: causes, fidelity: "statistical" });
  return products.map((product, index) => {
    const own = placement.exactLayers?.includes(index) ? exact : options;
    return new TileLayer(engine, product, own, at(draw, "layer", index));
  });
}

/** Bytes of kernel memory that a chip's layers and one batch of the largest need, with room to spare. */
export function engineBytes(products: readonly Pick<Product, "groups" | "rows" | "columns">[]): number {
  // State of up to 240 bytes a cell (read noise that remembers is most of it), a reading 20, products 4 a pair; padding of small tiles to
  // panels and cache lines on top. The system gives what is touched only.
  const cells = products.reduce((sum, { groups, rows, columns }) => sum + 2 * groups * (rows + 16) * (columns + 16), 0);
  const widest = products.reduce((most, { rows, columns }) => Math.max(most, rows + 8 * columns), 0);
  return Math.min(2 ** 32 - 65536, 2 ** 26 + 320 * cells + 1024 * 16 * widest);
}
