import { type LayerRanges, outputRanges, type TileLayer } from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import { KeptVectors } from "./kept-vectors.ts";
import type { Network } from "./partition.ts";
import { exactMultiply } from "./partition.ts";

/** What calibration images fix about every layer before a chip is programmed. */
export interface LayerCalibration {
  readonly ranges: LayerRanges;
  /** Inputs that compensation reads drive, [group][vector][row]. */
  readonly compensationInputs: Float32Array;
  readonly compensationVectors: number;
}

/** Most vectors of a layer that converter ranges are taken from. */
const mostVectors = 8192;

/**
 * Converter ranges from exact activations: inputs of a layer as the float network makes them on calibration images, outputs
 * as a tile with exactly its target conductances would give them.
 *
 * @param layers  tiles of each product, targets set
 * @param images  calibration images, [count][...]
 */
export async function calibrate(
  network: Network,
  layers: readonly TileLayer[],
  images: Float32Array,
  count: number,
  compensationVectors: number,
  batchSize: number,
): Promise<LayerCalibration[]> {
  const largest = network.products.map(() => 0);
  const kept = network.products.map((product, index) => new KeptVectors(product.groups, product.rows, wanted(index)));
  function wanted(index: number): number {
    return Math.max(
      compensationVectors,
      Math.min(mostVectors, Math.ceil((1 << 24) / (network.products[index]!.rows * network.products[index]!.groups))),
    );
  }
  const size = images.length / count;
  for (let first = 0; first < count; first += batchSize) {
    const inBatch = Math.min(batchSize, count - first);
    await network.run(images.subarray(first * size, (first + inBatch) * size), inBatch, (index, x, vectors) => {
      largest[index] = x.reduce((most, value) => Math.max(most, Math.abs(value)), largest[index]!);
      kept[index]!.add(x, vectors);
      return exactMultiply(network.products[index]!, x, vectors);
    });
  }
  return layers.map((layer, index) => {
    const inputRange = largest[index]!;
    if (!Number.isFinite(inputRange)) {
      throw inputError({
        file: network.file,
        place: network.products[index]!.name,
        found: "inputs beyond single precision on the calibration images",
        expected: "finite numbers: see --input-scale and --input-shift",
      });
    }
    const vectors = kept[index]!;
    const used = Math.min(compensationVectors, vectors.count);
    return {
      ranges: {
        inputRange,
        outputRanges: outputRanges(layer, vectors.values(vectors.count), vectors.count, inputRange),
      },
      compensationInputs: vectors.values(used),
      compensationVectors: used,
    };
  });
}
