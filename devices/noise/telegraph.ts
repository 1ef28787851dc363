import { at, type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { normalDistribution } from "../../src/ground/statistics/index.ts";
import type { TelegraphLaw } from "./law.ts";

/** What a device's trap is and does, one element a device; `amplitude` 0: it has none. */
export interface Traps {
  /** Relative difference of the conductances of both levels. */
  readonly amplitude: Float32Array;
  /** s, mean dwell times of the level of low conductance and of that of high conductance. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** 1: high. */
  readonly level: Float32Array;
}

/**
 * Random telegraph noise: a Markov process of two levels in every device that has a trap, with exponential dwell times. After dt the level is high
 * with the probability p + (s - p) e^(-dt / tau), p = high / (low + high), 1 / tau = 1 / low + 1 / high, so that any time is one move.
 *
 * @source Machlup, J. Appl. Phys. 25, 341 (1954), doi:10.1063/1.1721637
 */
export class Telegraph {
  readonly #engine: Engine;
  readonly #traps: Traps;
  readonly #draw: Draw;
  /** [1]: s at which levels were drawn last; saved with the traps. */
  readonly #movedAt: Float64Array;
  readonly #trapped: readonly number[];

  /** Gives devices their traps, at time 0. @param scale  of the amplitudes */
  constructor(engine: Engine, law: TelegraphLaw, scale: number, traps: Traps, movedAt: Float64Array, draw: Draw) {
    this.#engine = engine;
    this.#traps = traps;
    this.#draw = draw;
    this.#movedAt = movedAt;
    movedAt[0] = 0;
    const { amplitude, low, high, level } = traps;
    const width = Math.log(law.slowest / law.fastest);
    const fill = (name: string, out: Float32Array) => fillNormal(engine, at(draw, name), 0, out);
    const trapped: number[] = [];
    for (const [name, field] of Object.entries(traps)) fill(name, field);
    this.#uniforms("has one", (uniform) => {
      for (let i = 0; i < level.length; i++) {
        if (uniform(i) < law.share) trapped.push(i);
      }
    });
    const has = new Set(trapped);
    for (let i = 0; i < level.length; i++) {
      const size = law.amplitude * Math.exp(law.amplitudeSpread * amplitude[i]!);
      amplitude[i] = has.has(i) ? Math.min(1, scale * size) : 0;
      low[i] = law.fastest * Math.exp(width * normalDistribution(low[i]!));
      high[i] = law.fastest * Math.exp(width * normalDistribution(high[i]!));
      level[i] = normalDistribution(level[i]!) < this.share(i) ? 1 : 0;
    }
    this.#trapped = trapped;
  }

  /** Share of time that a device is at its high level. */
  share(i: number): number {
    const { low, high } = this.#traps;
    return high[i]! / (low[i]! + high[i]!);
  }

  /** s, the time constant with which its level is forgotten. */
  time(i: number): number {
    const { low, high } = this.#traps;
    return (low[i]! * high[i]!) / (low[i]! + high[i]!);
  }

  /** Variance of its relative conductance. */
  variance(i: number): number {
    const share = this.share(i);
    return this.#traps.amplitude[i]! ** 2 * share * (1 - share);
  }

  /**
   * Adds what traps slower than `window` do to the relative conductance at a time; all of them are moved.
   *
   * @param now  s, never less than before
   * @param out  added to, [devices]
   */
  add(now: number, window: number, out: Float32Array): void {
    const { amplitude, level } = this.#traps;
    const past = now - this.#movedAt[0]!;
    if (past > 0) {
      this.#uniforms(now, (uniform) => {
        for (const i of this.#trapped) {
          const share = this.share(i);
          const high = share + (level[i]! - share) * Math.exp(-past / this.time(i));
          level[i] = uniform(i) < high ? 1 : 0;
        }
      });
      this.#movedAt[0] = now;
    }
    for (const i of this.#trapped) {
      if (this.time(i) > window) out[i]! += amplitude[i]! * (level[i]! - this.share(i));
    }
  }

  #uniforms(place: string | number, use: (uniform: (i: number) => number) => void): void {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const normals = memory.float32(this.#traps.level.length);
    fillNormal(this.#engine, at(this.#draw, place), 0, normals);
    use((i) => normalDistribution(normals[i]!));
    memory.release(mark);
  }
}
