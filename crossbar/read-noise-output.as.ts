import { fillBlock } from "../src/ground/draws/normal.as";
import { loadFloats, sumOfLanes } from "../src/ground/kernels/lanes.as";

/** Four sums over blocks, exact, then rounded once. `blocks` 0: floats. */
// @ts-ignore: decorator
@inline
function signedSums(products: usize, blocks: i32, blockBytes: usize): v128 {
  if (blocks == 0) return v128.load(products);
  if (blocks == 1) return f32x4.convert_i32x4_s(v128.load(products));
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let block = 0; block < blocks; block++) {
    const sums = v128.load(products);
    low = f64x2.add(low, f64x2.convert_low_i32x4_s(sums));
    high = f64x2.add(high, f64x2.convert_low_i32x4_s(i8x16.shuffle(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
    products += blockBytes;
  }
  return i8x16.shuffle(
    f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  );
}

/** The same of unsigned sums of 32 bits. */
// @ts-ignore: decorator
@inline
function unsignedSums(products: usize, blocks: i32, blockBytes: usize): v128 {
  if (blocks == 0) return v128.load(products);
  if (blocks == 1) {
    const sums = v128.load(products);
    const beyond = v128.and(i32x4.shr_s(sums, 31), f32x4.splat(4294967296));
    return f32x4.add(f32x4.convert_i32x4_s(sums), beyond);
  }
  const lowBits = i32x4.splat(0xffff);
  let low = i32x4.splat(0);
  let high = low;
  for (let block = 0; block < blocks; block++) {
    const sums = v128.load(products);
    low = i32x4.add(low, v128.and(sums, lowBits));
    high = i32x4.add(high, i32x4.shr_u(sums, 16));
    products += blockBytes;
  }
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(high), f32x4.splat(65536)), f32x4.convert_i32x4_s(low));
}

// The check for skewness in one call: where its bounds and its findings are, its limit, and how many it found.
let ratios: usize = 0;
let thirds: usize = 0;
let norms: usize = 0;
let flags: usize = 0;
let skewLimit: f32 = 0;
let flagCount: i32 = 0;

/** Flags those of four outputs, n and on, whose bounds are all above the limit. */
function flagFour(n: i32, across: usize, x: f32, cubes: f32, variance: v128, deviation: v128): void {
  const bound = f32x4.mul(f32x4.splat(skewLimit), deviation);
  const cubicBound = f32x4.mul(bound, variance);
  const byRatio = f32x4.gt(f32x4.mul(f32x4.splat(x), v128.load(ratios + across)), bound);
  const byThird = f32x4.gt(f32x4.mul(f32x4.splat(x * x * x), v128.load(thirds + across)), cubicBound);
  const byNorm = f32x4.gt(f32x4.mul(f32x4.splat(cubes), v128.load(norms + across)), cubicBound);
  const noisy = f32x4.gt(variance, f32x4.splat(0));
  let lanes = i32x4.bitmask(v128.and(v128.and(byRatio, byThird), v128.and(byNorm, noisy)));
  while (lanes) {
    store<i32>(flags + (<usize>flagCount << 2), n + ctz(lanes));
    lanes &= lanes - 1;
    flagCount++;
  }
}

/** Outputs n to end - 1 of one vector, whose normals are in `out`; compiled for each way that sums are held. */
// @ts-ignore: decorator
@inline
function noisySegment(
  n: i32, end: i32, across: usize, x: f32, cubes: f32, products: usize, blocks: i32, step: usize, factor: f32,
  variances: usize, varianceBlocks: i32, varianceStep: usize, constantVariance: f32, blockBytes: usize, out: usize,
): void {
  const factors = f32x4.splat(factor);
  const squares = f32x4.splat(factor * factor);
  const cube = f32x4.splat(cubes);
  const limit = f32x4.splat(skewLimit);
  let variance = f32x4.splat(constantVariance);
  let place = <usize>n << 2;
  for (const last = <usize>end << 2; place < last; place += 16) {
    let y = f32x4.mul(signedSums(products + place, blocks, blockBytes), factors);
    if (blocks) y = f32x4.mul(y, v128.load(step + across));
    if (variances) {
      variance = f32x4.mul(unsignedSums(variances + place, varianceBlocks, blockBytes), squares);
      if (varianceBlocks) variance = f32x4.mul(variance, v128.load(varianceStep + across));
    }
    const deviation = f32x4.sqrt(variance);
    v128.store(out + place, f32x4.add(y, f32x4.mul(deviation, v128.load(out + place))));
    if (flags) {
      // The sharpest bound first.
      const bound = f32x4.mul(f32x4.mul(deviation, variance), limit);
      if (v128.any_true(f32x4.gt(f32x4.mul(cube, v128.load(norms + across)), bound))) {
        flagFour(<i32>(place >> 2), across, x, cubes, variance, deviation);
      }
    }
    across += 16;
  }
}

