import { loadFloats, storeFloats } from "../src/ground/kernels/lanes.as";
import { exp2, exp2OfFraction } from "../src/ground/kernels/mathematics.as";

/** Below this a value is 0: numbers too small to be normal ones take processors a hundred times as long. */
const nothing: f32 = 1e-30;

/** Four values after `time`, in e-folds of rate 1 as powers of two. */
// @ts-ignore: decorator
@inline
function relaxed(value: v128, rate: v128, time: v128): v128 {
  const exponent = f32x4.mul(rate, time);
  // Within half a power of two there is no whole one to split off; the bits are the same either way.
  const factor = v128.any_true(f32x4.lt(exponent, f32x4.splat(-0.5))) ? exp2(exponent) : exp2OfFraction(exponent);
  const product = f32x4.mul(value, factor);
  return v128.and(product, f32x4.gt(f32x4.abs(product), f32x4.splat(nothing)));
}

export function relax(value: usize, rate: usize, seconds: f64, count: i32): void {
  const time = f32x4.splat(<f32>(seconds * -1.4426950408889634));
  let i = 0;
  for (; i <= count - 8; i += 8) {
    const place = <usize>i << 2;
    const first = relaxed(v128.load(value + place), v128.load(rate + place), time);
    const second = relaxed(v128.load(value + place, 16), v128.load(rate + place, 16), time);
    v128.store(value + place, first);
    v128.store(value + place, second, 16);
  }
  for (; i < count; i += 4) {
    const place = <usize>i << 2;
    const left = min<i32>(4, count - i);
    storeFloats(value + place, relaxed(loadFloats(value + place, left), loadFloats(rate + place, left), time), left);
  }
}
