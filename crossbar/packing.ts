import { type Engine, type KernelMemory, roundHalfEven } from "../src/ground/kernels/index.ts";

/** Columns that a kernel takes together; products are padded to whole panels. */
export const panelColumns = 8;
/** Vectors that a kernel takes together. */
export const panelVectors = 4;

/** Largest code of an input, and of a conductance difference or a variance. */
export const largestInputCode = 127;
export const largestCellCode = 32767;

/** Rows whose sums fit 32 bits: 127 x 32767 x 516 < 2^31. */
export const rowsPerBlock = 516;
/** What the variance codes of a block may add up to: 127^2 times that is below 2^32. */
export const largestVarianceSum = 266_287;
/** The same before rounding, which adds up to half a code a row, and float32 sums, which are off by 5e-5 at most. */
const varianceSumAsked = 266_000;

/** Places behind the last codes that the converter's kernel may write. */
const kernelOverrun = 8;

/**
 * Conductances of one tile as whole numbers of their column's step, packed for the kernel: panels of 8 columns, in them
 * pairs of rows, in them [column][row of the pair].
 */
export interface PackedWeights {
  readonly rows: number;
  readonly columns: number;
  readonly paddedColumns: number;
  readonly codes: Int16Array;
  /** S (or S^2) of one code, [padded columns]; 0 where the column is all zeros. */
  readonly step: Float32Array;
  readonly blocks: number;
}

/** Input codes, packed: groups of 4 vectors, in them pairs of rows, in them [vector][row of the pair]. */
export interface PackedCodes {
  readonly rows: number;
  /** Vectors there is room for. */
  readonly capacity: number;
  /** Vectors that it holds now. */
  vectors: number;
  readonly codes: Int16Array;
  /** Largest |code| of each vector, [capacity]. */
  readonly largest: Float32Array;
  /** sqrt(sum over rows of code^6) of each vector, [capacity]. */
  readonly cubeNorm: Float32Array;
  /** Room for sums over vectors of |code|, then of code^2. */
  readonly scratch: Int32Array;
}

export function padded(count: number, group: number): number {
  return Math.ceil(count / group) * group;
}

/** Room for `packVariances`. */
export const newPackedVariances = newPackedWeights;

/** Room for `packDifferences`. */
export function newPackedWeights(memory: KernelMemory, rows: number, columns: number): PackedWeights {
  const paddedColumns = padded(columns, panelColumns);
  return {
    rows,
    columns,
    paddedColumns,
    codes: memory.int16(padded(rows, 2) * paddedColumns),
    step: memory.float32(paddedColumns),
    blocks: Math.ceil(rows / rowsPerBlock),
  };
}

/** Room for `convertInputs`. */
export function newPackedCodes(memory: KernelMemory, vectors: number, rows: number): PackedCodes {
  const capacity = padded(vectors, panelVectors);
  return {
    rows,
    capacity,
    vectors: 0,
    codes: memory.int16(capacity * padded(rows, 2) + kernelOverrun),
    largest: memory.float32(capacity),
    cubeNorm: memory.float32(capacity),
    scratch: memory.int32(2 * padded(rows, 4)),
  };
}

/** Where the code of (row, column) is. */
export function weightPlace({ rows }: { readonly rows: number }, row: number, column: number): number {
  return (((column >> 3) * ((rows + 1) >> 1) + (row >> 1)) * 8 + (column & 7)) * 2 + (row & 1);
}

/** Where the code of (vector, row) is. */
export function codePlace({ rows }: { readonly rows: number }, vector: number, row: number): number {
  return (((vector >> 2) * ((rows + 1) >> 1) + (row >> 1)) * 4 + (vector & 3)) * 2 + (row & 1);
}

/**
 * Holds conductance differences as whole numbers of 15 bits and sign: step = largest |g+ - g-| of the column / 32767,
 * code = the nearest whole number to difference / step. For the product alone; the cells' state stays as it is.
 *
 * @param positive S, [rows][columns]
 * @param negative S, [rows][columns], or null where there is no such polarity
 */
export function packDifferences(
  engine: Engine,
  positive: Float32Array,
  negative: Float32Array | null,
  rows: number,
  columns: number,
  into: PackedWeights,
): void {
  pack(engine, positive, negative, false, rows, columns, into);
}

/**
 * Holds the variances of independent cells, summed over polarities, as whole numbers: as fine as lets a block's product with squared input
 * codes fit 32 bits, that is a mean code of 515 for 516 rows and more for fewer. The step is then set so that the column's total is kept.
 *
 * @param positive S^2, >= 0, [rows][columns]
 * @param negative S^2, >= 0, [rows][columns], or null
 */
export function packVariances(
  engine: Engine,
  positive: Float32Array,
  negative: Float32Array | null,
  rows: number,
  columns: number,
  into: PackedWeights,
): void {
  pack(engine, positive, negative, true, rows, columns, into);
}

function pack(
  engine: Engine,
  positive: Float32Array,
  negative: Float32Array | null,
  variances: boolean,
  rows: number,
  columns: number,
  into: PackedWeights,
): void {
  if (into.rows !== rows || into.columns !== columns) {
    throw new Error(`${rows} x ${columns} cells packed into room for ${into.rows} x ${into.columns}`);
  }
  if (!engine.kernels) {
    packPlain(positive, negative, variances, into);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  engine.kernels.packWeights(
    memory.address(positive),
    negative ? memory.address(negative) : 0,
    variances ? varianceSumAsked : 0,
    largestCellCode,
    rowsPerBlock,
    rows,
    columns,
    memory.address(into.codes),
    memory.address(into.step),
    memory.address(memory.float32(3 * into.paddedColumns)),
  );
  memory.release(mark);
}

/** Twin of the kernel: the same codes and steps. */
export function packPlain(
  positive: Float32Array,
  negative: Float32Array | null,
  variances: boolean,
  into: PackedWeights,
): void {
  const { rows, columns, codes, step } = into;
  const sign = variances ? 1 : -1;
  const cell = (i: number) => (negative ? Math.fround(positive[i]! + sign * negative[i]!) : positive[i]!);
  codes.fill(0);
  step.fill(0);
  for (let j = 0; j < columns; j++) {
    let [most, largestBlock, block, total] = [0, 0, 0, 0];
    for (let i = 0; i < rows; i++) {
      most = Math.max(most, Math.abs(cell(i * columns + j)));
      block = Math.fround(block + cell(i * columns + j));
      if ((i + 1) % rowsPerBlock > 0 && i + 1 < rows) continue;
      largestBlock = Math.max(largestBlock, block);
      total = Math.fround(total + block);
      block = 0;
    }
    step[j] = most / largestCellCode;
    if (variances) step[j] = Math.max(step[j]!, Math.fround(largestBlock / varianceSumAsked));
    if (step[j] === 0) continue;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const code = roundHalfEven(Math.fround(cell(i * columns + j) / step[j]!));
      const held = Math.max(-largestCellCode, Math.min(largestCellCode, code));
      codes[weightPlace(into, i, j)] = held;
      sum += held;
    }
    if (variances) step[j] = total / Math.fround(sum);
  }
}
