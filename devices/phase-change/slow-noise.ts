import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { NoiseSplit } from "../device.ts";
import { type Band, bandsBetween, Flicker, numbersPerBand, varianceWithin } from "../noise/index.ts";
import { noiseWindow } from "./law.ts";

/** s: all that is slower is one process. */
const slowest = 1e8;

/**
 * The part of a cell's 1/f noise that a reading holds, as Ornstein-Uhlenbeck processes x_k of variance 1, one a decade of time constants from 2 t_r on.
 * At age t, with the window W, it is Q g(t) times
 *
 *   sum over k of sqrt(v_k(t)) x_k,   v_k(t) = what the decade has of ln tau between W and t + t_r,
 *
 * which has the law's variance ln((t + t_r) / W) at every age: slower processes have not shown since the cell was programmed. Readings at t and t + s
 * therefore have the covariance Q^2 g(t) g(t + s) times the sum of sqrt(v_k(t) v_k(t + s)) e^(-s / tau_k), which is what 1/f noise has: between
 * processes of all time constants from W to T = t + t_r it is E1(s / T) - E1(s / W), for W << s << T about ln(T / s) - 0.577.
 */
export class SlowNoise {
  readonly #flicker: Flicker;
  readonly #bands: readonly Band[];
  readonly #draw: Draw;
  readonly #readTime: number;

  /** @param fields  [slowBands(readTime)][cells] @param numbers  [slowNumbers(readTime)] */
  constructor(engine: Engine, readTime: number, fields: readonly Float32Array[], numbers: Float64Array, draw: Draw) {
    this.#bands = slowBands(readTime);
    this.#flicker = new Flicker(engine, this.#bands, fields, numbers);
    this.#draw = draw;
    this.#readTime = readTime;
  }

  /** What was written anew has other defects. */
  forget(): void {
    this.#flicker.forget();
  }

  tidy(): void {
    this.#flicker.tidy();
  }

  /**
   * The sum above, for cells of one age.
   *
   * @param event  number of the programming
   * @param now  s, the clock
   * @param age  s
   * @param out  added to, [cells]
   */
  add(split: NoiseSplit, event: number, now: number, age: number, out: Float32Array): void {
    this.#flicker.add(now, this.#weights(split, age), at(this.#draw, event), out);
  }

  /** The same for cells each of its own age, [cells]. @param room  [cells] */
  addEach(
    split: NoiseSplit,
    event: number,
    now: number,
    ages: Float64Array,
    out: Float32Array,
    room: Float32Array,
  ): void {
    const oldest = this.#weights(
      split,
      ages.reduce((a, b) => Math.max(a, b), 0),
    );
    for (const [k, weight] of oldest.entries()) {
      if (weight === 0) continue;
      room.fill(0);
      const alone = oldest.map((_, other) => (other === k ? 1 : 0));
      this.#flicker.add(now, alone, at(this.#draw, event), room);
      for (let i = 0; i < out.length; i++) out[i]! += this.#weight(k, split, ages[i]!) * room[i]!;
    }
  }

  #weights(split: NoiseSplit, age: number): number[] {
    return this.#bands.map((_, k) => this.#weight(k, split, age));
  }

  #weight(k: number, split: NoiseSplit, age: number): number {
    const { window, longest } = noiseWindow(age, this.#readTime, split);
    return Math.sqrt(varianceWithin(this.#bands[k]!, window, longest));
  }
}

/** Decades from the fastest that a read sees on, the last without an end. */
function slowBands(readTime: number): Band[] {
  const bands = bandsBetween(2 * readTime, Math.max(slowest, 20 * readTime));
  return bands.map((band, k) => (k === bands.length - 1 ? { ...band, to: Number.POSITIVE_INFINITY } : band));
}

/** How many fields of a state and numbers of the whole population slow noise takes. */
export function slowNoiseState(readTime: number): { bands: number; numbers: number } {
  const bands = slowBands(readTime).length;
  return { bands, numbers: numbersPerBand * bands };
}
