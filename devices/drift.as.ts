import { loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";
import { exp2, log2, one } from "../src/ground/kernels/mathematics.as";

/** Ages as a multiple of the origin, as floats. */
// @ts-ignore: decorator
@inline
function relativeAges(programmedAt: usize, now: v128, inverseOrigin: v128): v128 {
  const first = f64x2.mul(f64x2.sub(now, v128.load(programmedAt)), inverseOrigin);
  const second = f64x2.mul(f64x2.sub(now, v128.load(programmedAt, 16)), inverseOrigin);
  return i8x16.shuffle(
    f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  );
}

// @ts-ignore: decorator
@inline
function drifted(programmed: v128, exponent: v128, age: v128): v128 {
  const factor = exp2(f32x4.neg(f32x4.mul(exponent, log2(age))));
  return f32x4.mul(programmed, v128.bitselect(factor, one(), f32x4.gt(age, f32x4.splat(0))));
}

const lastAges = memory.data(32, 16);

export function drift(
  programmed: usize, exponent: usize, programmedAt: usize, now: f64, inverseOrigin: f64, out: usize, count: i32,
): void {
  const clock = f64x2.splat(now);
  const inverse = f64x2.splat(inverseOrigin);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const place = <usize>i << 2;
    const age = relativeAges(programmedAt + (place << 1), clock, inverse);
    v128.store(out + place, drifted(v128.load(programmed + place), v128.load(exponent + place), age));
  }
  if (i < count) {
    const place = <usize>i << 2;
    const left = count - i;
    memory.copy(lastAges, programmedAt + (place << 1), <usize>left << 3);
    const age = relativeAges(lastAges, clock, inverse);
    const programmedLast = loadFloats(programmed + place, left);
    storeFloats(out + place, drifted(programmedLast, loadFloats(exponent + place, left), age), left);
  }
}
