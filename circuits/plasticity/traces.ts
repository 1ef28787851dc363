import { decayFactor } from "../neurons/index.ts";

/** Exponential traces of spikes, one a line. */
export class Traces {
  readonly values: Float64Array;
  readonly #factor: number;
  readonly #nearest: boolean;

  /**
   * @param time  s, time constant
   * @param step  s
   * @param nearest  whether a spike sets its trace to 1 instead of adding 1: only the last spike counts
   */
  constructor(lines: number, time: number, step: number, nearest = false) {
    this.values = new Float64Array(lines);
    this.#factor = decayFactor(time, step);
    this.#nearest = nearest;
  }

  fade(): void {
    for (let i = 0; i < this.values.length; i++) this.values[i]! *= this.#factor;
  }

  take(spikes: ArrayLike<number>): void {
    for (let i = 0; i < this.values.length; i++) {
      if (spikes[i] !== 0) this.values[i] = this.#nearest ? 1 : this.values[i]! + 1;
    }
  }
}
