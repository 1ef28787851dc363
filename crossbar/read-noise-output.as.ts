import { fillBlock } from "../src/ground/draws/normal.as";

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