export function sumColumns(
  products: usize, blocks: i32, step: usize, factor: f32,
  variances: usize, varianceBlocks: i32, varianceStep: usize, constantVariance: f32,
  vectors: i32, paddedColumns: i32, key0: u32, key1: u32, low: u32, high: u32,
  out: usize, skewRatio: usize, skewThird: usize, skewThirdNorm: usize, largest: usize, cubeNorm: usize, limit: f32, flagged: usize,
): i32 {
  const noisy = variances != 0 || constantVariance > 0;
  const total = vectors * paddedColumns;
  const blockBytes = <usize>((vectors + 3) & ~3) * paddedColumns << 2;
  ratios = skewRatio;
  thirds = skewThird;
  skewLimit = limit;
  flags = noisy ? flagged : 0;
  norms = skewThirdNorm;
  flagCount = 0;
  let vector = 0;
  let rowEnd = paddedColumns;
  let n = 0;
  while (n < total) {
    if (noisy && (n & 511) == 0) {
      fillBlock(key0, key1, <u32>n >> 9, low, high, out + (<usize>n << 2), min(512, total - n));
    }
    const end = min(rowEnd, min(total, (n | 511) + 1));
    let across = <usize>(n - (rowEnd - paddedColumns)) << 2;
    if (noisy) {
      const x = flags ? load<f32>(largest + (<usize>vector << 2)) * factor : 0;
      const cubes = flags ? load<f32>(cubeNorm + (<usize>vector << 2)) * (factor * factor * factor) : 0;
      if (blocks == 1 && varianceBlocks == 1) {
        noisySegment(n, end, across, x, cubes, products, 1, step, factor, variances, 1, varianceStep, 0, blockBytes, out);
      } else if (blocks == 1 && variances == 0) {
        noisySegment(n, end, across, x, cubes, products, 1, step, factor, 0, 0, 0, constantVariance, blockBytes, out);
      } else {
        noisySegment(
          n, end, across, x, cubes, products, blocks, step, factor,
          variances, varianceBlocks, varianceStep, constantVariance, blockBytes, out,
        );
      }
    } else {
      for (let place = <usize>n << 2; place < <usize>end << 2; place += 16) {
        let y = f32x4.mul(signedSums(products + place, blocks, blockBytes), f32x4.splat(factor));
        if (blocks) y = f32x4.mul(y, v128.load(step + across));
        v128.store(out + place, y);
        across += 16;
      }
    }
    n = end;
    if (n == rowEnd) {
      rowEnd += paddedColumns;
      vector++;
    }
  }
  return flagCount;
}

/** The rows that a vector drives, and x there; returns how many. */
function gatherDriven(inputs: usize, packed: i32, factor: f32, vector: i32, rows: i32, driven: usize, x: usize): i32 {
  let count: usize = 0;
  // Packed, pairs of rows are 16 bytes apart.
  const codes = inputs + ((<usize>(vector >> 2) * ((rows + 1) >> 1)) << 4) + ((vector & 3) << 2);
  const floats = inputs + ((<usize>vector * rows) << 2);
  for (let i = 0; i < rows; i++) {
    const code = codes + (<usize>(i >> 1) << 4) + ((i & 1) << 1);
    const value = packed ? <f32>load<i16>(code) : load<f32>(floats + (<usize>i << 2));
    store<i32>(driven + (count << 2), i);
    store<f32>(x + (count << 2), value * factor);
    count += <usize>(value != 0);
  }
  return <i32>count;
}

