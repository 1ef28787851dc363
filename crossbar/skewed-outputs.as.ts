import { fillBlock } from "../src/ground/draws/normal.as";
import { loadFloats, sumOfLanes } from "../src/ground/kernels/lanes.as";

/** One vector's input of a row, as code or float; packed codes of a pair of rows are 16 bytes from the next pair's. */
// @ts-ignore: decorator
@inline
function inputAt(vector: usize, packed: i32, row: i32): f32 {
  if (packed) return <f32>load<i16>(vector + (<usize>(row >> 1) << 4) + ((row & 1) << 1));
  return load<f32>(vector + (<usize>row << 2));
}

/** Where a vector's first input is. */
// @ts-ignore: decorator
@inline
function inputsOf(inputs: usize, packed: i32, vector: i32, rows: i32): usize {
  if (packed) return inputs + ((<usize>(vector >> 2) * ((rows + 1) >> 1)) << 4) + ((vector & 3) << 2);
  return inputs + ((<usize>vector * rows) << 2);
}

/** The rows that a vector drives, and x there; returns how many. */
function gatherDriven(vector: usize, packed: i32, factor: f32, rows: i32, driven: usize, x: usize): i32 {
  let count: usize = 0;
  for (let i = 0; i < rows; i++) {
    const value = inputAt(vector, packed, i);
    store<i32>(driven + (count << 2), i);
    store<f32>(x + (count << 2), value * factor);
    count += <usize>(value != 0);
  }
  return <i32>count;
}

/** The bounds of each column, over rows; moments in uS, whose squares stay in float32. */
export function boundSkewness(
  cells: usize, polarities: i32, rows: i32, columns: i32, ratio: usize, third: usize, thirdNorm: usize,
): void {
  const width = <usize>((columns + 7) & ~7) << 2;
  const both = polarities == 2;
  const toMicro = f32x4.splat(1e6);
  const squared = f32x4.splat(1e12);
  memory.fill(ratio, 0, width);
  memory.fill(third, 0, width);
  memory.fill(thirdNorm, 0, width);
  let offset: usize = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const place = <usize>j << 2;
      const some = columns - j;
      const plus = loadFloats(<usize>load<u32>(cells, 12) + offset + place, some);
      let largest = f32x4.abs(plus);
      let moment = loadFloats(<usize>load<u32>(cells, 8) + offset + place, some);
      moment = f32x4.mul(f32x4.mul(plus, toMicro), f32x4.mul(moment, squared));
      if (both) {
        const minus = loadFloats(<usize>load<u32>(cells, 28) + offset + place, some);
        const other = loadFloats(<usize>load<u32>(cells, 24) + offset + place, some);
        largest = f32x4.pmax(largest, f32x4.abs(minus));
        moment = f32x4.sub(moment, f32x4.mul(f32x4.mul(minus, toMicro), f32x4.mul(other, squared)));
      }
      v128.store(ratio + place, f32x4.pmax(v128.load(ratio + place), largest));
      v128.store(third + place, f32x4.add(v128.load(third + place), f32x4.abs(moment)));
      v128.store(thirdNorm + place, f32x4.add(v128.load(thirdNorm + place), f32x4.mul(moment, moment)));
    }
    offset += <usize>columns << 2;
  }
  const back = f32x4.splat(1e-18);
  for (let place: usize = 0; place < width; place += 16) {
    v128.store(third + place, f32x4.mul(v128.load(third + place), back));
    v128.store(thirdNorm + place, f32x4.mul(f32x4.sqrt(v128.load(thirdNorm + place)), back));
  }
}

/** Variances (first) or third moments of four cells of a row, in uS: in S they would leave float32. */
// @ts-ignore: decorator
@inline
function momentOfFour(cells: usize, polarities: i32, third: bool, cell: usize, count: i32): v128 {
  const offset = cell << 2;
  let moment = f32x4.mul(loadFloats(<usize>load<u32>(cells, 8) + offset, count), f32x4.splat(1e12));
  if (third) moment = f32x4.mul(moment, f32x4.mul(loadFloats(<usize>load<u32>(cells, 12) + offset, count), f32x4.splat(1e6)));
  if (polarities == 1) return moment;
  let other = f32x4.mul(loadFloats(<usize>load<u32>(cells, 24) + offset, count), f32x4.splat(1e12));
  if (!third) return f32x4.add(moment, other);
  other = f32x4.mul(other, f32x4.mul(loadFloats(<usize>load<u32>(cells, 28) + offset, count), f32x4.splat(1e6)));
  return f32x4.sub(moment, other);
}

