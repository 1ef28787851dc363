import type { Engine } from "../src/ground/kernels/index.ts";

/**
 * Exponential relaxation towards 0 by rates of each cell's own: x exp(-rate t). What falls below 1e-30 is 0.
 *
 * @param value  any unit, [cells], moved in place
 * @param rate  1/s, at least 0, [cells]
 */
export function relax(engine: Engine, value: Float32Array, rate: Float32Array, seconds: number): void {
  if (!engine.kernels) {
    relaxPlain(value, rate, seconds);
    return;
  }
  const { memory } = engine;
  engine.kernels.relax(memory.address(value), memory.address(rate), seconds, value.length);
}

/** Twin of the kernel; they agree within 1e-6 relative for every e-fold that passes, and exactly after no time. */
export function relaxPlain(value: Float32Array, rate: Float32Array, seconds: number): void {
  for (let i = 0; i < value.length; i++) {
    const left = value[i]! * Math.exp(-rate[i]! * seconds);
    value[i] = Math.abs(left) > 1e-30 ? left : 0;
  }
}
