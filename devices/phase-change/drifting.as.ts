import { storeFloats } from "../../src/ground/kernels/lanes.as";
import { exp2, log2 } from "../../src/ground/kernels/mathematics.as";

/** Conductances, ages over the onset and factors on the exponent of four cells. */
const four = memory.data(48, 16);

/** nu log2(age), the drift of four conductances as the power of 2 that they fall by. */
// @ts-ignore: decorator
@inline
function fallen(numbers: usize, g: v128, age: v128, factor: v128): v128 {
  const logarithm = f32x4.mul(v128.load32_splat(numbers), log2(f32x4.mul(g, v128.load32_splat(numbers, 16))));
  const curve = f32x4.add(logarithm, v128.load32_splat(numbers, 4));
  const held = f32x4.pmin(v128.load32_splat(numbers, 12), f32x4.pmax(v128.load32_splat(numbers, 8), curve));
  return f32x4.mul(f32x4.mul(held, factor), log2(f32x4.pmax(f32x4.splat(1), age)));
}

/**
 * Conductances of cells now. `numbers`: slope, intercept, low and high of the exponent in log2 of the conductance times number 4; `factors` 0:
 * all 1; `cells` 0: all in order; `out` has one a cell of these, which then get `older`.
 */
export function driftedConductances(
  numbers: usize, conductance: usize, age: usize, factors: usize, behind: f64, inverseOnset: f64, older: f64,
  cells: usize, out: usize, count: i32,
): void {
  for (let k = 0; k < count; k += 4) {
    const some = min(4, count - k);
    for (let lane = 0; lane < 4; lane++) {
      // Where there are fewer than four, the last again.
      const place = k + min(lane, some - 1);
      const cell: usize = cells ? load<u32>(cells + (<usize>place << 2)) : place;
      const to = four + (<usize>lane << 2);
      store<f32>(to, load<f32>(conductance + (cell << 2)));
      const own = load<f64>(age + (cell << 3));
      store<f32>(to, <f32>((own + behind) * inverseOnset), 16);
      if (older > 0 && lane < some) store<f64>(age + (cell << 3), own + older);
      if (factors) store<f32>(to, load<f32>(factors + (cell << 2)), 32);
    }
    const g = v128.load(four);
    const factor = factors ? v128.load(four, 32) : f32x4.splat(1);
    const now = f32x4.mul(g, exp2(f32x4.neg(fallen(numbers, g, v128.load(four, 16), factor))));
    storeFloats(out + (<usize>k << 2), now, some);
  }
}
