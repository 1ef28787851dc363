import { type Draw, fillNormalPlain, wordsOfEvent } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { Products } from "./product.ts";
import type { SkewnessCheck } from "./skewed-outputs.ts";

export {
  boundSkewness,
  boundSkewnessPlain,
  type FreshCells,
  resampleSkewed,
  type SkewnessCheck,
} from "./skewed-outputs.ts";

/**
 * Currents per volt of every column with their fresh read noise:
 *   y = product factor + sqrt(variance) N, variance = variances factor^2 (in S^2), or the same number for every output.
 * Independent noise of the cells is exactly one Gaussian per output where no cell clamps. N of (vector, column) is sample
 * vector * paddedColumns + column of the event.
 *
 * @param products of the cells' means
 * @param variances products of squared inputs with the cells' variances; a number: S^2 of every output; null: no noise
 * @param factor x that one code of the inputs stands for (1 / levels); 1 for float products
 * @param event one number per batch, however the batch is spread
 * @param out receives S, [vectors][padded columns]
 * @param check flags outputs whose skewness may be above its limit: all its bounds are above, which are |x| ratio / sqrt(variance) and
 *   |x|^3 third / variance^1.5 with the vector's largest |x|, and by Cauchy and Schwarz cubeNorm thirdNorm / variance^1.5
 * @returns how many outputs were flagged
 */
export function sumColumns(
  engine: Engine,
  products: Products,
  variances: Products | number | null,
  factor: number,
  draw: Draw,
  event: number,
  out: Float32Array,
  check: SkewnessCheck | null = null,
): number {
  if (typeof variances === "object" && variances && variances.paddedColumns !== products.paddedColumns) {
    throw new Error("products and variances differ in their columns");
  }
  if (!engine.kernels) return sumColumnsPlain(products, variances, factor, draw, event, out, check);
  const { memory } = engine;
  const [low, high] = wordsOfEvent(event);
  const noisy = typeof variances === "number" ? null : variances;
  const address = (array: ArrayBufferView | null | undefined) => (array ? memory.address(array) : 0);
  return engine.kernels.sumColumns(
    address(products.values),
    products.step ? products.blocks : 0,
    address(products.step),
    factor,
    address(noisy?.values),
    noisy?.step ? noisy.blocks : 0,
    address(noisy?.step),
    typeof variances === "number" ? variances : 0,
    products.vectors,
    products.paddedColumns,
    draw.key[0],
    draw.key[1],
    low,
    high,
    address(out),
    address(check?.ratio),
    address(check?.third),
    address(check?.thirdNorm),
    address(check?.largest),
    address(check?.cubeNorm),
    check?.limit ?? 0,
    address(check?.flagged),
  );
}

/** Twin of the kernel; they agree within 4e-7 of the product and 4e-6 max(1, |N|) of sqrt(variance), and flag alike but for ties. */
export function sumColumnsPlain(
  products: Products,
  variances: Products | number | null,
  factor: number,
  draw: Draw,
  event: number,
  out: Float32Array,
  check: SkewnessCheck | null = null,
): number {
  const { vectors, paddedColumns } = products;
  const normal = new Float32Array(vectors * paddedColumns);
  if (variances !== null) fillNormalPlain(draw, event, normal);
  let flagged = 0;
  for (let n = 0; n < vectors * paddedColumns; n++) {
    const column = n % paddedColumns;
    const variance =
      typeof variances === "number" ? variances : variances ? productAt(variances, n, true) * factor * factor : 0;
    out[n] = productAt(products, n, false) * factor + Math.sqrt(variance) * normal[n]!;
    if (!check || variance === 0) continue;
    const vector = Math.floor(n / paddedColumns);
    const x = check.largest[vector]! * factor;
    const byRatio = (x * check.ratio[column]!) / Math.sqrt(variance);
    const byThird = (x ** 3 * check.third[column]!) / variance ** 1.5;
    const byNorm = (check.cubeNorm[vector]! * factor ** 3 * check.thirdNorm[column]!) / variance ** 1.5;
    if (Math.min(byRatio, byThird, byNorm) > check.limit) check.flagged[flagged++] = n;
  }
  return flagged;
}

/** Sum over blocks times the column's step. */
function productAt({ values, vectors, paddedColumns, blocks, step }: Products, n: number, unsigned: boolean): number {
  if (!step) return values[n]!;
  const stride = Math.ceil(vectors / 4) * 4 * paddedColumns;
  let sum = 0;
  for (let b = 0; b < blocks; b++) sum += unsigned ? values[b * stride + n]! >>> 0 : values[b * stride + n]!;
  return sum * step[n % paddedColumns]!;
}
