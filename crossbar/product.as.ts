import { loadFloats } from "../src/ground/kernels/lanes.as";

/** Four vectors by eight columns over `pairs` pairs of rows: 32 sums of 32 bits. The loop is not unrolled: its registers would spill. */
function multiplyPanel(a: usize, b: usize, pairs: i32, out: usize, stride: usize): void {
  let sum00 = i32x4.splat(0);
  let sum01 = i32x4.splat(0);
  let sum10 = i32x4.splat(0);
  let sum11 = i32x4.splat(0);
  let sum20 = i32x4.splat(0);
  let sum21 = i32x4.splat(0);
  let sum30 = i32x4.splat(0);
  let sum31 = i32x4.splat(0);
  const end = a + (<usize>pairs << 4);
  while (a < end) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load_splat<u32>(a);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(x, left));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 4);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(x, left));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 8);
    sum20 = i32x4.add(sum20, i32x4.dot_i16x8_s(x, left));
    sum21 = i32x4.add(sum21, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 12);
    sum30 = i32x4.add(sum30, i32x4.dot_i16x8_s(x, left));
    sum31 = i32x4.add(sum31, i32x4.dot_i16x8_s(x, right));
    a += 16;
    b += 32;
  }
  v128.store(out, sum00);
  v128.store(out, sum01, 16);
  out += stride;
  v128.store(out, sum10);
  v128.store(out, sum11, 16);
  out += stride;
  v128.store(out, sum20);
  v128.store(out, sum21, 16);
  out += stride;
  v128.store(out, sum30);
  v128.store(out, sum31, 16);
}

/** Panels of weights outside (8 KB for 512 rows, kept in the first cache), groups of vectors inside. */
export function multiplyCodes(
  codes: usize, weights: usize, vectors: i32, rows: i32, paddedColumns: i32, rowsPerBlock: i32, products: usize,
): void {
  const pairs = (rows + 1) >> 1;
  const pairsPerBlock = rowsPerBlock >> 1;
  const groups = (vectors + 3) >> 2;
  const stride = <usize>paddedColumns << 2;
  for (let first = 0; first < pairs; first += pairsPerBlock) {
    const some = min(pairsPerBlock, pairs - first);
    for (let panel = 0; panel < paddedColumns >> 3; panel++) {
      const b = weights + ((<usize>panel * pairs + first) << 5);
      let a = codes + (<usize>first << 4);
      let out = products + (<usize>panel << 5);
      for (let group = 0; group < groups; group++) {
        multiplyPanel(a, b, some, out, stride);
        a += <usize>pairs << 4;
        out += stride << 2;
      }
    }
    products += (<usize>groups * stride) << 2;
  }
}

/** Sums may pass 2^31: they are unsigned. */
export function multiplySquares(
  codes: usize, weights: usize, vectors: i32, rows: i32, paddedColumns: i32, rowsPerBlock: i32, products: usize,
  squares: usize,
): void {
  const bytes = <usize>((vectors + 3) >> 2) * ((rows + 1) >> 1) << 4;
  for (let i: usize = 0; i < bytes; i += 16) {
    const code = v128.load(codes + i);
    v128.store(squares + i, i16x8.mul(code, code));
  }
  multiplyCodes(squares, weights, vectors, rows, paddedColumns, rowsPerBlock, products);
}

/** Four vectors by eight columns in float; both products and sums are rounded. */
function multiplyFloatPanel(x0: usize, x1: usize, x2: usize, x3: usize, b: usize, rows: i32, out: usize, stride: usize): void {
  let sum00 = f32x4.splat(0);
  let sum01 = f32x4.splat(0);
  let sum10 = f32x4.splat(0);
  let sum11 = f32x4.splat(0);
  let sum20 = f32x4.splat(0);
  let sum21 = f32x4.splat(0);
  let sum30 = f32x4.splat(0);
  let sum31 = f32x4.splat(0);
  const end = b + (<usize>rows << 5);
  while (b < end) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load_splat<f32>(x0);
    sum00 = f32x4.add(sum00, f32x4.mul(x, left));
    sum01 = f32x4.add(sum01, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x1);
    sum10 = f32x4.add(sum10, f32x4.mul(x, left));
    sum11 = f32x4.add(sum11, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x2);
    sum20 = f32x4.add(sum20, f32x4.mul(x, left));
    sum21 = f32x4.add(sum21, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x3);
    sum30 = f32x4.add(sum30, f32x4.mul(x, left));
    sum31 = f32x4.add(sum31, f32x4.mul(x, right));
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    b += 32;
  }
  v128.store(out, sum00);
  v128.store(out, sum01, 16);
  out += stride;
  v128.store(out, sum10);
  v128.store(out, sum11, 16);
  out += stride;
  v128.store(out, sum20);
  v128.store(out, sum21, 16);
  out += stride;
  v128.store(out, sum30);
  v128.store(out, sum31, 16);
}

