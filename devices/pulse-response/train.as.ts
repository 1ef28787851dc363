import { fourNormalsOfCell } from "../../src/ground/draws/cell-normals.as";
import { fillBlock } from "../../src/ground/draws/normal.as";
import { one } from "../../src/ground/kernels/mathematics.as";
import { freed, shapeAt, takeNumbers } from "./pulse-law.as";

const normals = memory.data(2048, 16);
const written = memory.data(2048, 16);
/** Normals of pulses that are taken one by one, of one block of devices. */
const stream = memory.data(2048, 16);
/** Devices of a block whose pulses are taken one by one: place in the block above, count of pulses in the lower half; as found, and by count. */
const found = memory.data(2048, 16);
const sorted = memory.data(2048, 16);
const bins = memory.data(128, 16);
/** What four of them have: counts, weights, six traits and write noise. */
const gathered = memory.data(144, 16);
/** Lanes on their way to single cells. */
const lanes = memory.data(16, 16);

/** Numbers of a pulse up and of one down, 64 bytes apart, as `asNumbers` orders them; their order is that of pulse-law.as.ts. */
let pulses: usize = 0;
let shape = 0;
let weight: usize = 0;
let noise: usize = 0;
/** Address and advance from block to block of each of six traits. */
let places: usize = 0;
let trained: usize = 0;
let writes: usize = 0;
let work: usize = 0;
/** Weights before and after pulses, above the floor, of either direction. */
let sumUp: f64 = 0;
let sumDown: f64 = 0;
/** The same of a block's devices in closed form. */
let blockUp: v128 = i32x4.splat(0);
let blockDown: v128 = i32x4.splat(0);
/** Whether noise is so small beside the step that a short enough train always has its closed form. */
let tame = false;
/** A law whose step is the same everywhere. */
// @ts-ignore: decorator
@inline
const flat = -1;
let energyUp: f64 = 0;
let energyDown: f64 = 0;
let key0: u32 = 0;
let key1: u32 = 0;

/** Where trait k of a device lies: traits that all have alike are one block. */
// @ts-ignore: decorator
@inline
function traitAt(k: usize, cell: usize): usize {
  const place = places + (k << 3);
  return <usize>load<u32>(place) + (cell >> 9) * <usize>load<u32>(place, 4) + ((cell & 511) << 2);
}

// @ts-ignore: decorator
@inline
function ofDirection(up: v128, index: usize): v128 {
  const place = pulses + (index << 2);
  return v128.bitselect(v128.load32_splat(place), v128.load32_splat(place, 64), up);
}

/**
 * One device pulse by pulse: pulse n takes normals 0 and 1 of event n of its own. Returns how often it was held at a limit.
 *
 * `joules`: where its work is added to; 0: nowhere.
 */
function oneByOne(cell: usize, count: i32, joules: usize): i32 {
  const up = count > 0;
  const size = up ? count : -count;
  takeNumbers(up ? pulses : pulses + 64);
  const single = cell << 2;
  const floor = load<f32>(pulses, 12);
  const low = max<f32>(floor, load<f32>(traitAt(3, cell)));
  const high = max<f32>(low, load<f32>(traitAt(2, cell)));
  const gain = v128.load32_splat(traitAt(0, cell));
  const asymmetry = v128.load32_splat(traitAt(1, cell));
  const first = v128.load32_splat(traitAt(4, cell));
  const second = v128.load32_splat(traitAt(5, cell));
  const writeNoise = load<f32>(pulses, 32);
  let w = load<f32>(weight + single);
  let before: f32 = noise ? load<f32>(noise + single) : 0;
  let event = load<f64>(trained + (cell << 3));
  let sum: f64 = 0;
  let clipped = 0;
  for (let pulse = 0; pulse < size; pulse++) {
    const words = <u64>event;
    event += 1;
    const four = fourNormalsOfCell(<u32>cell, <u32>words, <u32>(words >> 32), 0, key0, key1);
    const normal = f32x4.splat(f32x4.extract_lane(four, 0));
    const free = f32x4.extract_lane(
      ofShape(up, f32x4.splat(w), f32x4.splat(low), f32x4.splat(high), gain, asymmetry, first, second, normal), 0,
    );
    const held = min<f32>(high, max<f32>(low, free));
    if (held != free) clipped++;
    const after: f32 = noise ? writeNoise * f32x4.extract_lane(four, 1) : 0;
    sum += max<f64>(0, <f64>w + <f64>held + <f64>before + <f64>after - 2 * <f64>floor);
    w = held;
    before = after;
  }
  store<f32>(weight + single, w);
  if (noise) store<f32>(noise + single, before);
  const double = cell << 3;
  store<f64>(trained + double, event);
  store<f64>(writes + double, load<f64>(writes + double) + <f64>size);
  addSum(joules, up, sum);
  return clipped;
}

