import { loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";
import { exp2, log2 } from "../src/ground/kernels/mathematics.as";

/** Ages as a multiple of the origin, as floats. */
// @ts-ignore: decorator
@inline
function relativeAges(since0: v128, since2: v128, now: v128, inverseOrigin: v128): v128 {
  const first = f64x2.mul(f64x2.sub(now, since0), inverseOrigin);
  const second = f64x2.mul(f64x2.sub(now, since2), inverseOrigin);
  return i8x16.shuffle(
    f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  );
}

// @ts-ignore: decorator
@inline
function drifted(programmed: v128, exponent: v128, log: v128): v128 {
  return f32x4.mul(programmed, exp2(f32x4.neg(f32x4.mul(exponent, log))));
}

/** Logarithms of ages, 0 where a cell has not drifted. */
// @ts-ignore: decorator
@inline
function logarithms(age: v128): v128 {
  return v128.and(log2(age), f32x4.gt(age, f32x4.splat(0)));
}

const lastAges = memory.data(32, 16);

export function drift(
  programmed: usize, exponent: usize, programmedAt: usize, now: f64, inverseOrigin: f64, out: usize, count: i32,
): void {
  const clock = f64x2.splat(now);
  const inverse = f64x2.splat(inverseOrigin);
  // Cells are programmed together, so that most ages are those of the four before.
  let since0 = f64x2.splat(NaN);
  let since2 = since0;
  let log = f32x4.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const place = <usize>i << 2;
    const next0 = v128.load(programmedAt + (place << 1));
    const next2 = v128.load(programmedAt + (place << 1), 16);
    if (v128.any_true(v128.or(f64x2.ne(next0, since0), f64x2.ne(next2, since2)))) {
      since0 = next0;
      since2 = next2;
      log = logarithms(relativeAges(since0, since2, clock, inverse));
    }
    v128.store(out + place, drifted(v128.load(programmed + place), v128.load(exponent + place), log));
  }
  if (i < count) {
    const place = <usize>i << 2;
    const left = count - i;
    memory.copy(lastAges, programmedAt + (place << 1), <usize>left << 3);
    const lastLog = logarithms(relativeAges(v128.load(lastAges), v128.load(lastAges, 16), clock, inverse));
    const programmedLast = loadFloats(programmed + place, left);
    storeFloats(out + place, drifted(programmedLast, loadFloats(exponent + place, left), lastLog), left);
  }
}
