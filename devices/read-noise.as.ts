import { loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";
import { normalDensity, normalTailOverDensity, one } from "../src/ground/kernels/mathematics.as";

// @ts-ignore: decorator
@inline
function splitFour(
  conductance: usize, amplitude: usize, slow: usize, fresh: v128, centre: usize, deviation: usize, count: i32,
): void {
  const g = loadFloats(conductance, count);
  const s = f32x4.mul(g, loadFloats(amplitude, count));
  storeFloats(centre, f32x4.add(g, f32x4.mul(s, loadFloats(slow, count))), count);
  storeFloats(deviation, f32x4.mul(s, fresh), count);
}

export function splitReadNoise(
  conductance: usize, amplitude: usize, slow: usize, fresh: f32, centre: usize, deviation: usize, count: i32,
): void {
  const fast = f32x4.splat(fresh);
  const whole = <usize>(count & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) {
    splitFour(conductance + i, amplitude + i, slow + i, fast, centre + i, deviation + i, 4);
  }
  if (count & 3) {
    const left = count & 3;
    splitFour(conductance + whole, amplitude + whole, slow + whole, fast, centre + whole, deviation + whole, left);
  }
}

/** The formulas of `clampedMoments` for four cells, of which the first `count` exist. */
// @ts-ignore: decorator
@inline
function momentsOfFour(
  centre: usize, deviation: usize, mean: usize, variance: usize, thirdOverVariance: usize, count: i32,
): void {
  const zero = f32x4.splat(0);
  const two = f32x4.splat(2);
  const three = f32x4.splat(3);
  const c = loadFloats(centre, count);
  const s = loadFloats(deviation, count);
  const t = f32x4.div(f32x4.abs(c), s);
  const near = f32x4.lt(t, f32x4.splat(5.5));
  const above = f32x4.ge(c, zero);
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

  const unclamped = v128.and(f32x4.sub(one(), f32x4.mul(two, tail)), v128.and(above, f32x4.gt(s, zero)));
  const relativeVariance = f32x4.add(unclamped, f32x4.sub(second, firstSquared));
  const overlap = f32x4.mul(f32x4.mul(two, first), f32x4.sub(one(), tail));
  const unclampedThird = f32x4.mul(three, f32x4.sub(phi, overlap));
  const clampedThird = f32x4.sub(
    f32x4.add(third, f32x4.mul(f32x4.mul(two, firstSquared), first)),
    f32x4.mul(f32x4.mul(three, first), second),
  );
  const relativeThird = f32x4.add(v128.and(unclampedThird, above), clampedThird);
  const skew = f32x4.div(f32x4.mul(s, relativeThird), relativeVariance);

  storeFloats(mean, f32x4.add(f32x4.pmax(zero, c), f32x4.mul(s, first)), count);
  storeFloats(variance, f32x4.mul(f32x4.mul(s, s), relativeVariance), count);
  storeFloats(thirdOverVariance, v128.and(skew, f32x4.gt(relativeVariance, zero)), count);
}

export function clampedMoments(
  centre: usize, deviation: usize, mean: usize, variance: usize, thirdOverVariance: usize, count: i32,
): void {
  const whole = <usize>(count & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) {
    momentsOfFour(centre + i, deviation + i, mean + i, variance + i, thirdOverVariance + i, 4);
  }
  if (count & 3) {
    momentsOfFour(
      centre + whole, deviation + whole, mean + whole, variance + whole, thirdOverVariance + whole, count & 3,
    );
  }
}
