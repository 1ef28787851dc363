import { at, type Draw, fillWords, philox4x32, wordsOfEvent } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";

export interface CorrelatedStreamsSpec {
  readonly streams: number;
  /** The first so many streams are correlated with each other, the rest with nothing. */
  readonly correlated: number;
  /** Probability of an event per step, p, of every stream. */
  readonly rate: number;
  /** Coefficient of correlation between two of the correlated streams, c, 0 .. 1. */
  readonly coefficient: number;
}

/**
 * Streams of events in steps of one length. In every step a reference fires with probability p; a correlated stream has an event with
 * probability p + sqrt(c) (1 - p) if it did and p (1 - sqrt(c)) if not, any other stream with probability p. All streams then have the rate p,
 * and any two of the correlated ones the coefficient c.
 *
 * What is drawn is addressed by step and stream: step t of stream s is word s of event t, so that steps can be asked for in any order.
 */
export class CorrelatedStreams {
  readonly spec: CorrelatedStreamsSpec;
  readonly #engine: Engine;
  readonly #own: Draw;
  readonly #reference: Draw;
  readonly #words: Int32Array;
  readonly #active: Uint32Array;

  constructor(engine: Engine, spec: CorrelatedStreamsSpec, draw: Draw) {
    const { streams, correlated, rate, coefficient } = spec;
    if (!(correlated <= streams)) throw new InputError(`streams: ${correlated} correlated of ${streams}`);
    for (const [name, share] of Object.entries({ rate, coefficient })) {
      if (!(share >= 0 && share <= 1)) throw new InputError(`streams: ${name} is ${share}, expected 0 to 1`);
    }
    this.spec = spec;
    this.#engine = engine;
    this.#own = at(draw, "stream");
    this.#reference = at(draw, "reference");
    this.#words = engine.memory.int32(streams);
    this.#active = new Uint32Array(streams);
  }

  /** Streams that have an event in a step, ascending; valid until the next call. */
  step(number: number): Uint32Array {
    const { streams, correlated, rate, coefficient } = this.spec;
    const [low, high] = wordsOfEvent(number);
    const fires = philox4x32([low, high, 0, 0], this.#reference.key)[0] < rate * 2 ** 32;
    const root = Math.sqrt(coefficient);
    const together = fires ? rate + root * (1 - rate) : rate * (1 - root);
    fillWords(this.#engine, this.#own, number, this.#words);
    const found = this.#below(0, correlated, together, 0);
    return this.#active.subarray(0, this.#below(correlated, streams, rate, found));
  }

  /** Appends the streams from `first` to `end` whose word is below a share of all words. */
  #below(first: number, end: number, share: number, found: number): number {
    const [words, active] = [this.#words, this.#active];
    // Words are signed; the smallest stands for the share 0.
    const limit = share * 2 ** 32 - 2 ** 31;
    for (let s = first; s < end; s++) if (words[s]! < limit) active[found++] = s;
    return found;
  }
}
