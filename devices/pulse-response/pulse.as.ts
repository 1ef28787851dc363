import { fillBlock } from "../../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";
import { exp2, log2, one } from "../../src/ground/kernels/mathematics.as";

const normals = memory.data(2048, 16);
const written = memory.data(2048, 16);

// Of the pulse's numbers, in the order of `asNumbers`.
// @ts-ignore: decorator
@inline
function number(numbers: usize, index: usize): v128 {
  return v128.load_splat<f32>(numbers + (index << 2));
}

/** f of four devices; `shape` is known where it is inlined. */
// @ts-ignore: decorator
@inline
function shapeAt(shape: i32, numbers: usize, w: v128, low: v128, high: v128, first: v128, second: v128, up: bool): v128 {
  if (shape == 0) return f32x4.add(number(numbers, 9), f32x4.mul(number(numbers, 10), w));
  if (shape == 1) {
    const limit = up ? f32x4.pmax(number(numbers, 9), high) : f32x4.pmin(number(numbers, 9), low);
    return f32x4.sub(one(), f32x4.div(w, limit));
  }
  if (shape == 2) {
    const gamma = f32x4.abs(f32x4.add(number(numbers, 9), f32x4.sub(up ? first : second, one())));
    return f32x4.sub(one(), f32x4.mul(f32x4.mul(gamma, number(numbers, 10)), w));
  }
  const range = f32x4.pmax(f32x4.splat(1e-30), f32x4.sub(high, low));
  if (shape == 3) {
    const z = f32x4.add(f32x4.div(f32x4.mul(number(numbers, 9), w), range), number(numbers, 10));
    const exponential = f32x4.mul(number(numbers, 11), exp2(f32x4.mul(number(numbers, 12), z)));
    return f32x4.pmax(f32x4.splat(0), f32x4.sub(one(), exponential));
  }
  const share = f32x4.div(up ? f32x4.sub(high, w) : f32x4.sub(w, low), range);
  const held = f32x4.pmin(one(), f32x4.pmax(f32x4.splat(1.17549435e-38), share));
  const exponent = f32x4.mul(number(numbers, 9), f32x4.pmax(f32x4.splat(0), f32x4.add(first, number(numbers, 10))));
  const power = exp2(f32x4.mul(exponent, log2(held)));
  // 0 to the power 0 is 1, to any other 0.
  const gone = v128.and(f32x4.le(share, f32x4.splat(0)), f32x4.gt(exponent, f32x4.splat(0)));
  return v128.andnot(power, gone);
}

/** Four devices, of which the first `count` exist; lanes that were held at a limit are all ones. Constants are given so that they stay in registers. */
// @ts-ignore: decorator
@inline
function stepFour(
  shape: i32, up: bool, lengthy: bool, noisy: bool, numbers: usize, median: v128, bias: v128, relative: v128, ofStep: v128,
  weight: usize, noise: usize, place: usize, gains: usize, asymmetries: usize, uppers: usize, lowers: usize, firsts: usize,
  seconds: usize, sums: usize, count: i32,
): v128 {
  const w = loadFloats(weight, count);
  const low = f32x4.pmax(number(numbers, 3), loadFloats(lowers, count));
  const high = f32x4.pmax(low, loadFloats(uppers, count));
  const asymmetry = loadFloats(asymmetries, count);
  const gain = f32x4.add(loadFloats(gains, count), bias);
  const whole = up ? f32x4.add(gain, asymmetry) : f32x4.sub(gain, asymmetry);
  const step = f32x4.mul(median, f32x4.pmax(f32x4.splat(0), whole));
  const first = shape == 2 || shape == 4 ? loadFloats(firsts, count) : step;
  const second = shape == 2 ? loadFloats(seconds, count) : step;
  const mean = f32x4.mul(step, shapeAt(shape, numbers, w, low, high, first, second, up));

  let sigma = f32x4.add(f32x4.mul(relative, f32x4.abs(mean)), f32x4.mul(ofStep, step));
  if (lengthy) sigma = f32x4.add(sigma, f32x4.add(number(numbers, 6), f32x4.mul(number(numbers, 7), f32x4.abs(w))));
  const change = f32x4.add(mean, f32x4.mul(sigma, v128.load(normals + place)));
  const next = up ? f32x4.add(w, change) : f32x4.sub(w, change);
  const inside = f32x4.pmin(high, f32x4.pmax(low, next));
  storeFloats(weight, inside, count);

  let sum = f32x4.add(w, inside);
  if (lengthy) {
    if (noisy) {
      const after = f32x4.mul(number(numbers, 8), v128.load(written + place));
      sum = f32x4.add(sum, f32x4.add(loadFloats(noise, count), after));
      storeFloats(noise, after, count);
    }
  }
  storeFloats(sums, sum, count);
  return f32x4.ne(inside, next);
}

