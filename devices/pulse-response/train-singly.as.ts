import { fourNormalsOfCell } from "../../src/ground/draws/cell-normals.as";
import { freed, takeNumbers } from "./pulse-law.as";
import { addSum, key0, key1, noise, pulses, shape, traitAt, trained, weight, writes } from "./train-devices.as";

/**
 * One device pulse by pulse: pulse n takes normals 0 and 1 of event n of its own. Returns how often it was held at a limit.
 *
 * `joules`: where its work is added to; 0: nowhere.
 */
export function oneByOne(cell: usize, count: i32, joules: usize): i32 {
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