// @ts-ignore: decorator
@inline
function storeTransposed(into: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab01 = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const ab23 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const cd01 = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd23 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(into, i8x16.shuffle(ab01, cd01, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(into + stride, i8x16.shuffle(ab01, cd01, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(into + 2 * stride, i8x16.shuffle(ab23, cd23, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(into + 3 * stride, i8x16.shuffle(ab23, cd23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/** The columns' variances or third moments as rows, [padded columns][rows padded to 8], 0 where there is no row. */
function layColumns(cells: usize, polarities: i32, third: bool, rows: i32, columns: i32, into: usize): void {
  const paddedRows = (rows + 7) & ~7;
  const stride = <usize>paddedRows << 2;
  const zero = f32x4.splat(0);
  for (let i = 0; i < paddedRows; i += 4) {
    for (let j = 0; j < columns; j += 4) {
      const cell = <usize>i * columns + j;
      const left = columns - j;
      const a = i < rows ? momentOfFour(cells, polarities, third, cell, left) : zero;
      const b = i + 1 < rows ? momentOfFour(cells, polarities, third, cell + columns, left) : zero;
      const c = i + 2 < rows ? momentOfFour(cells, polarities, third, cell + 2 * columns, left) : zero;
      const d = i + 3 < rows ? momentOfFour(cells, polarities, third, cell + 3 * columns, left) : zero;
      storeTransposed(into + <usize>j * stride + (<usize>i << 2), stride, a, b, c, d);
    }
  }
}

/** x^2 and x^3 of one vector, [rows padded to 8] each, one behind the other; what lies behind the rows stays 0. */
function layPowers(vector: usize, packed: i32, factor: f32, rows: i32, squares: usize, cubes: usize): void {
  for (let i = 0; i < rows; i++) {
    const x = inputAt(vector, packed, i) * factor;
    store<f32>(squares + (<usize>i << 2), x * x);
    store<f32>(cubes + (<usize>i << 2), x * x * x);
  }
}

/** Whether an output's skewness, in float32, is not clearly below the limit. */
function mayBeSkewed(squares: usize, cubes: usize, variances: usize, thirds: usize, bytes: usize, limit: f32): bool {
  let evenVariance = f32x4.splat(0);
  let oddVariance = evenVariance;
  let evenThird = evenVariance;
  let oddThird = evenVariance;
  for (let i: usize = 0; i < bytes; i += 32) {
    evenVariance = f32x4.add(evenVariance, f32x4.mul(v128.load(squares + i), v128.load(variances + i)));
    evenThird = f32x4.add(evenThird, f32x4.mul(v128.load(cubes + i), v128.load(thirds + i)));
    oddVariance = f32x4.add(oddVariance, f32x4.mul(v128.load(squares + i, 16), v128.load(variances + i, 16)));
    oddThird = f32x4.add(oddThird, f32x4.mul(v128.load(cubes + i, 16), v128.load(thirds + i, 16)));
  }
  const variance = sumOfLanes(f32x4.add(evenVariance, oddVariance));
  const third = sumOfLanes(f32x4.add(evenThird, oddThird));
  return abs(third) > limit * <f32>0.99 * variance * sqrt<f32>(variance);
}

/** A cell's value in one of its arrays, which are in the order of their addresses. */
// @ts-ignore: decorator
@inline
function cellValue(cells: usize, array: usize, cell: usize): f64 {
  return <f64>load<f32>(<usize>load<u32>(cells + (array << 2)) + (cell << 2));
}

/** Whether the noise of one output, over the driven rows, is as skewed as the limit. */
function isSkewed(
  cells: usize, polarities: i32, limit: f64, driven: usize, inputs: usize, count: i32, columns: i32, column: i32,
): bool {
  let variance: f64 = 0;
  let third: f64 = 0;
  for (let k: usize = 0; k < <usize>count << 2; k += 4) {
    const x = <f64>load<f32>(inputs + k);
    const cell = <usize>load<i32>(driven + k) * columns + column;
    const square = x * x;
    const positive = square * cellValue(cells, 2, cell);
    variance += positive;
    third += x * positive * cellValue(cells, 3, cell);
    if (polarities == 2) {
      const negative = square * cellValue(cells, 6, cell);
      variance += negative;
      third -= x * negative * cellValue(cells, 7, cell);
    }
  }
  return abs(third) > limit * variance * sqrt(variance);
}

/** One read of every driven cell of a column; the normals of row i are 2 i and 2 i + 1. */
function readColumn(
  cells: usize, polarities: i32, driven: usize, inputs: usize, count: i32, columns: i32, column: i32, normals: usize,
): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < <usize>count << 2; k += 4) {
    const x = <f64>load<f32>(inputs + k);
    const row = <usize>load<i32>(driven + k);
    const cell = row * columns + column;
    for (let polarity: usize = 0; polarity < <usize>polarities; polarity++) {
      const first = 4 * polarity;
      const normal = <f64>load<f32>(normals + ((2 * row + polarity) << 2));
      const read = max<f64>(0, cellValue(cells, first, cell) + cellValue(cells, first + 1, cell) * normal);
      sum += polarity ? -x * read : x * read;
    }
  }
  return sum;
}

/**
 * @param room for two words a row: the rows that a vector drives, and x there
 * @param sieve 0, or room for two floats a cell of padded rows and columns, and two a padded row: many outputs are first looked at in float32,
 *   with columns laid out as rows; what remains is decided in float64 in either case
 */
export function resampleSkewed(
  flagged: usize, count: i32, inputs: usize, packed: i32, factor: f32,
  cells: usize, polarities: i32, limit: f64, rows: i32, columns: i32, paddedColumns: i32,
  key0: u32, key1: u32, low: u32, high: u32, room: usize, normals: usize, sieve: usize, out: usize,
): i32 {
  const blocksPerOutput = (2 * rows + 511) >> 9;
  const drivenInputs = room + (<usize>rows << 2);
  const paddedRows = (rows + 7) & ~7;
  const columnBytes = <usize>paddedRows << 2;
  const thirds = sieve + columnBytes * paddedColumns;
  const squares = thirds + columnBytes * paddedColumns;
  const cubes = squares + columnBytes;
  if (sieve) {
    memory.fill(squares, 0, 2 * columnBytes);
    layColumns(cells, polarities, false, rows, columns, sieve);
    layColumns(cells, polarities, true, rows, columns, thirds);
  }
  let current = -1;
  let x: usize = 0;
  let driven = -1;
  let replaced = 0;
  for (let index = 0; index < count; index++) {
    const n = load<i32>(flagged + (<usize>index << 2));
    const vector = n / paddedColumns;
    const column = n - vector * paddedColumns;
    if (vector != current) {
      current = vector;
      driven = -1;
      x = inputsOf(inputs, packed, vector, rows);
      if (sieve) layPowers(x, packed, factor, rows, squares, cubes);
    }
    const laid = columnBytes * column;
    if (sieve && !mayBeSkewed(squares, cubes, sieve + laid, thirds + laid, columnBytes, <f32>limit)) continue;
    if (driven < 0) driven = gatherDriven(x, packed, factor, rows, room, drivenInputs);
    if (!isSkewed(cells, polarities, limit, room, drivenInputs, driven, columns, column)) continue;
    for (let block = 0; block < blocksPerOutput; block++) {
      const some = min(512, 2 * rows - (block << 9));
      fillBlock(key0, key1, <u32>n * blocksPerOutput + block, low, high, normals + (<usize>block << 11), some);
    }
    const read = readColumn(cells, polarities, room, drivenInputs, driven, columns, column, normals);
    store<f32>(out + (<usize>n << 2), <f32>read);
    replaced++;
  }
  return replaced;
}
