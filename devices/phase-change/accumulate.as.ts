import { fillBlock } from "../../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";
import { log2 } from "../../src/ground/kernels/mathematics.as";

/** Normals of one block, which stay in the nearest cache. */
const normals = memory.data(2048, 16);

/** The step's numbers, in the order of `stepAsNumbers`: where they lie is known beforehand, which saves sums of addresses. */
const numbers = memory.data(48, 16);
// @ts-ignore: decorator
@inline
function number(index: usize): v128 {
  return v128.load_splat<f32>(numbers + (index << 2));
}

/** The step's normal, of which a part is the device's own; `own` is exp of that. */
// @ts-ignore: decorator
@inline
function ownNormal(normal: v128, own: v128): v128 {
  return f32x4.add(f32x4.mul(normal, number(10)), f32x4.mul(log2(own), number(11)));
}

/** What is added keeps a memory from denormal numbers, which would cost ten times the rest. */
// @ts-ignore: decorator
@inline
function faded(past: v128): v128 {
  return f32x4.add(f32x4.mul(past, number(0)), number(9));
}

/** The conductance after a step, without limits. */
// @ts-ignore: decorator
@inline
function moved(g: v128, p: v128, n: v128): v128 {
  const ofConductance = f32x4.add(number(1), f32x4.mul(number(4), n));
  const alone = f32x4.add(number(2), f32x4.mul(number(5), n));
  const ofMemory = f32x4.add(number(3), f32x4.mul(number(6), n));
  return f32x4.add(f32x4.mul(g, ofConductance), f32x4.add(f32x4.mul(p, ofMemory), alone));
}

// @ts-ignore: decorator
@inline
function within(g: v128): v128 {
  return f32x4.pmin(number(8), f32x4.pmax(number(7), g));
}

export function accumulate(
  step: usize, conductance: usize, past: usize, own: usize, age: usize, work: usize, joules: f64,
  key0: u32, key1: u32, low: u32, high: u32, count: i32,
): i32 {
  memory.copy(numbers, step, 48);
  const energy = f64x2.splat(joules);
  const zero = f64x2.splat(0);
  let clipped = i32x4.splat(0);
  let clippedLast = 0;
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    fillBlock(key0, key1, <u32>start >> 9, low, high, normals, some);
    const end = normals + (<usize>(some & ~7) << 2);
    let normal = normals;
    // Eight at a time: half the sums of addresses.
    for (; normal < end; normal += 32) {
      let n0 = v128.load(normal);
      let n1 = v128.load(normal, 16);
      if (own) {
        n0 = ownNormal(n0, v128.load(own));
        n1 = ownNormal(n1, v128.load(own, 16));
        own += 32;
      }
      const p0 = faded(v128.load(past));
      const p1 = faded(v128.load(past, 16));
      v128.store(past, p0);
      v128.store(past, p1, 16);
      const free0 = moved(v128.load(conductance), p0, n0);
      const free1 = moved(v128.load(conductance, 16), p1, n1);
      const held0 = within(free0);
      const held1 = within(free1);
      v128.store(conductance, held0);
      v128.store(conductance, held1, 16);
      clipped = i32x4.sub(clipped, i32x4.add(f32x4.ne(held0, free0), f32x4.ne(held1, free1)));
      v128.store(age, zero);
      v128.store(age, zero, 16);
      v128.store(age, zero, 32);
      v128.store(age, zero, 48);
      if (work) {
        v128.store(work, f64x2.add(v128.load(work), energy));
        v128.store(work, f64x2.add(v128.load(work, 16), energy), 16);
        v128.store(work, f64x2.add(v128.load(work, 32), energy), 32);
        v128.store(work, f64x2.add(v128.load(work, 48), energy), 48);
        work += 64;
      }
      past += 32;
      conductance += 32;
      age += 64;
    }
    for (let left = some & 7; left > 0; left -= 4) {
      let n = v128.load(normal);
      if (own) n = ownNormal(n, loadFloats(own, left));
      const p = faded(loadFloats(past, left));
      storeFloats(past, p, left);
      const free = moved(loadFloats(conductance, left), p, n);
      const held = within(free);
      storeFloats(conductance, held, left);
      const there = left >= 4 ? 4 : left;
      clippedLast += popcnt(i32x4.bitmask(f32x4.ne(held, free)) & ((1 << there) - 1));
      for (let i = 0; i < there; i++) {
        store<f64>(age, 0);
        if (work) {
          store<f64>(work, load<f64>(work) + joules);
          work += 8;
        }
        age += 8;
      }
      normal += 16;
      past += 16;
      conductance += 16;
      if (own) own += 16;
    }
  }
  return (
    i32x4.extract_lane(clipped, 0) + i32x4.extract_lane(clipped, 1) + i32x4.extract_lane(clipped, 2) +
    i32x4.extract_lane(clipped, 3) + clippedLast
  );
}
