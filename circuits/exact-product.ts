import { multiplyFloats, newFloatProducts, padded, panelColumns } from "../crossbar/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { vectorsPerRead } from "./line-product.ts";
import type { LayerWeights } from "./placed-tile.ts";
import { readVectors, type Vectors } from "./vectors.ts";

/** Some vectors of one group with their products. */
export interface ExactProducts {
  readonly group: number;
  readonly first: number;
  readonly count: number;
  /** [vector][row], and x W without tiles in float32, [vector][stride]; both lent. */
  readonly x: Float32Array;
  readonly products: Float32Array;
  readonly stride: number;
}

/**
 * Lends the first `most` vectors of every group with their products, group by group, some at a time.
 *
 * @param inputs  `vectors` in each group
 */
export function withExactProducts(
  engine: Engine,
  product: LayerWeights,
  inputs: Vectors,
  vectors: number,
  most: number,
  use: (lent: ExactProducts) => void,
): void {
  const { memory } = engine;
  const { groups, rows, columns } = product;
  const mark = memory.mark();
  const weights = memory.float32(rows * columns);
  const some = Math.min(vectors, most, vectorsPerRead);
  const products = newFloatProducts(memory, some, columns);
  const x = memory.float32(some * rows);
  for (let group = 0; group < groups; group++) {
    weights.set(product.weights[group]!);
    for (let first = 0; first < Math.min(vectors, most); first += some) {
      const count = Math.min(some, vectors - first, most - first);
      const read = x.subarray(0, count * rows);
      readVectors(engine, inputs, vectors, rows, group, first, count, read);
      multiplyFloats(engine, read, weights, count, rows, columns, products);
      const values = products.values as Float32Array;
      use({ group, first, count, x: read, products: values, stride: padded(columns, panelColumns) });
    }
  }
  memory.release(mark);
}
