import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { NoiseSplit } from "../device.ts";
import { type Band, bandsBetween, Flicker, numbersPerBand, varianceWithin } from "../noise/index.ts";
import { noiseWindow } from "./law.ts";

/** s, the slowest process: three years, longer than what any set covers. */
const slowest = 1e8;

/**
 * The part of a cell's 1/f noise that a reading holds, as Ornstein-Uhlenbeck processes x_k of variance 1, one a decade of time constants from 2 t_r to
 * three years. At age t, with the window W, it is Q g(t) times
 *
 *   sqrt(ln((t + t_r) / W)) times the sum over k of sqrt(s_k) x_k,   s_k = decade k's share of ln tau between W and three years,
 *
 * so it has the law's variance ln((t + t_r) / W) at every age, and readings s apart, at whatever ages, have the correlation of 1/f noise between those
 * ends: the sum of s_k e^(-s / tau_k), for long s about ln(three years / s) over ln(three years / W). That the processes slower than a cell's age
 * are there from its programming on is assumed: what is published are variances at one time.
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
    if (window >= longest) return 0;
    const last = this.#bands.length - 1;
    const end = Math.max(this.#bands[last]!.to, longest);
    const band = k === last ? { ...this.#bands[k]!, to: end } : this.#bands[k]!;
    return Math.sqrt((varianceWithin(band, window, end) * Math.log(longest / window)) / Math.log(end / window));
  }
}

/** Decades from the fastest that a read sees on. */
function slowBands(readTime: number): Band[] {
  return bandsBetween(2 * readTime, Math.max(slowest, 20 * readTime));
}

/** How many fields of a state and numbers of the whole population slow noise takes. */
export function slowNoiseState(readTime: number): { bands: number; numbers: number } {
  const bands = slowBands(readTime).length;
  return { bands, numbers: numbersPerBand * bands };
}
