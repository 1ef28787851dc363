import { countLanes, loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";

/** Adding 1.5 x 2^23 to a float of a few bits leaves its nearest whole number, halves to even, in the lowest bits: above its own. */
// @ts-ignore: decorator
@inline
const rounder: f32 = 12582912;

/** Halves of two neighbours in memory, lanes 0, 2 or 1, 3 of both: what lies across four vectors comes together. */
// @ts-ignore: decorator
@inline
function lowerHalves(place: usize): v128 {
  return i8x16.shuffle(v128.load(place), v128.load(place, 16), 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

// @ts-ignore: decorator
@inline
function upperHalves(place: usize): v128 {
  return i8x16.shuffle(v128.load(place), v128.load(place, 16), 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

// @ts-ignore: decorator
@inline
function evenLanes(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

// @ts-ignore: decorator
@inline
function oddLanes(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, values: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), values));
}

/** Of four vectors so far: largest |code|, sum of code^6; then the count of clipped inputs. Four lanes each. */
const running = memory.data(144, 16);
/** Constants of one call, splat: scale, sign mask of what may clip, first clipped value, largest and smallest code, rounder. */
const limits = memory.data(96, 16);
/** The last rows of four vectors, where fewer than four remain. */
const lastRows = memory.data(64, 16);

// @ts-ignore: decorator
@inline
function addSixthPowers(place: usize, codes: v128): void {
  const cubes = f32x4.mul(f32x4.mul(codes, codes), codes);
  v128.store(running + place, f32x4.add(v128.load(running + place), f32x4.mul(cubes, cubes)));
}

/** Converts `rows`, a multiple of four, of four vectors; `sums` 0: nobody asks for them. */
function convertRows(x0: usize, x1: usize, x2: usize, x3: usize, rows: i32, codes: usize, sums: usize, squares: usize): void {
  let clipped = v128.load(running, 128);
  let largest0 = v128.load(running);
  let largest1 = v128.load(running, 16);
  let largest2 = v128.load(running, 32);
  let largest3 = v128.load(running, 48);
  const end = <usize>rows << 2;
  for (let place: usize = 0; place < end; place += 16) {
    const scale = v128.load(limits);
    const mask = v128.load(limits, 16);
    const beyond = v128.load(limits, 32);
    const most = v128.load(limits, 48);
    const least = v128.load(limits, 64);
    const round = v128.load(limits, 80);
    const v0 = f32x4.mul(v128.load(x0 + place), scale);
    const v1 = f32x4.mul(v128.load(x1 + place), scale);
    const v2 = f32x4.mul(v128.load(x2 + place), scale);
    const v3 = f32x4.mul(v128.load(x3 + place), scale);
    const above01 = i32x4.add(f32x4.ge(v128.and(v0, mask), beyond), f32x4.ge(v128.and(v1, mask), beyond));
    const above23 = i32x4.add(f32x4.ge(v128.and(v2, mask), beyond), f32x4.ge(v128.and(v3, mask), beyond));
    clipped = i32x4.sub(clipped, i32x4.add(above01, above23));
    const r0 = f32x4.add(f32x4.pmax(least, f32x4.pmin(most, v0)), round);
    const c0 = i32x4.sub(r0, round);
    addSixthPowers(64, f32x4.sub(r0, round));
    const r1 = f32x4.add(f32x4.pmax(least, f32x4.pmin(most, v1)), round);
    const c1 = i32x4.sub(r1, round);
    addSixthPowers(80, f32x4.sub(r1, round));
    const r2 = f32x4.add(f32x4.pmax(least, f32x4.pmin(most, v2)), round);
    const c2 = i32x4.sub(r2, round);
    addSixthPowers(96, f32x4.sub(r2, round));
    const r3 = f32x4.add(f32x4.pmax(least, f32x4.pmin(most, v3)), round);
    const c3 = i32x4.sub(r3, round);
    addSixthPowers(112, f32x4.sub(r3, round));
    const first = i16x8.narrow_i32x4_s(c0, c1);
    const second = i16x8.narrow_i32x4_s(c2, c3);
    v128.store(codes, evenLanes(first, second));
    v128.store(codes, oddLanes(first, second), 16);
    codes += 32;
    const a0 = i32x4.abs(c0);
    const a1 = i32x4.abs(c1);
    const a2 = i32x4.abs(c2);
    const a3 = i32x4.abs(c3);
    largest0 = i32x4.max_s(largest0, a0);
    largest1 = i32x4.max_s(largest1, a1);
    largest2 = i32x4.max_s(largest2, a2);
    largest3 = i32x4.max_s(largest3, a3);
    if (sums == 0) continue;
    addTo(sums + place, i32x4.add(i32x4.add(a0, a1), i32x4.add(a2, a3)));
    // The upper half of each 32-bit lane is zero, so the 16-bit dot product with itself is the square.
    const squared01 = i32x4.add(i32x4.dot_i16x8_s(a0, a0), i32x4.dot_i16x8_s(a1, a1));
    const squared23 = i32x4.add(i32x4.dot_i16x8_s(a2, a2), i32x4.dot_i16x8_s(a3, a3));
    addTo(squares + place, i32x4.add(squared01, squared23));
  }
  v128.store(running, largest0);
  v128.store(running, largest1, 16);
  v128.store(running, largest2, 32);
  v128.store(running, largest3, 48);
  v128.store(running, clipped, 128);
}

/** @param vectors a multiple of four; `codes` has room for 16 bytes more than their codes */
export function convertInputs(
  x: usize, vectors: i32, rows: i32, stride: i32, scale: f32, mask: i32, beyond: f32, most: f32, least: f32,
  codes: usize, largest: usize, cubeNorm: usize, sums: usize,
): i32 {
  v128.store(limits, f32x4.splat(scale));
  v128.store(limits, i32x4.splat(mask), 16);
  v128.store(limits, f32x4.splat(beyond), 32);
  v128.store(limits, f32x4.splat(most), 48);
  v128.store(limits, f32x4.splat(least), 64);
  v128.store(limits, f32x4.splat(rounder), 80);
  memory.fill(running, 0, 144);
  const row = <usize>stride << 2;
  const squares = sums + (<usize>((rows + 3) & ~3) << 2);
  const whole = rows & ~3;
  const left = rows - whole;
  const done = <usize>whole << 2;
  for (let vector = 0; vector < vectors; vector += 4) {
    const into = codes + (<usize>(vector >> 2) * ((rows + 1) >> 1) << 4);
    convertRows(x, x + row, x + 2 * row, x + 3 * row, whole, into, sums, squares);
    if (left) {
      for (let v: usize = 0; v < 4; v++) v128.store(lastRows + (v << 4), loadFloats(x + v * row + done, left));
      convertRows(
        lastRows, lastRows + 16, lastRows + 32, lastRows + 48, 4, into + (done << 1), sums ? sums + done : 0, squares + done,
      );
    }
    const first = i32x4.max_s(lowerHalves(running), upperHalves(running));
    const second = i32x4.max_s(lowerHalves(running + 32), upperHalves(running + 32));
    v128.store(largest, f32x4.convert_i32x4_s(i32x4.max_s(evenLanes(first, second), oddLanes(first, second))));
    const third = f32x4.add(lowerHalves(running + 64), upperHalves(running + 64));
    const fourth = f32x4.add(lowerHalves(running + 96), upperHalves(running + 96));
    v128.store(cubeNorm, f32x4.sqrt(f32x4.add(evenLanes(third, fourth), oddLanes(third, fourth))));
    for (let place: usize = 0; place < 128; place += 16) v128.store(running + place, f32x4.splat(0));
    largest += 16;
    cubeNorm += 16;
    x += row << 2;
  }
  const clipped = v128.load(running, 128);
  return (
    i32x4.extract_lane(clipped, 0) + i32x4.extract_lane(clipped, 1) +
    i32x4.extract_lane(clipped, 2) + i32x4.extract_lane(clipped, 3)
  );
}

let clippedOutputs: i32 = 0;

/** Four digital values; codes beyond `most` among the first `count` are clipped and counted. */
// @ts-ignore: decorator
@inline
function digital(y: v128, toCode: v128, step: v128, most: v128, count: i32): v128 {
  let code = f32x4.nearest(f32x4.mul(y, toCode));
  let beyond = f32x4.gt(f32x4.abs(code), most);
  if (v128.any_true(beyond)) {
    if (count < 4) beyond = v128.and(beyond, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
    clippedOutputs += countLanes(beyond);
    code = f32x4.max(f32x4.min(code, most), f32x4.neg(most));
  }
  return f32x4.mul(code, step);
}

/** @param levels the largest code; Infinity where none clips, 0 where there is no converter */
export function convertOutputs(
  y: usize, columns: i32, paddedColumns: i32, vectors: i32, toCode: f32, step: f32, levels: f32,
  outputScale: usize, accumulate: usize, stride: i32,
): i32 {
  const toCodes = f32x4.splat(toCode);
  const steps = f32x4.splat(step);
  const most = f32x4.splat(levels);
  const whole = <usize>(columns & ~3) << 2;
  const left = columns & 3;
  clippedOutputs = 0;
  for (let vector = 0; vector < vectors; vector++) {
    for (let place: usize = 0; place < whole; place += 16) {
      let value = v128.load(y + place);
      if (levels > 0) value = digital(value, toCodes, steps, most, 4);
      const sum = f32x4.add(v128.load(accumulate + place), f32x4.mul(value, v128.load(outputScale + place)));
      v128.store(accumulate + place, sum);
    }
    if (left) {
      let value = v128.load(y + whole);
      if (levels > 0) value = digital(value, toCodes, steps, most, left);
      const scaled = f32x4.mul(value, loadFloats(outputScale + whole, left));
      storeFloats(accumulate + whole, f32x4.add(loadFloats(accumulate + whole, left), scaled), left);
    }
    y += <usize>paddedColumns << 2;
    accumulate += <usize>stride << 2;
  }
  return clippedOutputs;
}
