import { fillBlock } from "../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";
import { normalDensity, normalTailOverDensity, one } from "../src/ground/kernels/mathematics.as";

const normals = memory.data(2048, 16);

export function holdReadNoise(
  conductance: usize, amplitude: usize, scale: f32, key0: u32, key1: u32, low: u32, high: u32, out: usize, count: i32,
): void {
  const scales = f32x4.splat(scale);
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    fillBlock(key0, key1, <u32>start >> 9, low, high, normals, some);
    for (let i = 0; i < some; i += 4) {
      const place = <usize>(start + i) << 2;
      const g = loadFloats(conductance + place, some - i);
      const s = f32x4.mul(f32x4.mul(g, loadFloats(amplitude + place, some - i)), scales);
      storeFloats(out + place, f32x4.add(g, f32x4.mul(s, v128.load(normals + (<usize>i << 2)))), some - i);
    }
  }
}

export function clampedMoments(
  centre: usize, conductance: usize, amplitude: usize, scale: f32,
  mean: usize, variance: usize, thirdOverVariance: usize, count: i32,
): void {
  const scales = f32x4.splat(scale);
  const zero = f32x4.splat(0);
  const reach = f32x4.splat(5.5);
  const two = f32x4.splat(2);
  const three = f32x4.splat(3);
  const six = f32x4.splat(6);
  for (let i = 0; i < count; i += 4) {
    const place = <usize>i << 2;
    const left = count - i;
    const c = loadFloats(centre + place, left);
    const s = f32x4.mul(f32x4.mul(loadFloats(conductance + place, left), loadFloats(amplitude + place, left)), scales);
    const t = f32x4.div(f32x4.abs(c), s);
    const near = f32x4.lt(t, reach);
    const above = f32x4.ge(c, zero);
    const spread = f32x4.gt(s, zero);
    const held = v128.and(t, near);
    const phi = v128.and(normalDensity(held), near);
    const ratio = normalTailOverDensity(held);
    const square = f32x4.mul(held, held);
    const tail = f32x4.mul(phi, ratio);

    const first = f32x4.mul(phi, f32x4.sub(one(), f32x4.mul(held, ratio)));
    const second = f32x4.mul(phi, f32x4.sub(f32x4.mul(f32x4.add(square, one()), ratio), held));
    const cubic = f32x4.mul(f32x4.mul(f32x4.add(square, three), held), ratio);
    const third = f32x4.mul(phi, f32x4.sub(f32x4.add(square, two), cubic));
    const firstSquared = f32x4.mul(first, first);

    const unclamped = v128.and(f32x4.sub(one(), f32x4.mul(two, tail)), v128.and(above, spread));
    const relativeVariance = f32x4.add(unclamped, f32x4.sub(second, firstSquared));
    const unclampedThird = f32x4.sub(f32x4.mul(three, phi), f32x4.mul(f32x4.mul(six, first), f32x4.sub(one(), tail)));
    const clampedThird = f32x4.sub(
      f32x4.add(third, f32x4.mul(f32x4.mul(two, firstSquared), first)),
      f32x4.mul(f32x4.mul(three, first), second),
    );
    const relativeThird = f32x4.add(v128.and(unclampedThird, above), clampedThird);
    const skew = f32x4.div(f32x4.mul(s, relativeThird), relativeVariance);

    storeFloats(mean + place, f32x4.add(f32x4.max(c, zero), f32x4.mul(s, first)), left);
    storeFloats(variance + place, f32x4.mul(f32x4.mul(s, s), relativeVariance), left);
    storeFloats(thirdOverVariance + place, v128.and(skew, f32x4.gt(relativeVariance, zero)), left);
  }
}
