import { fillBlock } from "../../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";
import { exp2, log2 } from "../../src/ground/kernels/mathematics.as";

// Of the law's numbers, in the order of `lawAsNumbers`.
// @ts-ignore: decorator
@inline
function number(law: usize, index: usize): v128 {
  return v128.load_splat<f32>(law + (index << 2));
}

/** The smallest normal float: its logarithm stands for that of anything smaller but 0. */
// @ts-ignore: decorator
@inline
function logarithm(r: v128): v128 {
  return log2(f32x4.pmax(f32x4.splat(1.17549435e-38), r));
}

/** c0 + c1 r + c2 r^2 + c3 r^3, never below 0. */
// @ts-ignore: decorator
@inline
function cubic(law: usize, first: usize, r: v128): v128 {
  const upper = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(number(law, first + 3), r), number(law, first + 2)), r), number(law, first + 1));
  return f32x4.pmax(f32x4.splat(0), f32x4.add(f32x4.mul(upper, r), number(law, first)));
}

/** A curve of ten numbers; `power` is added to its logarithm. */
// @ts-ignore: decorator
@inline
function curve(law: usize, first: usize, r: v128, log: v128, power: v128): v128 {
  const value = f32x4.add(power, f32x4.add(f32x4.mul(log, number(law, first)), number(law, first + 1)));
  const clipped = f32x4.pmin(number(law, first + 3), f32x4.pmax(number(law, first + 2), value));
  const below = v128.bitselect(number(law, first + 4), clipped, f32x4.le(r, f32x4.splat(0)));
  const above = f32x4.ge(r, number(law, first + 9));
  // Most sets have no bend.
  return v128.any_true(above) ? v128.bitselect(cubic(law, first + 5, r), below, above) : below;
}

/** Four cells, of which the first `count` exist; their normals are where the results go. */
// @ts-ignore: decorator
@inline
function programFour(
  law: usize, fromProgrammed: i32, target: usize, programmed: usize, exponent: usize, amplitude: usize, count: i32,
): void {
  const zero = f32x4.splat(0);
  const wanted = loadFloats(target, count);
  const r = f32x4.mul(wanted, number(law, 0));
  const log = logarithm(r);

  const noise = f32x4.mul(cubic(law, 1, r), loadFloats(programmed, count));
  const g = f32x4.pmax(zero, f32x4.add(wanted, noise));
  storeFloats(programmed, g, count);

  const spread = curve(law, 15, r, log, zero);
  const nu = f32x4.add(curve(law, 5, r, log, zero), f32x4.mul(spread, loadFloats(exponent, count)));
  storeFloats(exponent, f32x4.abs(nu), count);

  let reference = r;
  let referenceLog = log;
  if (fromProgrammed) {
    reference = f32x4.mul(g, number(law, 0));
    referenceLog = logarithm(reference);
  }
  const power = f32x4.mul(number(law, 35), exp2(f32x4.mul(referenceLog, number(law, 36))));
  storeFloats(amplitude, curve(law, 25, reference, referenceLog, power), count);
}

export function programCells(
  law: usize, fromProgrammed: i32, target: usize, programmed: usize, exponent: usize, amplitude: usize,
  programmingKey0: u32, programmingKey1: u32, exponentKey0: u32, exponentKey1: u32, low: u32, high: u32, count: i32,
): void {
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    const first = <usize>start << 2;
    fillBlock(programmingKey0, programmingKey1, <u32>start >> 9, low, high, programmed + first, some);
    fillBlock(exponentKey0, exponentKey1, <u32>start >> 9, low, high, exponent + first, some);
    const end = first + (<usize>(some & ~3) << 2);
    for (let i = first; i < end; i += 16) {
      programFour(law, fromProgrammed, target + i, programmed + i, exponent + i, amplitude + i, 4);
    }
    if (some & 3) {
      programFour(law, fromProgrammed, target + end, programmed + end, exponent + end, amplitude + end, some & 3);
    }
  }
}
