// Elementary functions on four floats at a time, from polynomials of our own (minimax, weighted by what their error does), so that their
// bits are the same on every machine. Coefficients are loaded from memory: engines build a constant vector anew at every use.

// prettier-ignore
const table = memory.data<f32>([
  // log2(1 + t) / t on -0.25 .. 0.5; log2 is off by 5e-8 at most                                  offset 0
  1.44269586, -0.7213521, 0.48080194, -0.36026105, 0.29080623, -0.25194207, 0.20128061, -0.09087903,
  // (2^x - 1) / x on -0.5 .. 0.5; 2^x is off by 1e-7 relative at most                              offset 32
  0.69314724, 0.24022235, 0.055503085, 0.009671875, 0.0013407259,
  // (ln(1 + t) - t) / t^2 on -0.25 .. 0.5; ln is off by 3e-7 at most                               offset 52
  -0.49997866, 0.33316046, -0.2509091, 0.20691365, -0.1657517, 0.07944124,
  // sin(pi y / 2) / y in y^2 on 0 .. 1; the sine is off by 4e-9 at most                            offset 76
  1.57079625, -0.64596337, 0.07968848, -0.004672228, 0.00015082056,
  // cos(pi y / 2) / (1 - y^2) in y^2 on 0 .. 1; the cosine is off by 6e-8 at most                  offset 96
  0.99999994, -0.23369803, 0.01995129, -0.0008567017,
  // Upper normal tail over density at t, in (t - 3) / (t + 3) for t on 0 .. 5.5; 6e-8 relative     offset 112
  0.30459028, -0.5173744, 0.3088794, -0.11584906, 0.015363825, 0.0073641725, -0.0023409755, -0.0009623739,
  // 1                 2^-31           ln 2 / 2^23      2^-23          -2      offset 144
  1.0, 4.656612873077393e-10, 8.262958294867817e-8, 1.1920928955078125e-7, -2.0,
  // log2(e) / 2, 1 / sqrt(2 pi), 3      offset 164
  0.72134752, 0.39894228, 3.0,
  // largest and smallest power of two that exp2 gives         offset 176
  127.0, -126.0,
  // 1.5 x 2^23: added to a smaller float it leaves the nearest whole number, halves to even, in the lowest bits   offset 184
  12582912.0,
], 16);
// 0.75's bits, where the mantissa is cut; the exponent's bits; 1; 127; the sign's bit
const bits = memory.data<u32>([0x3f400000, 0xff800000, 1, 127, 0x80000000], 16);

// @ts-ignore: decorator
@inline
function constant(offset: usize): v128 {
  return v128.load_splat<f32>(table + offset);
}

// @ts-ignore: decorator
@inline
function pattern(offset: usize): v128 {
  return v128.load_splat<u32>(bits + offset);
}

// @ts-ignore: decorator
@inline
function horner(sum: v128, x: v128, offset: usize): v128 {
  return f32x4.add(f32x4.mul(sum, x), constant(offset));
}

/** c0 + c1 x of neighbours in the table: polynomials in pairs wait less for each other than one by one. */
// @ts-ignore: decorator
@inline
function pair(x: v128, offset: usize): v128 {
  return f32x4.add(f32x4.mul(constant(offset + 4), x), constant(offset));
}

// @ts-ignore: decorator
@inline
function plusTimes(sum: v128, x: v128, more: v128): v128 {
  return f32x4.add(f32x4.mul(x, more), sum);
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(144);
}

/** Exponent, as the bits it adds, of x = 2^e (1 + t) with 1 + t on 0.75 .. 1.5. */
// @ts-ignore: decorator
@inline
function exponentBits(x: v128): v128 {
  return v128.and(i32x4.sub(x, pattern(0)), pattern(4));
}

