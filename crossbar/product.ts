import type { Engine, KernelMemory } from "../src/ground/kernels/index.ts";
import {
  codePlace,
  type PackedCodes,
  type PackedWeights,
  padded,
  panelColumns,
  panelVectors,
  rowsPerBlock,
  weightPlace,
} from "./packing.ts";

export * from "./packing.ts";

/** Sums over rows, not yet in SI: [block][padded vectors][padded columns]; the product is the sum over blocks times the step. */
export interface Products {
  /** Whole numbers, unsigned ones for squares; or floats, which are one block and have no step. */
  readonly values: Int32Array | Float32Array;
  vectors: number;
  paddedColumns: number;
  blocks: number;
  step: Float32Array | null;
}

/** Room for the products of so many vectors with such weights; reusable for smaller ones. */
export function newProducts(memory: KernelMemory, vectors: number, weights: PackedWeights): Products {
  const paddedVectors = padded(vectors, panelVectors);
  const values = memory.int32(weights.blocks * paddedVectors * weights.paddedColumns);
  return { values, vectors: 0, paddedColumns: weights.paddedColumns, blocks: weights.blocks, step: weights.step };
}

/** Room for `multiplyFloats`. */
export function newFloatProducts(memory: KernelMemory, vectors: number, columns: number): Products {
  const paddedColumns = padded(columns, panelColumns);
  const values = memory.float32(padded(vectors, panelVectors) * paddedColumns);
  return { values, vectors, paddedColumns, blocks: 1, step: null };
}

/**
 * Exact sums over rows of input code times conductance code, in blocks of rows whose sums fit 32 bits.
 *
 * @param products receives them, with the weights' step
 */
export function multiplyCodes(engine: Engine, codes: PackedCodes, weights: PackedWeights, products: Products): void {
  multiply(engine, codes, weights, products, false);
}

/** Exact sums over rows of squared input code times variance code; their 32 bits are unsigned. */
export function multiplySquares(
  engine: Engine,
  codes: PackedCodes,
  variances: PackedWeights,
  products: Products,
): void {
  multiply(engine, codes, variances, products, true);
}

function multiply(engine: Engine, codes: PackedCodes, weights: PackedWeights, products: Products, squared: boolean) {
  const { rows, blocks, paddedColumns } = weights;
  const length = blocks * padded(codes.vectors, panelVectors) * paddedColumns;
  if (codes.rows !== rows) throw new Error(`inputs of ${codes.rows} rows at weights of ${rows}`);
  if (products.values.length < length) throw new Error(`products need ${length} places, not ${products.values.length}`);
  if (products.values instanceof Float32Array) throw new Error("codes multiply into whole numbers");
  Object.assign(products, { vectors: codes.vectors, paddedColumns, blocks, step: weights.step });
  if (!engine.kernels) {
    multiplyCodesPlain(codes, weights, products.values, squared);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  const vectors = padded(codes.vectors, panelVectors);
  const kernel = squared ? engine.kernels.multiplySquares : engine.kernels.multiplyCodes;
  kernel(
    memory.address(codes.codes),
    memory.address(weights.codes),
    codes.vectors,
    rows,
    paddedColumns,
    rowsPerBlock,
    memory.address(products.values),
    memory.address(memory.int32((vectors / panelVectors) * (5 * Math.ceil(Math.min(rows, rowsPerBlock) / 2) + 1))),
    squared ? memory.address(memory.int16(vectors * padded(rows, 2))) : 0,
  );
  memory.release(mark);
}

/** Twin of the kernels: the same numbers. */
export function multiplyCodesPlain(
  codes: PackedCodes,
  weights: PackedWeights,
  values: Int32Array,
  squared: boolean,
): void {
  const { rows, columns, paddedColumns, blocks } = weights;
  const paddedVectors = padded(codes.vectors, panelVectors);
  values.fill(0, 0, blocks * paddedVectors * paddedColumns);
  for (let v = 0; v < codes.vectors; v++) {
    for (let i = 0; i < rows; i++) {
      const code = codes.codes[codePlace(codes, v, i)]!;
      if (code === 0) continue;
      const input = squared ? code * code : code;
      const start = (Math.floor(i / rowsPerBlock) * paddedVectors + v) * paddedColumns;
      for (let j = 0; j < columns; j++) {
        values[start + j]! += input * weights.codes[weightPlace(weights, i, j)]!;
      }
    }
  }
}

/**
 * y = x W in float32, summed in the order of rows: for inputs that no converter made whole numbers.
 *
 * @param x [vectors][rows]
 * @param weights [rows][columns]
 * @param out receives [vectors][columns padded to 8]
 */
export function multiplyFloats(
  engine: Engine,
  x: Float32Array,
  weights: Float32Array,
  vectors: number,
  rows: number,
  columns: number,
  out: Products,
): void {
  const paddedColumns = padded(columns, panelColumns);
  const length = padded(vectors, panelVectors) * paddedColumns;
  if (!(out.values instanceof Float32Array) || out.values.length < length) {
    throw new Error(`float products need ${length} float places`);
  }
  Object.assign(out, { vectors, paddedColumns, blocks: 1, step: null });
  if (!engine.kernels) {
    multiplyFloatsPlain(x, weights, vectors, rows, columns, out.values);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  engine.kernels.multiplyFloats(
    memory.address(x),
    memory.address(weights),
    vectors,
    rows,
    columns,
    memory.address(out.values),
    memory.address(memory.float32(rows * panelColumns)),
  );
  memory.release(mark);
}

/** Twin of the kernel: the same bits. */
export function multiplyFloatsPlain(
  x: Float32Array,
  weights: Float32Array,
  vectors: number,
  rows: number,
  columns: number,
  out: Float32Array,
): void {
  const paddedColumns = padded(columns, panelColumns);
  for (let v = 0; v < vectors; v++) {
    const sums = out.subarray(v * paddedColumns, (v + 1) * paddedColumns).fill(0);
    for (let i = 0; i < rows; i++) {
      const input = x[v * rows + i]!;
      for (let j = 0; j < columns; j++) sums[j] = sums[j]! + Math.fround(input * weights[i * columns + j]!);
    }
  }
}
