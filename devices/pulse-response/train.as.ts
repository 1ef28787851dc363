import { fillBlock } from "../../src/ground/draws/normal.as";
import { one } from "../../src/ground/kernels/mathematics.as";
import {
  addSums, energyDown, energyUp, noise, ofDirection, ownStep, pulses, shape, slopeOf, sumDown, sumUp, takeDevices,
  traitAt, weight, work, writes,
} from "./train-devices.as";
import { note, takeNoted } from "./train-side-by-side.as";
import { oneByOne } from "./train-singly.as";

const normals = memory.data(2048, 16);
const written = memory.data(2048, 16);
/** Lanes on their way to single cells. */
const lanes = memory.data(16, 16);
/** The same of a block's devices in closed form. */
let blockUp: v128 = i32x4.splat(0);
let blockDown: v128 = i32x4.splat(0);
/** Whether noise is so small beside the step that a short enough train always has its closed form. */
let tame = false;
/** A law whose step is the same everywhere. */
// @ts-ignore: decorator
@inline
const flat = -1;

/** M and Q by doubling, of four devices: M = ((1 + k)^n - 1) / k, Q the sum of M over 0 .. n - 1. */
let doubledM: v128 = i32x4.splat(0);
let doubledQ: v128 = i32x4.splat(0);
function double(k: v128, n: v128): void {
  let all = 0;
  all |= i32x4.extract_lane(n, 0);
  all |= i32x4.extract_lane(n, 1);
  all |= i32x4.extract_lane(n, 2);
  all |= i32x4.extract_lane(n, 3);
  let m = f32x4.splat(0);
  let q = m;
  let so = m;
  const ratio = f32x4.add(one(), k);
  for (let bit = 31 - clz(all); bit >= 0; bit--) {
    const grown = f32x4.add(f32x4.splat(2), f32x4.mul(k, m));
    q = f32x4.add(f32x4.mul(q, grown), f32x4.mul(so, m));
    m = f32x4.mul(m, grown);
    so = f32x4.add(so, so);
    const odd = i32x4.shr_s(i32x4.shl(n, 31 - bit), 31);
    q = f32x4.add(q, v128.and(odd, m));
    m = v128.bitselect(f32x4.add(f32x4.mul(m, ratio), one()), m, odd);
    so = f32x4.add(so, v128.and(odd, one()));
  }
  doubledM = m;
  doubledQ = q;
}

// Loaded, because engines build a constant vector anew at every use.
const constants = memory.data<f32>([0.5, 0.25, 0.16666667, 5, 0.0625, 6.25, 2, 0.0025], 16);
// @ts-ignore: decorator
@inline
function constant(offset: usize): v128 {
  return v128.load32_splat(constants + offset);
}

