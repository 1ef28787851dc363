import { at, type Draw, fillNormalPlain, samplesPerBlock, wordsOfEvent } from "../src/ground/draws/index.ts";
import type { Engine, KernelMemory } from "../src/ground/kernels/index.ts";
import { codePlace, type PackedCodes, padded } from "./packing.ts";

/** Which outputs' fresh noise may be too skewed for one Gaussian. */
export interface SkewnessCheck {
  /** Largest |third moment| / variance of a column's cells, S, [padded columns]; see `boundSkewness`. */
  readonly ratio: Float32Array;
  /** Sum over rows of |third moment of the pair|, S^3, [padded columns]; see `boundSkewness`. */
  readonly third: Float32Array;
  /** sqrt(sum over rows of its square), S^3, [padded columns]. */
  readonly thirdNorm: Float32Array;
  /** Largest |x| of each vector, in units of `factor`, [vectors]; `PackedCodes.largest`. */
  readonly largest: Float32Array;
  /** sqrt(sum over rows of x^6), in units of `factor`^3, [vectors]; `PackedCodes.cubeNorm`. */
  readonly cubeNorm: Float32Array;
  /** Skewness from which an output is sampled cell by cell. */
  readonly limit: number;
  /** Receives the outputs to look at, as vector * padded columns + column, in order; [vectors * padded columns]. */
  readonly flagged: Int32Array;
}

/** What a fresh read of one polarity's cells is drawn from, [rows][columns] each; see `clampedMoments`. */
export interface FreshCells {
  /** S, without fast noise. */
  readonly centre: Float32Array;
  /** Standard deviation of the fast noise, S. */
  readonly deviation: Float32Array;
  /** S^2 and S, of the clamped read. */
  readonly variance: Float32Array;
  readonly thirdOverVariance: Float32Array;
}

/**
 * What bounds the skewness of a column's outputs whatever the inputs are: the largest |third moment| / variance of its cells; and over
 * rows, of |third moment of positive - of negative cell|, the sum and the root of the sum of squares.
 *
 * @param ratio receives S, [padded columns]
 * @param third receives S^3, [padded columns]
 * @param thirdNorm receives S^3, [padded columns]
 */
export function boundSkewness(
  engine: Engine,
  positive: FreshCells,
  negative: FreshCells | null,
  rows: number,
  columns: number,
  ratio: Float32Array,
  third: Float32Array,
  thirdNorm: Float32Array,
): void {
  if (!engine.kernels) {
    boundSkewnessPlain(positive, negative, rows, columns, ratio, third, thirdNorm);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  engine.kernels.boundSkewness(
    cellAddresses(engine, positive, negative),
    negative ? 2 : 1,
    rows,
    columns,
    memory.address(ratio),
    memory.address(third),
    memory.address(thirdNorm),
  );
  memory.release(mark);
}

/** Twin of the kernel; they agree within 1e-7 of the rows. */
export function boundSkewnessPlain(
  positive: FreshCells,
  negative: FreshCells | null,
  rows: number,
  columns: number,
  ratio: Float32Array,
  third: Float32Array,
  thirdNorm: Float32Array,
): void {
  ratio.fill(0);
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let cell = 0, i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, cell++) {
      const plus = positive.thirdOverVariance[cell]!;
      const minus = negative ? negative.thirdOverVariance[cell]! : 0;
      const difference = plus * positive.variance[cell]! - (negative ? minus * negative.variance[cell]! : 0);
      sums[j]! += Math.abs(difference);
      squares[j]! += difference * difference;
      ratio[j] = Math.max(ratio[j]!, Math.abs(plus), Math.abs(minus));
    }
  }
  third.fill(0).set(sums);
  thirdNorm.fill(0).set(squares.map(Math.sqrt));
}

/** Where a table of the cells' arrays is: four of each polarity. */
function cellAddresses({ memory }: Engine, positive: FreshCells, negative: FreshCells | null): number {
  const addresses = memory.int32(8);
  addresses.set(
    [positive, negative ?? positive].flatMap((cells) =>
      [cells.centre, cells.deviation, cells.variance, cells.thirdOverVariance].map((array) => memory.address(array)),
    ),
  );
  return memory.address(addresses);
}