/** Base-2 logarithm of positive normal floats; exactly 0 at 1. */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  const exponent = exponentBits(x);
  const t = f32x4.sub(i32x4.sub(x, exponent), constant(144));
  const square = f32x4.mul(t, t);
  const lower = plusTimes(pair(t, 0), square, pair(t, 8));
  const upper = plusTimes(pair(t, 16), square, pair(t, 24));
  const q = plusTimes(lower, f32x4.mul(square, square), upper);
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(exponent), constant(156)), f32x4.mul(t, q));
}

/** 2^x, x held within -126 .. 127; exactly 1 at 0. */
// @ts-ignore: decorator
@inline
export function exp2(exponent: v128): v128 {
  const held = f32x4.pmax(constant(180), f32x4.pmin(constant(176), exponent));
  const rounded = f32x4.add(held, constant(184));
  const p = exp2OfFraction(f32x4.sub(held, f32x4.sub(rounded, constant(184))));
  // What lies above the whole number in the bits of `rounded` is shifted out.
  return i32x4.add(p, i32x4.shl(rounded, 23));
}

/** 2^x for x on -0.5 .. 0.5: the bits that exp2 gives. */
// @ts-ignore: decorator
@inline
export function exp2OfFraction(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const lower = f32x4.add(f32x4.mul(constant(32), x), constant(144));
  const upper = plusTimes(pair(x, 36), square, pair(x, 44));
  return plusTimes(lower, square, upper);
}

/** Radii of Box and Muller: sqrt(-2 ln f), f = (the word's upper 31 bits, odd) 2^-31. */
// @ts-ignore: decorator
@inline
export function normalRadius(word: v128): v128 {
  const f = f32x4.mul(f32x4.convert_i32x4_s(v128.or(i32x4.shr_u(word, 1), pattern(8))), constant(148));
  const exponent = exponentBits(f);
  const t = f32x4.sub(i32x4.sub(f, exponent), constant(144));
  let q = horner(constant(72), t, 68);
  q = horner(q, t, 64);
  q = horner(q, t, 60);
  q = horner(q, t, 56);
  q = horner(q, t, 52);
  const fraction = f32x4.add(t, f32x4.mul(f32x4.mul(t, t), q));
  const logarithm = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(exponent), constant(152)), fraction);
  return f32x4.sqrt(f32x4.mul(logarithm, constant(160)));
}

/** y in -1 .. 1 of a word's lower 31 bits; the angle is pi y / 2. */
// @ts-ignore: decorator
@inline
export function normalAngle(word: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(word, 1)), constant(148));
}

// @ts-ignore: decorator
@inline
export function sineOfHalfTurns(y: v128, square: v128): v128 {
  let p = horner(constant(92), square, 88);
  p = horner(p, square, 84);
  p = horner(p, square, 80);
  p = horner(p, square, 76);
  return f32x4.mul(p, y);
}

// @ts-ignore: decorator
@inline
export function cosineOfHalfTurns(square: v128): v128 {
  let p = horner(constant(108), square, 104);
  p = horner(p, square, 100);
  p = horner(p, square, 96);
  return f32x4.mul(p, f32x4.sub(constant(144), square));
}

/** `values` with the signs of `words`' top bits put on. */
// @ts-ignore: decorator
@inline
export function withSigns(values: v128, words: v128): v128 {
  return v128.xor(values, v128.and(words, pattern(16)));
}

/** Standard normal density. */
// @ts-ignore: decorator
@inline
export function normalDensity(t: v128): v128 {
  return f32x4.mul(exp2(f32x4.neg(f32x4.mul(f32x4.mul(t, t), constant(164)))), constant(168));
}

/** Upper tail of the standard normal distribution over its density, t on 0 .. 5.5. */
// @ts-ignore: decorator
@inline
export function normalTailOverDensity(t: v128): v128 {
  const u = f32x4.div(f32x4.sub(t, constant(172)), f32x4.add(t, constant(172)));
  const square = f32x4.mul(u, u);
  const lower = plusTimes(pair(u, 112), square, pair(u, 120));
  const upper = plusTimes(pair(u, 128), square, pair(u, 136));
  return plusTimes(lower, f32x4.mul(square, square), upper);
}