/** Four devices' trains in closed form, where no limit can be met; returns how often they were held at one. train.ts has the equations. */
// @ts-ignore: decorator
@inline
function four(
  law: i32, additive: bool, cell: usize, signed: v128, normal: v128, fresh: usize, gain: usize, asymmetry: usize,
  upper: usize, lower: usize, first: usize, second: usize,
): i32 {
  const zero = f32x4.splat(0);
  const up = i32x4.gt_s(signed, zero);
  const count = i32x4.abs(signed);
  const n = f32x4.convert_i32x4_s(count);
  const w = v128.load(weight + (cell << 2));
  const floor = v128.load32_splat(pulses, 12);
  const low = f32x4.pmax(floor, v128.load(lower));
  const high = f32x4.pmax(low, v128.load(upper));
  const direction = ofDirection(up, 0);
  const step = ownStep(up, direction, v128.load(gain), v128.load(asymmetry));
  const towards = f32x4.mul(direction, step);
  const root = f32x4.sqrt(n);
  let mean: v128;
  // What is M, Q and (1 + k)^(n - 1) in train.ts.
  let m = n;
  let q: v128;
  let shrunk = one();
  let last = one();
  let sure = true;
  let k = zero;
  if (law == flat) {
    mean = f32x4.mul(towards, ofDirection(up, 9));
    q = f32x4.mul(f32x4.mul(n, constant(0)), f32x4.sub(n, one()));
  } else {
    const offset = law == 0 ? ofDirection(up, 9) : one();
    const own = law == 2 ? v128.bitselect(v128.load(first), v128.load(second), up) : w;
    const slope = slopeOf(law, up, low, high, own);
    k = f32x4.mul(towards, slope);
    mean = f32x4.mul(towards, f32x4.add(offset, f32x4.mul(slope, w)));
    const spread = f32x4.mul(n, k);
    if (v128.any_true(f32x4.gt(f32x4.abs(spread), constant(16)))) {
      double(k, count);
      m = doubledM;
      q = doubledQ;
      shrunk = f32x4.add(one(), f32x4.mul(k, m));
      last = f32x4.div(shrunk, f32x4.add(one(), k));
      sure = false;
    } else {
      // Binomial series; what is left out is below 2e-7 of M, 5e-6 of Q and 5e-5 of the power.
      const n1 = f32x4.sub(spread, k);
      const n2 = f32x4.sub(n1, k);
      const n3 = f32x4.sub(n2, k);
      const quarter = f32x4.add(one(), f32x4.mul(n3, constant(4)));
      const sixth = f32x4.mul(n2, constant(8));
      const half = f32x4.add(constant(0), f32x4.mul(sixth, quarter));
      m = f32x4.mul(n, f32x4.add(one(), f32x4.mul(n1, half)));
      q = f32x4.mul(f32x4.mul(n, f32x4.sub(n, one())), half);
      shrunk = f32x4.add(one(), f32x4.mul(k, m));
      last = f32x4.add(one(), f32x4.mul(n1, f32x4.add(one(), f32x4.mul(constant(0), n2))));
      sure = tame;
    }
  }
  // Noise of one pulse, and of the train.
  let noisy: v128;
  let sigma: v128;
  let fits = f32x4.eq(zero, zero);
  if (additive) {
    noisy = f32x4.add(f32x4.mul(v128.load32_splat(pulses, 20), step), v128.load32_splat(pulses, 24));
    sigma = f32x4.mul(noisy, root);
    if (law != flat) {
      const two = constant(24);
      const sum = f32x4.div(f32x4.mul(m, f32x4.add(two, f32x4.mul(k, m))), f32x4.add(two, k));
      sigma = f32x4.mul(noisy, f32x4.sqrt(f32x4.pmax(zero, sum)));
      fits = f32x4.gt(f32x4.add(one(), k), zero);
    }
  } else {
    const relative = v128.load32_splat(pulses, 16);
    noisy = f32x4.mul(relative, f32x4.abs(mean));
    sigma = f32x4.mul(noisy, root);
    if (law != flat) {
      const part = f32x4.mul(k, relative);
      const square = f32x4.mul(part, part);
      const more = f32x4.add(one(), f32x4.mul(f32x4.mul(constant(4), f32x4.sub(n, one())), square));
      sigma = f32x4.mul(sigma, f32x4.mul(last, more));
      if (!sure) {
        const slim = f32x4.le(f32x4.mul(n, square), constant(28));
        const ratio = f32x4.add(one(), k);
        fits = v128.and(slim, f32x4.gt(f32x4.sub(ratio, f32x4.mul(constant(12), f32x4.abs(part))), zero));
      }
    }
  }
  const moved = f32x4.mul(mean, m);
  const end = f32x4.add(w, moved);
  const far = f32x4.mul(constant(12), sigma);
  const reach = f32x4.add(f32x4.abs(moved), far);
  let bottom = f32x4.sub(w, reach);
  let inside = v128.and(v128.and(f32x4.le(f32x4.add(w, reach), high), f32x4.ge(bottom, low)), fits);
  if (!i32x4.all_true(inside)) {
    // Not that far against its way.
    const slowest = f32x4.mul(f32x4.abs(mean), f32x4.pmin(one(), shrunk));
    const back = f32x4.pmin(far, f32x4.div(f32x4.mul(constant(20), f32x4.mul(noisy, noisy)), slowest));
    const rising = f32x4.ge(moved, zero);
    const top = f32x4.add(f32x4.pmax(w, end), v128.bitselect(far, back, rising));
    bottom = f32x4.sub(f32x4.pmin(w, end), v128.bitselect(back, far, rising));
    inside = v128.and(v128.and(f32x4.le(top, high), f32x4.ge(bottom, low)), fits);
  }
  if (noise) {
    const clear = f32x4.add(floor, f32x4.mul(constant(12), v128.load32_splat(pulses, 32)));
    inside = v128.and(inside, f32x4.ge(bottom, clear));
  }
  const some = i32x4.ne(count, zero);
  const done = v128.and(inside, some);
  const free = f32x4.add(end, f32x4.mul(f32x4.mul(direction, sigma), normal));
  const held = f32x4.pmin(high, f32x4.pmax(low, free));
  v128.store(weight + (cell << 2), v128.bitselect(held, w, done));
  // Weights before and after each pulse, above the floor, summed; what noise has moved is taken to have grown evenly.
  const twice = f32x4.mul(f32x4.add(n, n), f32x4.sub(w, floor));
  const way = f32x4.mul(mean, f32x4.add(f32x4.add(q, q), m));
  let sum = f32x4.add(f32x4.add(twice, way), f32x4.mul(n, f32x4.sub(held, end)));
  if (noise) {
    const before = v128.load(noise + (cell << 2));
    const after = f32x4.mul(v128.load32_splat(pulses, 32), v128.load(fresh));
    sum = f32x4.add(sum, f32x4.add(before, after));
    v128.store(noise + (cell << 2), v128.bitselect(after, before, done));
  }
  sum = v128.and(f32x4.pmax(zero, sum), done);
  blockUp = f32x4.add(blockUp, v128.and(sum, up));
  blockDown = f32x4.add(blockDown, v128.andnot(sum, up));
  if (work) addWork(cell, sum, up);
  addCounts(writes + (cell << 3), v128.and(n, done));
  let clipped = popcnt(i32x4.bitmask(v128.and(f32x4.ne(held, free), done)));
  const left = i32x4.bitmask(v128.andnot(some, inside));
  if (left == 0) return clipped;
  v128.store(lanes, signed);
  for (let lane = 0; lane < 4; lane++) {
    if ((left >> lane) & 1) note(cell + lane, load<i32>(lanes + (<usize>lane << 2)));
  }
  return clipped;
}