function addSum(joules: usize, up: bool, sum: f64): void {
  if (up) sumUp += sum;
  else sumDown += sum;
  if (joules) store<f64>(joules, load<f64>(joules) + (up ? energyUp : energyDown) * sum);
}

function ofShape(
  up: bool, w: v128, low: v128, high: v128, gain: v128, asymmetry: v128, first: v128, second: v128, normal: v128,
): v128 {
  if (shape == 0) return directed(0, up, w, low, high, gain, asymmetry, first, second, normal);
  if (shape == 1) return directed(1, up, w, low, high, gain, asymmetry, first, second, normal);
  if (shape == 2) return directed(2, up, w, low, high, gain, asymmetry, first, second, normal);
  if (shape == 3) return directed(3, up, w, low, high, gain, asymmetry, first, second, normal);
  return directed(4, up, w, low, high, gain, asymmetry, first, second, normal);
}

// @ts-ignore: decorator
@inline
function directed(
  law: i32, up: bool, w: v128, low: v128, high: v128, gain: v128, asymmetry: v128, first: v128, second: v128, normal: v128,
): v128 {
  return up
    ? freed(law, true, true, w, low, high, gain, asymmetry, first, second, normal)
    : freed(law, false, true, w, low, high, gain, asymmetry, first, second, normal);
}

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

// @ts-ignore: decorator
@inline
function ownStep(up: v128, direction: v128, gain: v128, asymmetry: v128): v128 {
  const whole = f32x4.add(f32x4.add(gain, ofDirection(up, 2)), f32x4.mul(direction, asymmetry));
  return f32x4.mul(v128.load32_splat(pulses, 4), f32x4.pmax(f32x4.splat(0), whole));
}

