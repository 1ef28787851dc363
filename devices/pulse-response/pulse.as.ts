import { fillBlock } from "../../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";
import { freed, number, takeNumbers } from "./pulse-law.as";

const normals = memory.data(2048, 16);
const written = memory.data(2048, 16);

/** Adds the work of four devices from their weights before and after, summed. */
// @ts-ignore: decorator
@inline
function addWork(work: usize, sum: v128, joules: v128): void {
  const open = f32x4.pmax(f32x4.splat(0), f32x4.sub(sum, number(13)));
  const upper = i8x16.shuffle(open, open, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v128.store(work, f64x2.add(v128.load(work), f64x2.mul(joules, f64x2.promote_low_f32x4(open))));
  v128.store(work, f64x2.add(v128.load(work, 16), f64x2.mul(joules, f64x2.promote_low_f32x4(upper))), 16);
}

/** A block of up to 512 devices; `lengthy`: with noise beside that of the step. Returns how many were held at a limit. */
// @ts-ignore: decorator
@inline
function stepBlock(
  shape: i32, up: bool, lengthy: bool, weight: usize, noise: usize, places: usize, block: usize, work: usize, energy: f64,
  some: i32,
): i32 {
  let gains = <usize>load<u32>(places) + block * <usize>load<u32>(places, 4);
  let asymmetries = <usize>load<u32>(places, 8) + block * <usize>load<u32>(places, 12);
  let uppers = <usize>load<u32>(places, 16) + block * <usize>load<u32>(places, 20);
  let lowers = <usize>load<u32>(places, 24) + block * <usize>load<u32>(places, 28);
  let firsts = <usize>load<u32>(places, 32) + block * <usize>load<u32>(places, 36);
  let seconds = <usize>load<u32>(places, 40) + block * <usize>load<u32>(places, 44);
  const noisy = lengthy && noise != 0;
  const joules = f64x2.splat(energy);
  let held = i32x4.splat(0);
  let normal = normals;
  // Eight at a time: half the sums of addresses.
  const end = normals + (<usize>(some & ~7) << 2);
  for (; normal < end; normal += 32) {
    const w0 = v128.load(weight);
    const w1 = v128.load(weight, 16);
    const low0 = f32x4.pmax(number(3), v128.load(lowers));
    const low1 = f32x4.pmax(number(3), v128.load(lowers, 16));
    const high0 = f32x4.pmax(low0, v128.load(uppers));
    const high1 = f32x4.pmax(low1, v128.load(uppers, 16));
    const first0 = shape == 2 || shape == 4 ? v128.load(firsts) : w0;
    const first1 = shape == 2 || shape == 4 ? v128.load(firsts, 16) : w1;
    const second0 = shape == 2 ? v128.load(seconds) : w0;
    const second1 = shape == 2 ? v128.load(seconds, 16) : w1;
    const free0 = freed(
      shape, up, lengthy, w0, low0, high0, v128.load(gains), v128.load(asymmetries), first0, second0, v128.load(normal),
    );
    const free1 = freed(
      shape, up, lengthy, w1, low1, high1, v128.load(gains, 16), v128.load(asymmetries, 16), first1, second1,
      v128.load(normal, 16),
    );
    const inside0 = f32x4.pmin(high0, f32x4.pmax(low0, free0));
    const inside1 = f32x4.pmin(high1, f32x4.pmax(low1, free1));
    v128.store(weight, inside0);
    v128.store(weight, inside1, 16);
    // A lane of ones is -1.
    held = i32x4.sub(held, i32x4.add(f32x4.ne(inside0, free0), f32x4.ne(inside1, free1)));
    let sum0 = f32x4.add(w0, inside0);
    let sum1 = f32x4.add(w1, inside1);
    if (noisy) {
      const fresh = written + (normal - normals);
      const after0 = f32x4.mul(number(8), v128.load(fresh));
      const after1 = f32x4.mul(number(8), v128.load(fresh, 16));
      sum0 = f32x4.add(sum0, f32x4.add(v128.load(noise), after0));
      sum1 = f32x4.add(sum1, f32x4.add(v128.load(noise, 16), after1));
      v128.store(noise, after0);
      v128.store(noise, after1, 16);
      noise += 32;
    }
    addWork(work, sum0, joules);
    addWork(work + 32, sum1, joules);
    work += 64;
    weight += 32;
    gains += 32;
    asymmetries += 32;
    uppers += 32;
    lowers += 32;
    firsts += 32;
    seconds += 32;
  }
  let clipped =
    i32x4.extract_lane(held, 0) + i32x4.extract_lane(held, 1) + i32x4.extract_lane(held, 2) + i32x4.extract_lane(held, 3);
  for (let left = some & 7; left > 0; left -= 4) {
    const w = loadFloats(weight, left);
    const low = f32x4.pmax(number(3), loadFloats(lowers, left));
    const high = f32x4.pmax(low, loadFloats(uppers, left));
    const first = shape == 2 || shape == 4 ? loadFloats(firsts, left) : w;
    const second = shape == 2 ? loadFloats(seconds, left) : w;
    const free = freed(
      shape, up, lengthy, w, low, high, loadFloats(gains, left), loadFloats(asymmetries, left), first, second,
      v128.load(normal),
    );
    const inside = f32x4.pmin(high, f32x4.pmax(low, free));
    storeFloats(weight, inside, left);
    const there = left >= 4 ? 4 : left;
    clipped += popcnt(i32x4.bitmask(f32x4.ne(inside, free)) & ((1 << there) - 1));
    let sum = f32x4.add(w, inside);
    if (noisy) {
      const after = f32x4.mul(number(8), v128.load(written + (normal - normals)));
      sum = f32x4.add(sum, f32x4.add(loadFloats(noise, left), after));
      storeFloats(noise, after, left);
      noise += 16;
    }
    v128.store(sums, sum);
    for (let i = 0; i < there; i++) {
      const open = max<f32>(0, load<f32>(sums + (<usize>i << 2)) - f32x4.extract_lane(number(13), 0));
      store<f64>(work, load<f64>(work) + energy * <f64>open);
      work += 8;
    }
    normal += 16;
    weight += 16;
    gains += 16;
    asymmetries += 16;
    uppers += 16;
    lowers += 16;
    firsts += 16;
    seconds += 16;
  }
  return clipped;
}

/** The last four sums of weights. */
const sums = memory.data(16, 16);

function stepBlockOf(
  shape: i32, up: bool, lengthy: bool, weight: usize, noise: usize, places: usize, block: usize, work: usize, energy: f64,
  some: i32,
): i32 {
  if (shape == 0) return directed(0, up, lengthy, weight, noise, places, block, work, energy, some);
  if (shape == 1) return directed(1, up, lengthy, weight, noise, places, block, work, energy, some);
  if (shape == 2) return directed(2, up, lengthy, weight, noise, places, block, work, energy, some);
  if (shape == 3) return directed(3, up, lengthy, weight, noise, places, block, work, energy, some);
  return directed(4, up, lengthy, weight, noise, places, block, work, energy, some);
}

// @ts-ignore: decorator
@inline
function directed(
  shape: i32, up: bool, lengthy: bool, weight: usize, noise: usize, places: usize, block: usize, work: usize, energy: f64,
  some: i32,
): i32 {
  if (lengthy) {
    return up
      ? stepBlock(shape, true, true, weight, noise, places, block, work, energy, some)
      : stepBlock(shape, false, true, weight, noise, places, block, work, energy, some);
  }
  return up
    ? stepBlock(shape, true, false, weight, noise, places, block, work, energy, some)
    : stepBlock(shape, false, false, weight, noise, places, block, work, energy, some);
}

export function stepDevices(
  numbersOfPulse: usize, shape: i32, weight: usize, noise: usize, places: usize, key0: u32, key1: u32, noiseKey0: u32,
  noiseKey1: u32, low: u32, high: u32, work: usize, energy: f64, count: i32,
): i32 {
  takeNumbers(numbersOfPulse);
  const up = load<f32>(numbersOfPulse) > 0;
  const lengthy = noise != 0 || load<f32>(numbersOfPulse, 24) != 0 || load<f32>(numbersOfPulse, 28) != 0;
  let clipped = 0;
  let block: usize = 0;
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    const at = <usize>start << 2;
    fillBlock(key0, key1, <u32>block, low, high, normals, some);
    if (noise) fillBlock(noiseKey0, noiseKey1, <u32>block, low, high, written, some);
    clipped += stepBlockOf(
      shape, up, lengthy, weight + at, noise ? noise + at : 0, places, block, work + (at << 1), energy, some,
    );
    block++;
  }
  return clipped;
}
