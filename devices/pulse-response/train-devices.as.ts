import { one } from "../../src/ground/kernels/mathematics.as";

// What kernels of trains work on: set once for every call of one of them.

/** Numbers of a pulse up and of one down, 64 bytes apart, as `asNumbers` orders them; their order is that of pulse-law.as.ts. */
export let pulses: usize = 0;
export let shape = 0;
export let weight: usize = 0;
export let noise: usize = 0;
/** Address and advance from block to block of each of six traits. */
export let places: usize = 0;
export let trained: usize = 0;
export let writes: usize = 0;
export let work: usize = 0;
/** Weights before and after pulses, above the floor, of either direction. */
export let sumUp: f64 = 0;
export let sumDown: f64 = 0;
export let energyUp: f64 = 0;
export let energyDown: f64 = 0;
export let key0: u32 = 0;
export let key1: u32 = 0;

export function takeDevices(
  pulsesOf: usize, shapeOf: i32, weightAt: usize, noiseAt: usize, placesAt: usize, trainedAt: usize, writesAt: usize,
  workAt: usize, up: f64, down: f64, keys: usize,
): void {
  pulses = pulsesOf;
  shape = shapeOf;
  weight = weightAt;
  noise = noiseAt;
  places = placesAt;
  trained = trainedAt;
  writes = writesAt;
  work = workAt;
  energyUp = up;
  energyDown = down;
  key0 = load<u32>(keys);
  key1 = load<u32>(keys, 4);
  sumUp = 0;
  sumDown = 0;
}

/** Sums of weights of a block's devices. */
export function addSums(up: f64, down: f64): void {
  sumUp += up;
  sumDown += down;
}

/** Where trait k of a device lies: traits that all have alike are one block. */
// @ts-ignore: decorator
@inline
export function traitAt(k: usize, cell: usize): usize {
  const place = places + (k << 3);
  return <usize>load<u32>(place) + (cell >> 9) * <usize>load<u32>(place, 4) + ((cell & 511) << 2);
}

// @ts-ignore: decorator
@inline
export function ofDirection(up: v128, index: usize): v128 {
  const place = pulses + (index << 2);
  return v128.bitselect(v128.load32_splat(place), v128.load32_splat(place, 64), up);
}

/** One device's sum of weights, and its work where somebody asks. */
export function addSum(joules: usize, up: bool, sum: f64): void {
  if (up) sumUp += sum;
  else sumDown += sum;
  if (joules) store<f64>(joules, load<f64>(joules) + (up ? energyUp : energyDown) * sum);
}

// @ts-ignore: decorator
@inline
export function ownStep(up: v128, direction: v128, gain: v128, asymmetry: v128): v128 {
  const whole = f32x4.add(f32x4.add(gain, ofDirection(up, 2)), f32x4.mul(direction, asymmetry));
  return f32x4.mul(v128.load32_splat(pulses, 4), f32x4.pmax(f32x4.splat(0), whole));
}

/** By how much the mean step, in own steps, changes with the weight; `own`: the trait of the slope in this direction. */
// @ts-ignore: decorator
@inline
export function slopeOf(law: i32, up: v128, low: v128, high: v128, own: v128): v128 {
  if (law == 0) return ofDirection(up, 10);
  if (law == 1) {
    const smallest = ofDirection(up, 9);
    return f32x4.div(f32x4.splat(-1), v128.bitselect(f32x4.pmax(smallest, high), f32x4.pmin(smallest, low), up));
  }
  const gamma = f32x4.abs(f32x4.add(ofDirection(up, 9), f32x4.sub(own, one())));
  return f32x4.neg(f32x4.mul(gamma, ofDirection(up, 10)));
}