/** @param panel room for eight columns of weights */
export function multiplyFloats(
  x: usize, weights: usize, vectors: i32, rows: i32, columns: i32, out: usize, panel: usize,
): void {
  const stride = <usize>((columns + 7) >> 3) << 5;
  const row = <usize>rows << 2;
  for (let column = 0; column < columns; column += 8) {
    for (let i = 0; i < rows; i++) {
      const source = weights + ((<usize>i * columns + column) << 2);
      v128.store(panel + (<usize>i << 5), loadFloats(source, columns - column));
      const more = columns - column > 4 ? loadFloats(source + 16, columns - column - 4) : f32x4.splat(0);
      v128.store(panel + (<usize>i << 5), more, 16);
    }
    for (let vector = 0; vector < vectors; vector += 4) {
      // Where fewer than four vectors remain, the last one fills the group.
      const x0 = x + row * vector;
      const x1 = x + row * min(vector + 1, vectors - 1);
      const x2 = x + row * min(vector + 2, vectors - 1);
      const x3 = x + row * min(vector + 3, vectors - 1);
      multiplyFloatPanel(x0, x1, x2, x3, panel, rows, out + stride * vector + (<usize>column << 2), stride);
    }
  }
}

/** Difference or sum of four neighbours in a row. */
// @ts-ignore: decorator
@inline
function cells(positive: usize, negative: usize, sign: v128, offset: usize, count: i32): v128 {
  const value = loadFloats(positive + offset, count);
  if (!negative) return value;
  return f32x4.add(value, f32x4.mul(sign, loadFloats(negative + offset, count)));
}

/** Nearest whole numbers to cell / step; 0 where the step is 0. */
// @ts-ignore: decorator
@inline
function codesOf(cell: v128, step: v128, largest: v128): v128 {
  const code = f32x4.nearest(f32x4.div(cell, step));
  const held = f32x4.max(f32x4.min(code, largest), f32x4.neg(largest));
  return v128.and(i32x4.trunc_sat_f32x4_s(held), f32x4.gt(step, f32x4.splat(0)));
}

export function packWeights(
  positive: usize, negative: usize, sign: f32, largest: f32, rows: i32, columns: i32, codes: usize, step: usize,
): void {
  const signs = f32x4.splat(sign);
  const limit = f32x4.splat(largest);
  const paddedColumns = (columns + 7) & ~7;
  memory.fill(step, 0, <usize>paddedColumns << 2);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const cell = cells(positive, negative, signs, (<usize>i * columns + j) << 2, columns - j);
      const most = step + (<usize>j << 2);
      v128.store(most, f32x4.max(v128.load(most), f32x4.abs(cell)));
    }
  }
  for (let j = 0; j < paddedColumns; j += 4) {
    const most = step + (<usize>j << 2);
    v128.store(most, f32x4.div(v128.load(most), limit));
  }
  for (let j = 0; j < paddedColumns; j += 4) {
    const steps = v128.load(step + (<usize>j << 2));
    let into = codes + (((<usize>(j >> 3) * ((rows + 1) >> 1)) << 5) | ((j & 4) << 2));
    for (let i = 0; i < rows; i += 2) {
      let first = i32x4.splat(0);
      let second = i32x4.splat(0);
      if (j < columns) {
        const place = (<usize>i * columns + j) << 2;
        first = codesOf(cells(positive, negative, signs, place, columns - j), steps, limit);
        if (i + 1 < rows) {
          const below = place + (<usize>columns << 2);
          second = codesOf(cells(positive, negative, signs, below, columns - j), steps, limit);
        }
      }
      v128.store(into, v128.or(v128.and(first, i32x4.splat(0xffff)), i32x4.shl(second, 16)));
      into += 32;
    }
  }
}
