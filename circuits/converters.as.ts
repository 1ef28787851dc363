import { countLanes, largestLane, loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";

/** Pairs of rows of four vectors, side by side: lanes 0, 2 of each, or 1, 3. */
// @ts-ignore: decorator
@inline
function evenPairs(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

// @ts-ignore: decorator
@inline
function oddPairs(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, values: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), values));
}

export function convertInputs(
  x: usize, vectors: i32, rows: i32, scale: f32, levels: f32, lowest: f32, codes: usize, largest: usize, sums: usize,
): i32 {
  const scales = f32x4.splat(scale);
  const most = f32x4.splat(levels);
  const least = f32x4.splat(lowest);
  const belowCounts = i32x4.splat(lowest < 0 ? -1 : 0);
  const zero = i32x4.splat(0);
  const rowBytes = <usize>rows << 2;
  const squares = sums + (<usize>((rows + 3) & ~3) << 2);
  const pairs = (rows + 1) >> 1;
  let clipped = zero;
  for (let vector = 0; vector < vectors; vector += 4) {
    // Where fewer than four vectors remain, the last is read in the others' place, and kept out by the mask.
    const x0 = x + rowBytes * vector;
    const x1 = x + rowBytes * min(vector + 1, vectors - 1);
    const x2 = x + rowBytes * min(vector + 2, vectors - 1);
    const x3 = x + rowBytes * min(vector + 3, vectors - 1);
    const mask1 = i32x4.splat(vector + 1 < vectors ? -1 : 0);
    const mask2 = i32x4.splat(vector + 2 < vectors ? -1 : 0);
    const mask3 = i32x4.splat(vector + 3 < vectors ? -1 : 0);
    let into = codes + (<usize>(vector >> 2) * pairs << 4);
    let largest0 = zero;
    let largest1 = zero;
    let largest2 = zero;
    let largest3 = zero;
    for (let i = 0; i < rows; i += 4) {
      const place = <usize>i << 2;
      const left = rows - i;
      const v0 = f32x4.nearest(f32x4.mul(loadFloats(x0 + place, left), scales));
      const v1 = v128.and(f32x4.nearest(f32x4.mul(loadFloats(x1 + place, left), scales)), mask1);
      const v2 = v128.and(f32x4.nearest(f32x4.mul(loadFloats(x2 + place, left), scales)), mask2);
      const v3 = v128.and(f32x4.nearest(f32x4.mul(loadFloats(x3 + place, left), scales)), mask3);
      const above = i32x4.add(
        i32x4.add(f32x4.gt(v0, most), f32x4.gt(v1, most)),
        i32x4.add(f32x4.gt(v2, most), f32x4.gt(v3, most)),
      );
      const below = i32x4.add(
        i32x4.add(f32x4.lt(v0, least), f32x4.lt(v1, least)),
        i32x4.add(f32x4.lt(v2, least), f32x4.lt(v3, least)),
      );
      clipped = i32x4.sub(clipped, i32x4.add(above, v128.and(below, belowCounts)));
      const c0 = i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(v0, most), least));
      const c1 = i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(v1, most), least));
      const c2 = i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(v2, most), least));
      const c3 = i32x4.trunc_sat_f32x4_s(f32x4.max(f32x4.min(v3, most), least));
      const a0 = i32x4.abs(c0);
      const a1 = i32x4.abs(c1);
      const a2 = i32x4.abs(c2);
      const a3 = i32x4.abs(c3);
      largest0 = i32x4.max_s(largest0, a0);
      largest1 = i32x4.max_s(largest1, a1);
      largest2 = i32x4.max_s(largest2, a2);
      largest3 = i32x4.max_s(largest3, a3);
      addTo(sums + place, i32x4.add(i32x4.add(a0, a1), i32x4.add(a2, a3)));
      // The upper half of each 32-bit lane is zero, so the 16-bit dot product with itself is the square.
      const squared01 = i32x4.add(i32x4.dot_i16x8_s(a0, a0), i32x4.dot_i16x8_s(a1, a1));
      const squared23 = i32x4.add(i32x4.dot_i16x8_s(a2, a2), i32x4.dot_i16x8_s(a3, a3));
      addTo(squares + place, i32x4.add(squared01, squared23));
      const first = i16x8.narrow_i32x4_s(c0, c1);
      const second = i16x8.narrow_i32x4_s(c2, c3);
      v128.store(into, evenPairs(first, second));
      if (left > 2) v128.store(into, oddPairs(first, second), 16);
      into += 32;
    }
    const at = largest + (<usize>vector << 2);
    store<f32>(at, largestLane(f32x4.convert_i32x4_s(largest0)));
    store<f32>(at, largestLane(f32x4.convert_i32x4_s(largest1)), 4);
    store<f32>(at, largestLane(f32x4.convert_i32x4_s(largest2)), 8);
    store<f32>(at, largestLane(f32x4.convert_i32x4_s(largest3)), 12);
  }
  return (
    i32x4.extract_lane(clipped, 0) + i32x4.extract_lane(clipped, 1) +
    i32x4.extract_lane(clipped, 2) + i32x4.extract_lane(clipped, 3)
  );
}

export function convertOutputs(
  y: usize, columns: i32, paddedColumns: i32, vectors: i32, toCode: f32, step: f32, levels: f32, clip: i32,
  outputScale: usize, accumulate: usize, stride: i32,
): i32 {
  const toCodes = f32x4.splat(toCode);
  const steps = f32x4.splat(step);
  const most = f32x4.splat(levels);
  let clipped = 0;
  for (let vector = 0; vector < vectors; vector++) {
    for (let j = 0; j < columns; j += 4) {
      const place = <usize>j << 2;
      let value = v128.load(y + place);
      if (levels > 0) {
        let code = f32x4.nearest(f32x4.mul(value, toCodes));
        if (clip) {
          let beyond = f32x4.gt(f32x4.abs(code), most);
          if (v128.any_true(beyond)) {
            if (columns - j < 4) beyond = v128.and(beyond, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(columns - j)));
            clipped += countLanes(beyond);
            code = f32x4.max(f32x4.min(code, most), f32x4.neg(most));
          }
        }
        value = f32x4.mul(code, steps);
      }
      value = f32x4.mul(value, loadFloats(outputScale + place, columns - j));
      storeFloats(accumulate + place, f32x4.add(loadFloats(accumulate + place, columns - j), value), columns - j);
    }
    y += <usize>paddedColumns << 2;
    accumulate += <usize>stride << 2;
  }
  return clipped;
}
