import type { LineActivity } from "./line-activity.ts";

/** What one pulse of a device in the middle of its range changes the weight by; both above 0. */
export interface PulseSteps {
  readonly growing: number;
  readonly falling: number;
}

/**
 * Turns one rank-1 step of weights, W += rate x d^T, into whole pulses of every cell. What it draws is addressed by the number of the
 * update; what it keeps (a digital accumulator, a running estimate) it saves.
 */
export interface UpdateRule {
  readonly name: string;
  /**
   * @param x  inputs, [rows]
   * @param d  what the outputs should change by: minus the error's gradient, [columns]
   * @param rate  learning rate, 0 or more
   * @param update  numbers the update
   * @param counts  receives requested pulses, row-major [rows][columns]: above 0 to grow the weight, below 0 to let it fall
   * @param activity  receives what lines and the digital part did for this update alone
   */
  request(
    x: Float32Array,
    d: Float32Array,
    rate: number,
    update: number,
    counts: Int16Array,
    activity: LineActivity,
  ): void;
  save?(): Uint8Array;
  restore?(bytes: Uint8Array): void;
}