/** Adds the work of four devices from their sums of weights. */
function addWork(cell: usize, sum: v128, up: v128): void {
  const upper = i8x16.shuffle(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  const to = work + (cell << 3);
  const lowUp = i64x2.extend_low_i32x4_s(up);
  const highUp = i64x2.extend_high_i32x4_s(up);
  const energies = v128.bitselect(f64x2.splat(energyUp), f64x2.splat(energyDown), lowUp);
  const others = v128.bitselect(f64x2.splat(energyUp), f64x2.splat(energyDown), highUp);
  v128.store(to, f64x2.add(v128.load(to), f64x2.mul(energies, f64x2.promote_low_f32x4(sum))));
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(others, f64x2.promote_low_f32x4(upper))), 16);
}

function total(sums: v128): f64 {
  return (
    <f64>f32x4.extract_lane(sums, 0) + <f64>f32x4.extract_lane(sums, 1) + <f64>f32x4.extract_lane(sums, 2) +
    <f64>f32x4.extract_lane(sums, 3)
  );
}

// @ts-ignore: decorator
@inline
function addCounts(to: usize, n: v128): void {
  const upper = i8x16.shuffle(n, n, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(n)));
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(upper)), 16);
}

/** A block of up to 512 devices. */
// @ts-ignore: decorator
@inline
function block(law: i32, additive: bool, begin: i32, end: i32, counts: usize): i32 {
  let clipped = 0;
  blockUp = f32x4.splat(0);
  blockDown = f32x4.splat(0);
  let at: usize = 0;
  const gain = traitAt(0, begin);
  const asymmetry = traitAt(1, begin);
  const upper = traitAt(2, begin);
  const lower = traitAt(3, begin);
  const first = traitAt(4, begin);
  const second = traitAt(5, begin);
  for (let cell = begin; cell < (end & ~3); cell += 4) {
    const signed = i32x4.extend_low_i16x8_s(v128.load64_zero(counts + (<usize>cell << 1)));
    if (v128.any_true(signed)) {
      clipped += four(
        law, additive, cell, signed, v128.load(normals + at), written + at, gain + at, asymmetry + at, upper + at,
        lower + at, first + at, second + at,
      );
    }
    at += 16;
  }
  addSums(total(blockUp), total(blockDown));
  return clipped;
}