/** A block of up to 512 devices; `lengthy`: with noise beside that of the step. */
// @ts-ignore: decorator
@inline
function stepBlock(
  shape: i32, up: bool, lengthy: bool, numbers: usize, weight: usize, noise: usize, places: usize, block: usize,
  sums: usize, some: i32,
): i32 {
  const gains = <usize>load<u32>(places) + block * <usize>load<u32>(places, 4);
  const asymmetries = <usize>load<u32>(places, 8) + block * <usize>load<u32>(places, 12);
  const uppers = <usize>load<u32>(places, 16) + block * <usize>load<u32>(places, 20);
  const lowers = <usize>load<u32>(places, 24) + block * <usize>load<u32>(places, 28);
  const firsts = <usize>load<u32>(places, 32) + block * <usize>load<u32>(places, 36);
  const seconds = <usize>load<u32>(places, 40) + block * <usize>load<u32>(places, 44);
  const noisy = noise != 0;
  const median = number(numbers, 1);
  const bias = number(numbers, 2);
  const relative = number(numbers, 4);
  const ofStep = number(numbers, 5);
  const whole = <usize>(some & ~3) << 2;
  let held = i32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    const four = stepFour(
      shape, up, lengthy, noisy, numbers, median, bias, relative, ofStep, weight + i, noise + i, i,
      gains + i, asymmetries + i, uppers + i, lowers + i, firsts + i, seconds + i, sums + i, 4,
    );
    // A lane of ones is -1.
    held = i32x4.sub(held, four);
  }
  let clipped =
    i32x4.extract_lane(held, 0) + i32x4.extract_lane(held, 1) + i32x4.extract_lane(held, 2) + i32x4.extract_lane(held, 3);
  const left = some & 3;
  if (left) {
    const last = stepFour(
      shape, up, lengthy, noisy, numbers, median, bias, relative, ofStep, weight + whole, noise + whole, whole, gains + whole,
      asymmetries + whole, uppers + whole, lowers + whole, firsts + whole, seconds + whole, sums + whole, left,
    );
    clipped += popcnt(i32x4.bitmask(last) & ((1 << left) - 1));
  }
  return clipped;
}

// @ts-ignore: decorator
@inline
function stepBlockOf(
  shape: i32, up: bool, lengthy: bool, numbers: usize, weight: usize, noise: usize, places: usize, block: usize,
  sums: usize, some: i32,
): i32 {
  if (lengthy) {
    return up
      ? stepBlock(shape, true, true, numbers, weight, noise, places, block, sums, some)
      : stepBlock(shape, false, true, numbers, weight, noise, places, block, sums, some);
  }
  return up
    ? stepBlock(shape, true, false, numbers, weight, noise, places, block, sums, some)
    : stepBlock(shape, false, false, numbers, weight, noise, places, block, sums, some);
}

export function stepDevices(
  numbers: usize, shape: i32, weight: usize, noise: usize, places: usize, key0: u32, key1: u32, noiseKey0: u32,
  noiseKey1: u32, low: u32, high: u32, firstBlock: u32, sums: usize, count: i32,
): i32 {
  const up = load<f32>(numbers) > 0;
  const lengthy = noise != 0 || load<f32>(numbers, 24) != 0 || load<f32>(numbers, 28) != 0;
  let clipped = 0;
  let block: usize = 0;
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    const at = <usize>start << 2;
    fillBlock(key0, key1, firstBlock + <u32>block, low, high, normals, some);
    if (noise) fillBlock(noiseKey0, noiseKey1, firstBlock + <u32>block, low, high, written, some);
    const w = weight + at;
    const n = noise ? noise + at : 0;
    const m = sums + at;
    if (shape == 0) clipped += stepBlockOf(0, up, lengthy, numbers, w, n, places, block, m, some);
    else if (shape == 1) clipped += stepBlockOf(1, up, lengthy, numbers, w, n, places, block, m, some);
    else if (shape == 2) clipped += stepBlockOf(2, up, lengthy, numbers, w, n, places, block, m, some);
    else if (shape == 3) clipped += stepBlockOf(3, up, lengthy, numbers, w, n, places, block, m, some);
    else clipped += stepBlockOf(4, up, lengthy, numbers, w, n, places, block, m, some);
    block++;
  }
  return clipped;
}