/**
 * Looks closer at flagged outputs: where the exact skewness of an output's noise, sum x^3 k3 / (sum x^2 v)^1.5 over both polarities' cells, is
 * above the limit, the output is replaced by a read of every cell: y = sum x (max(0, centre+ + s+ N) - max(0, centre- + s- N')).
 *
 * Cell samples have a stream of their own, addressed by event, output and row, so an output's bits depend on nothing else.
 *
 * @param inputs the codes, or [vectors][rows] floats (then factor 1)
 * @param count how many of `check.flagged` are set
 * @param out as from `sumColumns`
 * @returns how many outputs were replaced
 */
export function resampleSkewed(
  engine: Engine,
  check: SkewnessCheck,
  count: number,
  inputs: PackedCodes | Float32Array,
  factor: number,
  positive: FreshCells,
  negative: FreshCells | null,
  rows: number,
  columns: number,
  paddedColumns: number,
  draw: Draw,
  event: number,
  out: Float32Array,
): number {
  if (count === 0) return 0;
  if (!engine.kernels) {
    return resampleSkewedPlain(
      check,
      count,
      inputs,
      factor,
      positive,
      negative,
      rows,
      columns,
      paddedColumns,
      draw,
      event,
      out,
    );
  }
  const { memory } = engine;
  const mark = memory.mark();
  const [low, high] = wordsOfEvent(event);
  const { key } = at(draw, "cells");
  const packed = !(inputs instanceof Float32Array);
  const addresses = cellAddresses(engine, positive, negative);
  const sieve = sieveLength(memory, count, rows, paddedColumns);
  const replaced = engine.kernels.resampleSkewed(
    memory.address(check.flagged),
    count,
    memory.address(packed ? inputs.codes : inputs),
    packed ? 1 : 0,
    factor,
    addresses,
    negative ? 2 : 1,
    check.limit,
    rows,
    columns,
    paddedColumns,
    key[0],
    key[1],
    low,
    high,
    memory.address(memory.int32(2 * rows)),
    memory.address(memory.float32(2 * rows)),
    sieve ? memory.address(memory.float32(sieve)) : 0,
    memory.address(out),
  );
  memory.release(mark);
  return replaced;
}

/** Floats of room for the kernel's sieve: none where few outputs are looked at, or memory is short. It changes no result. */
function sieveLength(memory: KernelMemory, count: number, rows: number, paddedColumns: number): number {
  const paddedRows = padded(rows, 8);
  const length = 2 * paddedRows * (paddedColumns + 1);
  return count * 256 > rows * paddedColumns && memory.left > 4 * length + 64 * rows ? length : 0;
}

/** Twin of the kernel; replaced outputs agree within 1e-5 of sum |x| (|centre| + s). */
export function resampleSkewedPlain(
  check: SkewnessCheck,
  count: number,
  inputs: PackedCodes | Float32Array,
  factor: number,
  positive: FreshCells,
  negative: FreshCells | null,
  rows: number,
  columns: number,
  paddedColumns: number,
  draw: Draw,
  event: number,
  out: Float32Array,
): number {
  const polarities = negative ? [positive, negative] : [positive];
  const blocksPerOutput = Math.ceil((2 * rows) / samplesPerBlock);
  const normal = new Float32Array(2 * rows);
  let replaced = 0;
  for (const n of check.flagged.subarray(0, count)) {
    const vector = Math.floor(n / paddedColumns);
    const column = n % paddedColumns;
    const input = (row: number) =>
      Math.fround(
        Math.fround(factor) *
          (inputs instanceof Float32Array
            ? inputs[vector * rows + row]!
            : inputs.codes[codePlace(inputs, vector, row)]!),
      );
    let variance = 0;
    let third = 0;
    for (let i = 0; i < rows; i++) {
      polarities.forEach((cells, polarity) => {
        const cell = i * columns + column;
        const x = polarity === 0 ? input(i) : -input(i);
        const share = x * x * cells.variance[cell]!;
        variance += share;
        third += x * share * cells.thirdOverVariance[cell]!;
      });
    }
    if (!(Math.abs(third) > check.limit * variance * Math.sqrt(variance))) continue;
    fillNormalPlain(at(draw, "cells"), event, normal, 2 * rows, n * blocksPerOutput);
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      polarities.forEach((cells, polarity) => {
        const cell = i * columns + column;
        const read = Math.max(0, cells.centre[cell]! + cells.deviation[cell]! * normal[2 * i + polarity]!);
        sum += (polarity === 0 ? input(i) : -input(i)) * read;
      });
    }
    out[n] = sum;
    replaced++;
  }
  return replaced;
}