/** By how much the mean step, in own steps, changes with the weight; `own`: the trait of the slope in this direction. */
// @ts-ignore: decorator
@inline
function slopeOf(law: i32, up: v128, low: v128, high: v128, own: v128): v128 {
  if (law == 0) return ofDirection(up, 10);
  if (law == 1) {
    const smallest = ofDirection(up, 9);
    return f32x4.div(f32x4.splat(-1), v128.bitselect(f32x4.pmax(smallest, high), f32x4.pmin(smallest, low), up));
  }
  const gamma = f32x4.abs(f32x4.add(ofDirection(up, 9), f32x4.sub(own, one())));
  return f32x4.neg(f32x4.mul(gamma, ofDirection(up, 10)));
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

let noted = 0;

/** A device of the block whose pulses are to be taken one by one. */
function note(cell: usize, count: i32): void {
  store<u32>(found + (<usize>noted << 2), (<u32>(cell & 511) << 16) | (<u32>count & 0xffff));
  noted++;
}

// @ts-ignore: decorator
@inline
function binOf(entry: u32): usize {
  const count = <i32>(<i16>entry);
  return <usize>(63 - min(63, count < 0 ? -count : count)) << 1;
}

/** All that were noted, those with as many pulses side by side; normals of block and event in order. Returns how often they were held. */
function takeNoted(first: usize, keyOf0: u32, keyOf1: u32, low: u32, high: u32): i32 {
  memory.fill(bins, 0, 128);
  for (let k = 0; k < noted; k++) {
    const bin = bins + binOf(load<u32>(found + (<usize>k << 2)));
    store<u16>(bin, load<u16>(bin) + 1);
  }
  let begun: u16 = 0;
  for (let bin: usize = 0; bin < 128; bin += 2) {
    const here = load<u16>(bins + bin);
    store<u16>(bins + bin, begun);
    begun += here;
  }
  for (let k = 0; k < noted; k++) {
    const entry = load<u32>(found + (<usize>k << 2));
    const bin = bins + binOf(entry);
    store<u32>(sorted + (<usize>load<u16>(bin) << 2), entry);
    store<u16>(bin, load<u16>(bin) + 1);
  }
  drawn = 0;
  next = stream + 2048;
  let clipped = 0;
  for (let k = 0; k < noted; k += 4) {
    clipped += fourByPulses(first, sorted + (<usize>k << 2), min(4, noted - k), keyOf0, keyOf1, low, high);
  }
  noted = 0;
  return clipped;
}

/** Place of the next normals in the stream, and how many times it was filled for the block. */
let next: usize = 0;
let drawn: u32 = 0;

/** Four more normals of a block's stream. */
// @ts-ignore: decorator
@inline
function nextNormals(first: usize, keyOf0: u32, keyOf1: u32, low: u32, high: u32): v128 {
  if (next == stream + 2048) {
    fillBlock(keyOf0, keyOf1, <u32>(first >> 9 << 16) | drawn, low, high, stream, 512);
    drawn++;
    next = stream;
  }
  const four = v128.load(next);
  next += 16;
  return four;
}

/** Up to four devices of a block, pulse by pulse side by side. */
function fourByPulses(
  first: usize, entries: usize, some: i32, keyOf0: u32, keyOf1: u32, eventLow: u32, eventHigh: u32,
): i32 {
  for (let lane = 0; lane < 4; lane++) {
    const entry = load<u32>(entries + (<usize>min(lane, some - 1) << 2));
    const cell = first + (entry >> 16);
    const to = gathered + (<usize>lane << 2);
    store<i32>(to, lane < some ? <i32>(<i16>entry) : 0);
    store<f32>(to, load<f32>(weight + (cell << 2)), 16);
    for (let k: usize = 0; k < 6; k++) store<f32>(to + (k << 4), load<f32>(traitAt(k, cell)), 32);
    store<f32>(to, noise ? load<f32>(noise + (cell << 2)) : 0, 128);
  }
  const zero = f32x4.splat(0);
  const signed = v128.load(gathered);
  const up = i32x4.gt_s(signed, zero);
  const count = i32x4.abs(signed);
  let w = v128.load(gathered, 16);
  const floor = v128.load32_splat(pulses, 12);
  const low = f32x4.pmax(floor, v128.load(gathered, 80));
  const high = f32x4.pmax(low, v128.load(gathered, 64));
  const direction = ofDirection(up, 0);
  const step = ownStep(up, direction, v128.load(gathered, 32), v128.load(gathered, 48));
  const firsts = v128.load(gathered, 96);
  const seconds = v128.load(gathered, 112);
  const offset = shape == 0 ? ofDirection(up, 9) : one();
  let slope = zero;
  if (shape == 0) slope = slopeOf(0, up, low, high, zero);
  else if (shape == 1) slope = slopeOf(1, up, low, high, zero);
  else if (shape == 2) slope = slopeOf(2, up, low, high, v128.bitselect(firsts, seconds, up));
  const relative = v128.load32_splat(pulses, 16);
  const constant = f32x4.add(f32x4.mul(v128.load32_splat(pulses, 20), step), v128.load32_splat(pulses, 24));
  const ofWeight = v128.load32_splat(pulses, 28);
  const writeNoise = v128.load32_splat(pulses, 32);
  const closed = f32x4.add(floor, floor);
  let before = v128.load(gathered, 128);
  let sum0 = f64x2.splat(0);
  let sum1 = sum0;
  let heldSo = zero;
  let most = i32x4.extract_lane(count, 0);
  most = max(most, i32x4.extract_lane(count, 1));
  most = max(most, i32x4.extract_lane(count, 2));
  most = max(most, i32x4.extract_lane(count, 3));
  for (let pulse = 0; pulse < most; pulse++) {
    const active = i32x4.gt_s(count, i32x4.splat(pulse));
    const normal = nextNormals(first, keyOf0, keyOf1, eventLow, eventHigh);
    const part = shape <= 2
      ? f32x4.add(offset, f32x4.mul(slope, w))
      : shape == 3 ? eitherWay(3, up, w, low, high, firsts, seconds) : eitherWay(4, up, w, low, high, firsts, seconds);
    const mean = f32x4.mul(step, part);
    const sigma = f32x4.add(
      f32x4.add(f32x4.mul(relative, f32x4.abs(mean)), constant), f32x4.mul(ofWeight, f32x4.abs(w)),
    );
    const free = f32x4.add(w, f32x4.mul(direction, f32x4.add(mean, f32x4.mul(sigma, normal))));
    const held = f32x4.pmin(high, f32x4.pmax(low, free));
    heldSo = i32x4.sub(heldSo, v128.and(active, f32x4.ne(held, free)));
    let open = f32x4.sub(f32x4.add(w, held), closed);
    if (noise) {
      const after = f32x4.mul(writeNoise, nextNormals(first, keyOf0, keyOf1, eventLow, eventHigh));
      open = f32x4.add(open, f32x4.add(before, after));
      before = v128.bitselect(after, before, active);
    }
    open = v128.and(f32x4.pmax(zero, open), active);
    sum0 = f64x2.add(sum0, f64x2.promote_low_f32x4(open));
    sum1 = f64x2.add(sum1, f64x2.promote_low_f32x4(i8x16.shuffle(open, open, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
    w = v128.bitselect(held, w, active);
  }
  v128.store(gathered, w, 16);
  v128.store(gathered, before, 128);
  v128.store(gathered, sum0, 32);
  v128.store(gathered, sum1, 48);
  for (let lane = 0; lane < some; lane++) {
    const entry = load<u32>(entries + (<usize>lane << 2));
    const cell = first + (entry >> 16);
    const pulsesOfIt = <i32>(<i16>entry);
    const from = gathered + (<usize>lane << 2);
    store<f32>(weight + (cell << 2), load<f32>(from, 16));
    if (noise) store<f32>(noise + (cell << 2), load<f32>(from, 128));
    addSum(work ? work + (cell << 3) : 0, pulsesOfIt > 0, load<f64>(gathered + (<usize>lane << 3), 32));
    const written = writes + (cell << 3);
    store<f64>(written, load<f64>(written) + <f64>(pulsesOfIt < 0 ? -pulsesOfIt : pulsesOfIt));
  }
  return (
    i32x4.extract_lane(heldSo, 0) + i32x4.extract_lane(heldSo, 1) + i32x4.extract_lane(heldSo, 2) +
    i32x4.extract_lane(heldSo, 3)
  );
}

/** f of four devices of either direction. */
// @ts-ignore: decorator
@inline
function eitherWay(law: i32, up: v128, w: v128, low: v128, high: v128, first: v128, second: v128): v128 {
  takeNumbers(pulses);
  const rising = shapeAt(law, w, low, high, first, second, true);
  takeNumbers(pulses + 64);
  return v128.bitselect(rising, shapeAt(law, w, low, high, first, second, false), up);
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
  sumUp += total(blockUp);
  sumDown += total(blockDown);
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
  pulses = pulsesOf;
  shape = shapeOf;
  weight = weightAt;
  noise = noiseAt;
  places = placesAt;
  sumUp = 0;
  sumDown = 0;
  tame = load<f32>(pulses, 16) <= 0.8;
  trained = trainedAt;
  writes = writesAt;
  work = workAt;
  energyUp = up;
  energyDown = down;
  key0 = load<u32>(keys);
  key1 = load<u32>(keys, 4);
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
    if (noted > 0) clipped += takeNoted(start, load<u32>(keys, 24), load<u32>(keys, 28), low, high);
  }
  return clipped;
}