function blockOf(additive: bool, begin: i32, end: i32, counts: usize): i32 {
  const everywhere = load<f32>(pulses, 40) == 0 && load<f32>(pulses, 104) == 0;
  if (shape == 0 && everywhere) return additive ? block(flat, true, begin, end, counts) : block(flat, false, begin, end, counts);
  if (shape == 0) return additive ? block(0, true, begin, end, counts) : block(0, false, begin, end, counts);
  if (shape == 1) return additive ? block(1, true, begin, end, counts) : block(1, false, begin, end, counts);
  return additive ? block(2, true, begin, end, counts) : block(2, false, begin, end, counts);
}

/**
 * Trains of devices. `closed` 0: pulse by pulse, else in closed form where that holds, 1 with noise relative to the step, 2 with noise of
 * one size; `keys`: of normals of a device's own, of whole trains, of write noise after these, and of single pulses; `cells` 0: all; `workAt` 0: nowhere,
 * else [count]; `sums` receives the work of either direction.
 */
export function trainPulses(
  pulsesOf: usize, shapeOf: i32, closed: i32, weightAt: usize, noiseAt: usize, placesAt: usize, trainedAt: usize,
  writesAt: usize, workAt: usize, sums: usize, up: f64, down: f64, keys: usize, low: u32, high: u32, cells: usize, counts: usize,
  count: i32,
): i32 {
  takeDevices(
    pulsesOf, shapeOf, weightAt, noiseAt, placesAt, trainedAt, writesAt, workAt, up, down, keys,
  );
  tame = load<f32>(pulses, 16) <= 0.8;
  const clipped = trainAll(closed, keys, low, high, cells, counts, count);
  store<f64>(sums, energyUp * sumUp);
  store<f64>(sums, energyDown * sumDown, 8);
  return clipped;
}

function trainAll(closed: i32, keys: usize, low: u32, high: u32, cells: usize, counts: usize, count: i32): i32 {
  let clipped = 0;
  if (cells != 0) {
    for (let k = 0; k < count; k++) {
      const some = <i32>load<i16>(counts + (<usize>k << 1));
      if (some != 0) clipped += oneByOne(load<u32>(cells + (<usize>k << 2)), some, work ? work + (<usize>k << 3) : 0);
    }
    return clipped;
  }
  for (let start = 0; start < count; start += 512) {
    const end = min(start + 512, count);
    if (closed) {
      fillBlock(load<u32>(keys, 8), load<u32>(keys, 12), <u32>start >> 9, low, high, normals, end - start);
      if (noise) fillBlock(load<u32>(keys, 16), load<u32>(keys, 20), <u32>start >> 9, low, high, written, end - start);
      clipped += blockOf(closed == 2, start, end, counts);
    }
    // The last that are no four go pulse by pulse, as all do of a law that has no closed form.
    for (let k = closed ? end & ~3 : start; k < end; k++) {
      const some = <i32>load<i16>(counts + (<usize>k << 1));
      if (some != 0) note(k, some);
    }
    clipped += takeNoted(start, load<u32>(keys, 24), load<u32>(keys, 28), low, high);
  }
  return clipped;
}
