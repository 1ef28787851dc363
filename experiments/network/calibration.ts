import {
  type LayerRanges,
  largestMagnitude,
  outputRanges,
  outputRangesFor,
  type TileLayer,
  withExactProducts,
} from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import { KeptArrays } from "./kept-arrays.ts";
import { KeptVectors } from "./kept-vectors.ts";
import type { Network } from "./partition.ts";
import type { QuantizedRanges } from "./quantized-ranges.ts";

/** What calibration images fix about every layer before a chip is programmed. */
export interface LayerCalibration {
  readonly ranges: LayerRanges;
  /** Inputs that compensation reads drive, [group][vector][row]. */
  readonly compensationInputs: Float32Array;
  readonly compensationVectors: number;
}

/** Most vectors of a layer that converter ranges are taken from, most numbers of one layer's, and of all layers'. */
const mostVectors = 8192;
const mostNumbers = 2 ** 22;
const mostOfAll = 2 ** 25;

/**
 * Converter ranges from exact activations: inputs of a layer as the float network makes them on calibration images, outputs
 * as a tile with exactly its target conductances would give them. Where the chip asks the network's own quantisation and it
 * says a range, that is the range.
 *
 * @param layers  tiles of each product, targets set
 * @param images  calibration images, [count][...]
 * @param quantized  ranges of the network's own quantisation; null where the chip does not ask for them
 */
export async function calibrate(
  network: Network,
  layers: readonly TileLayer[],
  images: Float32Array,
  count: number,
  compensationVectors: number,
  batchSize: number,
  quantized: readonly QuantizedRanges[] | null = null,
): Promise<LayerCalibration[]> {
  const largest = network.products.map(() => 0);
  const kept = keptVectors(network, compensationVectors);
  const arrays = new KeptArrays();
  const size = images.length / count;
  for (let first = 0; first < count; first += batchSize) {
    const inBatch = Math.min(batchSize, count - first);
    await network.run(images.subarray(first * size, (first + inBatch) * size), inBatch, (index, x, vectors) => {
      const { groups, columns } = network.products[index]!;
      const { engine, product } = layers[index]!;
      const out = arrays.take(`products ${index}`, groups * vectors * columns);
      kept[index]!.expect(vectors);
      withExactProducts(engine, product, x, vectors, vectors, (lent) => {
        const { group, first, count: some, products, stride } = lent;
        largest[index] = Math.max(largest[index]!, largestMagnitude(engine, lent.x));
        kept[index]!.add(group, first, some, lent.x);
        for (let v = 0, to = (group * vectors + first) * columns; v < some; v++, to += columns) {
          for (let column = 0; column < columns; column++) out[to + column] = products[v * stride + column]!;
        }
      });
      return out;
    });
  }
  return layers.map((layer, index) => {
    if (!Number.isFinite(largest[index]!)) {
      throw inputError({
        file: network.file,
        place: network.products[index]!.name,
        found: "inputs beyond single precision on the calibration images",
        expected: "finite numbers: see --input-scale and --input-shift",
      });
    }
    const vectors = kept[index]!;
    const used = Math.min(compensationVectors, vectors.count);
    const { inputRule, outputRule } = layer.spec;
    const own = quantized?.[index];
    const inputRange = (inputRule === "quantized" ? own?.input : null) ?? largest[index]!;
    const reach = outputRule === "quantized" ? own?.outputs : null;
    return {
      ranges: {
        inputRange,
        outputRanges: reach
          ? outputRangesFor(layer, reach, inputRange)
          : outputRanges(layer, vectors.values(vectors.count), vectors.count, inputRange),
      },
      compensationInputs: vectors.values(used),
      compensationVectors: used,
    };
  });
}

/** Room for as many vectors of every product as are looked at. */
function keptVectors({ products }: Network, least: number): KeptVectors[] {
  const wanted = products.map(({ groups, rows }) => Math.min(mostVectors, Math.ceil(mostNumbers / (groups * rows))));
  const all = products.reduce((sum, { groups, rows }, index) => sum + wanted[index]! * groups * rows, 0);
  const share = Math.min(1, mostOfAll / all);
  return products.map(
    ({ groups, rows }, index) => new KeptVectors(groups, rows, Math.max(least, Math.ceil(share * wanted[index]!))),
  );
}
