import { fillBlock } from "../../src/ground/draws/normal.as";
import { one } from "../../src/ground/kernels/mathematics.as";
import { shapeAt, takeNumbers } from "./pulse-law.as";
import {
  addSum, noise, ofDirection, ownStep, pulses, shape, slopeOf, traitAt, weight, work, writes,
} from "./train-devices.as";

/** Normals of pulses that are taken one by one, of one block of devices. */
const stream = memory.data(2048, 16);
/** Devices of a block whose pulses are taken one by one: place in the block above, count of pulses in the lower half; as found, and by count. */
const found = memory.data(2048, 16);
const sorted = memory.data(2048, 16);
const bins = memory.data(128, 16);
/** What four of them have: counts, weights, six traits and write noise. */
const gathered = memory.data(144, 16);

let noted = 0;

/** A device of the block whose pulses are to be taken one by one. */
export function note(cell: usize, count: i32): void {
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
export function takeNoted(first: usize, keyOf0: u32, keyOf1: u32, low: u32, high: u32): i32 {
  if (noted == 0) return 0;
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
