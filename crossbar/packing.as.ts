import { loadFloats } from "../src/ground/kernels/lanes.as";

/** Difference or sum of four neighbours in a row. */
// @ts-ignore: decorator
@inline
function cells(positive: usize, negative: usize, signBit: v128, offset: usize, count: i32): v128 {
  const value = loadFloats(positive + offset, count);
  if (!negative) return value;
  return f32x4.add(value, v128.xor(signBit, loadFloats(negative + offset, count)));
}

/** Nearest whole numbers to cell / step; 0 where the step is 0. */
// @ts-ignore: decorator
@inline
function codesOf(cell: v128, step: v128, largest: v128): v128 {
  const code = f32x4.nearest(f32x4.div(cell, step));
  const held = f32x4.max(f32x4.min(code, largest), f32x4.neg(largest));
  return v128.and(i32x4.trunc_sat_f32x4_s(held), f32x4.gt(step, f32x4.splat(0)));
}

/** @param sums room for three floats a column: of the block, of the largest block, of all */
export function packWeights(
  positive: usize, negative: usize, sumAsked: f32, largest: f32, rowsPerBlock: i32, rows: i32, columns: i32,
  codes: usize, step: usize, sums: usize,
): void {
  const signBit = i32x4.splat(sumAsked > 0 ? 0 : 0x80000000);
  const limit = f32x4.splat(largest);
  const asked = f32x4.splat(sumAsked);
  const zero = f32x4.splat(0);
  const width = <usize>((columns + 7) & ~7) << 2;
  memory.fill(step, 0, width);
  memory.fill(sums, 0, 3 * width);
  for (let i = 0; i < rows; i++) {
    const blockEnds = i + 1 == rows || (i + 1) % rowsPerBlock == 0;
    for (let j = 0; j < columns; j += 4) {
      const cell = cells(positive, negative, signBit, (<usize>i * columns + j) << 2, columns - j);
      const place = <usize>j << 2;
      v128.store(step + place, f32x4.max(v128.load(step + place), f32x4.abs(cell)));
      if (sumAsked == 0) continue;
      const block = f32x4.add(v128.load(sums + place), cell);
      v128.store(sums + place, blockEnds ? zero : block);
      if (!blockEnds) continue;
      const most = sums + width + place;
      const total = most + width;
      v128.store(most, f32x4.max(v128.load(most), block));
      v128.store(total, f32x4.add(v128.load(total), block));
    }
  }
  const pairs = (rows + 1) >> 1;
  for (let place: usize = 0; place < width; place += 16) {
    const j = <i32>(place >> 2);
    let steps = f32x4.div(v128.load(step + place), limit);
    if (sumAsked > 0) steps = f32x4.max(steps, f32x4.div(v128.load(sums + width + place), asked));
    let total = i32x4.splat(0);
    let into = codes + (((<usize>(j >> 3) * pairs) << 5) | (place & 16));
    for (let i = 0; i < rows; i += 2) {
      let first = i32x4.splat(0);
      let second = first;
      if (j < columns) {
        const offset = (<usize>i * columns + j) << 2;
        first = codesOf(cells(positive, negative, signBit, offset, columns - j), steps, limit);
        if (i + 1 < rows) {
          const below = offset + (<usize>columns << 2);
          second = codesOf(cells(positive, negative, signBit, below, columns - j), steps, limit);
        }
      }
      total = i32x4.add(total, i32x4.add(first, second));
      v128.store(into, v128.or(v128.and(first, i32x4.splat(0xffff)), i32x4.shl(second, 16)));
      into += 32;
    }
    if (sumAsked > 0) {
      const kept = f32x4.div(v128.load(sums + 2 * width + place), f32x4.convert_i32x4_s(total));
      steps = v128.and(kept, i32x4.ne(total, i32x4.splat(0)));
    }
    v128.store(step + place, steps);
  }
}
