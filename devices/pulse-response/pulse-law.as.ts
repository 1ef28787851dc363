import { exp2, log2, one } from "../../src/ground/kernels/mathematics.as";

/** The pulse's numbers, in the order of `asNumbers`: where they lie is known beforehand, which saves sums of addresses. */
const numbers = memory.data(64, 16);
// @ts-ignore: decorator
@inline
export function number(index: usize): v128 {
  return v128.load_splat<f32>(numbers + (index << 2));
}

export function takeNumbers(from: usize): void {
  memory.copy(numbers, from, 56);
}

/** f of four devices; `shape` is known where it is inlined. */
// @ts-ignore: decorator
@inline
export function shapeAt(shape: i32, w: v128, low: v128, high: v128, first: v128, second: v128, up: bool): v128 {
  if (shape == 0) return f32x4.add(number(9), f32x4.mul(number(10), w));
  if (shape == 1) {
    const limit = up ? f32x4.pmax(number(9), high) : f32x4.pmin(number(9), low);
    return f32x4.sub(one(), f32x4.div(w, limit));
  }
  if (shape == 2) {
    const gamma = f32x4.abs(f32x4.add(number(9), f32x4.sub(up ? first : second, one())));
    return f32x4.sub(one(), f32x4.mul(f32x4.mul(gamma, number(10)), w));
  }
  const range = f32x4.pmax(f32x4.splat(1e-30), f32x4.sub(high, low));
  if (shape == 3) {
    const z = f32x4.add(f32x4.div(f32x4.mul(number(9), w), range), number(10));
    const exponential = f32x4.mul(number(11), exp2(f32x4.mul(number(12), z)));
    return f32x4.pmax(f32x4.splat(0), f32x4.sub(one(), exponential));
  }
  const share = f32x4.div(up ? f32x4.sub(high, w) : f32x4.sub(w, low), range);
  const held = f32x4.pmin(one(), f32x4.pmax(f32x4.splat(1.17549435e-38), share));
  const exponent = f32x4.mul(number(9), f32x4.pmax(f32x4.splat(0), f32x4.add(first, number(10))));
  const power = exp2(f32x4.mul(exponent, log2(held)));
  // 0 to the power 0 is 1, to any other 0.
  const gone = v128.and(f32x4.le(share, f32x4.splat(0)), f32x4.gt(exponent, f32x4.splat(0)));
  return v128.andnot(power, gone);
}

/** The weight of four devices after the pulse, before it is held within the limits. */
// @ts-ignore: decorator
@inline
export function freed(
  shape: i32, up: bool, lengthy: bool, w: v128, low: v128, high: v128, gain: v128, asymmetry: v128, first: v128,
  second: v128, normal: v128,
): v128 {
  const own = f32x4.add(gain, number(2));
  const whole = up ? f32x4.add(own, asymmetry) : f32x4.sub(own, asymmetry);
  const step = f32x4.mul(number(1), f32x4.pmax(f32x4.splat(0), whole));
  const mean = f32x4.mul(step, shapeAt(shape, w, low, high, first, second, up));
  let sigma = f32x4.add(f32x4.mul(number(4), f32x4.abs(mean)), f32x4.mul(number(5), step));
  if (lengthy) sigma = f32x4.add(sigma, f32x4.add(number(6), f32x4.mul(number(7), f32x4.abs(w))));
  const change = f32x4.add(mean, f32x4.mul(sigma, normal));
  return up ? f32x4.add(w, change) : f32x4.sub(w, change);
}
