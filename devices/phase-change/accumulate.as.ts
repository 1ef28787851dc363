import { fillBlock } from "../../src/ground/draws/normal.as";
import { countLanes, loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";
import { log2 } from "../../src/ground/kernels/mathematics.as";

/** Normals of one block, which stay in the nearest cache. */
const normals = memory.data(2048, 16);

// Of the step's numbers, in the order of `stepAsNumbers`.
// @ts-ignore: decorator
@inline
function number(step: usize, index: usize): v128 {
  return v128.load_splat<f32>(step + (index << 2));
}

/** Four devices, of which the first `count` exist; how many of them were held at a limit. */
// @ts-ignore: decorator
@inline
function accumulateFour(step: usize, normal: usize, conductance: usize, past: usize, own: usize, count: i32): i32 {
  let n = f32x4.mul(v128.load(normal), number(step, 9));
  if (own) n = f32x4.add(n, f32x4.mul(log2(loadFloats(own, count)), number(step, 10)));
  const p = f32x4.mul(loadFloats(past, count), number(step, 0));
  storeFloats(past, p, count);
  const g = loadFloats(conductance, count);
  const mean = f32x4.add(f32x4.mul(g, number(step, 1)), f32x4.add(f32x4.mul(p, number(step, 3)), number(step, 2)));
  const deviation = f32x4.add(f32x4.mul(g, number(step, 4)), f32x4.add(f32x4.mul(p, number(step, 6)), number(step, 5)));
  const free = f32x4.add(g, f32x4.add(mean, f32x4.mul(deviation, n)));
  const low = number(step, 7);
  const high = number(step, 8);
  storeFloats(conductance, f32x4.pmin(high, f32x4.pmax(low, free)), count);
  const outside = v128.or(f32x4.lt(free, low), f32x4.gt(free, high));
  return count >= 4 ? countLanes(outside) : popcnt(i32x4.bitmask(outside) & ((1 << count) - 1));
}

export function accumulate(
  step: usize, conductance: usize, past: usize, own: usize, age: usize, work: usize, joules: f64,
  key0: u32, key1: u32, low: u32, high: u32, count: i32,
): i32 {
  const energy = f64x2.splat(joules);
  const zero = f64x2.splat(0);
  let clipped = 0;
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    fillBlock(key0, key1, <u32>start >> 9, low, high, normals, some);
    const first = <usize>start << 2;
    const whole = <usize>(some & ~3) << 2;
    for (let i: usize = 0; i < whole; i += 16) {
      const place = first + i;
      clipped += accumulateFour(step, normals + i, conductance + place, past + place, own ? own + place : 0, 4);
      const wide = place << 1;
      v128.store(age + wide, zero);
      v128.store(age + wide, zero, 16);
      if (work) {
        v128.store(work + wide, f64x2.add(v128.load(work + wide), energy));
        v128.store(work + wide, f64x2.add(v128.load(work + wide, 16), energy), 16);
      }
    }
    const left = some & 3;
    if (left) {
      const place = first + whole;
      clipped += accumulateFour(step, normals + whole, conductance + place, past + place, own ? own + place : 0, left);
      for (let i: usize = 0; i < <usize>left; i++) {
        const wide = (place << 1) + (i << 3);
        store<f64>(age + wide, 0);
        if (work) store<f64>(work + wide, load<f64>(work + wide) + joules);
      }
    }
  }
  return clipped;
}