/** Variances (first) or third moments of four cells of a row, in uS: in S they would leave float32. */
// @ts-ignore: decorator
@inline
function momentOfFour(cells: usize, polarities: i32, third: bool, cell: usize, count: i32): v128 {
  const offset = cell << 2;
  let moment = f32x4.mul(loadFloats(<usize>load<u32>(cells, 12) + offset, count), f32x4.splat(1e12));
  if (third) moment = f32x4.mul(moment, f32x4.mul(loadFloats(<usize>load<u32>(cells, 16) + offset, count), f32x4.splat(1e6)));
  if (polarities == 1) return moment;
  let other = f32x4.mul(loadFloats(<usize>load<u32>(cells, 32) + offset, count), f32x4.splat(1e12));
  if (!third) return f32x4.add(moment, other);
  other = f32x4.mul(other, f32x4.mul(loadFloats(<usize>load<u32>(cells, 36) + offset, count), f32x4.splat(1e6)));
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

/** x^2 and x^3 of one vector, [rows padded to 8] each, one behind the other. */
function layPowers(driven: usize, inputs: usize, count: i32, paddedRows: i32, into: usize): void {
  const cubes = into + (<usize>paddedRows << 2);
  memory.fill(into, 0, <usize>paddedRows << 3);
  for (let k: usize = 0; k < <usize>count << 2; k += 4) {
    const x = load<f32>(inputs + k);
    const place = <usize>load<i32>(driven + k) << 2;
    store<f32>(into + place, x * x);
    store<f32>(cubes + place, x * x * x);
  }
}

/** Whether an output's skewness, in float32, is not clearly below the limit. */
function mayBeSkewed(powers: usize, variances: usize, thirds: usize, paddedRows: i32, limit: f32): bool {
  const bytes = <usize>paddedRows << 2;
  const cubes = powers + bytes;
  let evenVariance = f32x4.splat(0);
  let oddVariance = evenVariance;
  let evenThird = evenVariance;
  let oddThird = evenVariance;
  for (let i: usize = 0; i < bytes; i += 32) {
    evenVariance = f32x4.add(evenVariance, f32x4.mul(v128.load(powers + i), v128.load(variances + i)));
    evenThird = f32x4.add(evenThird, f32x4.mul(v128.load(cubes + i), v128.load(thirds + i)));
    oddVariance = f32x4.add(oddVariance, f32x4.mul(v128.load(powers + i, 16), v128.load(variances + i, 16)));
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
    const positive = square * cellValue(cells, 3, cell);
    variance += positive;
    third += x * positive * cellValue(cells, 4, cell);
    if (polarities == 2) {
      const negative = square * cellValue(cells, 8, cell);
      variance += negative;
      third -= x * negative * cellValue(cells, 9, cell);
    }
  }
  return abs(third) > limit * variance * sqrt(variance);
}

/** One read of every driven cell of a column; the normals of row i are 2 i and 2 i + 1. */
function readColumn(
  cells: usize, polarities: i32, scale: f64, driven: usize, inputs: usize, count: i32, columns: i32, column: i32, normals: usize,
): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < <usize>count << 2; k += 4) {
    const x = <f64>load<f32>(inputs + k);
    const row = <usize>load<i32>(driven + k);
    const cell = row * columns + column;
    for (let polarity: usize = 0; polarity < <usize>polarities; polarity++) {
      const first = 5 * polarity;
      const s = cellValue(cells, first + 1, cell) * cellValue(cells, first + 2, cell) * scale;
      const normal = <f64>load<f32>(normals + ((2 * row + polarity) << 2));
      const read = max<f64>(0, cellValue(cells, first, cell) + s * normal);
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
  cells: usize, polarities: i32, scale: f64, limit: f64, rows: i32, columns: i32, paddedColumns: i32,
  key0: u32, key1: u32, low: u32, high: u32, room: usize, normals: usize, sieve: usize, out: usize,
): i32 {
  const blocksPerOutput = (2 * rows + 511) >> 9;
  const x = room + (<usize>rows << 2);
  const paddedRows = (rows + 7) & ~7;
  const columnBytes = <usize>paddedRows << 2;
  const thirds = sieve + columnBytes * paddedColumns;
  const powers = thirds + columnBytes * paddedColumns;
  if (sieve) {
    layColumns(cells, polarities, false, rows, columns, sieve);
    layColumns(cells, polarities, true, rows, columns, thirds);
  }
  let gathered = -1;
  let driven = 0;
  let replaced = 0;
  for (let index = 0; index < count; index++) {
    const n = load<i32>(flagged + (<usize>index << 2));
    const vector = n / paddedColumns;
    const column = n - vector * paddedColumns;
    if (vector != gathered) {
      gathered = vector;
      driven = gatherDriven(inputs, packed, factor, vector, rows, room, x);
      if (sieve) layPowers(room, x, driven, paddedRows, powers);
    }
    if (sieve) {
      const laid = columnBytes * column;
      if (!mayBeSkewed(powers, sieve + laid, thirds + laid, paddedRows, <f32>limit)) continue;
    }
    if (!isSkewed(cells, polarities, limit, room, x, driven, columns, column)) continue;
    for (let block = 0; block < blocksPerOutput; block++) {
      const some = min(512, 2 * rows - (block << 9));
      fillBlock(key0, key1, <u32>n * blocksPerOutput + block, low, high, normals + (<usize>block << 11), some);
    }
    const read = readColumn(cells, polarities, scale, room, x, driven, columns, column, normals);
    store<f32>(out + (<usize>n << 2), <f32>read);
    replaced++;
  }
  return replaced;
}
