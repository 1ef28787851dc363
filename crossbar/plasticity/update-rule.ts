/** What drivers of word lines and bit lines did for one update: what half-selected cells and lines are charged with. */
export interface LineActivity {
  /** Pulses on each word line, [rows], and on each bit line, [columns]. */
  readonly wordLines: Uint16Array;
  readonly bitLines: Uint16Array;
  /** Slots of the train, in which either line may pulse. */
  slots: number;
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
   * @param rate  learning rate
   * @param update  numbers the update
   * @param counts  receives requested pulses, row-major [rows][columns]: above 0 to grow the weight, below 0 to let it fall
   * @param activity  receives what lines did
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
