import { at, type Draw, fillNormal, fillNormalPlain, fillWordsPlain } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { Band } from "./bands.ts";

// What becomes of a band at a time, as in flicker.as.ts; `movedByBytes` + 0 .. 3 names the byte, `newWords` the first of those that share words.
const asItIs = 0;
const fresh = 1;
const movedByNormals = 2;
const movedBySums = 3;
const movedByBytes = 4;
const newWords = 8;

/** Moves of so few time constants are the same number in float32: such a band waits for more. */
const shortestMove = 2 ** -25;
/** After so many time constants nothing that float32 could hold is left. */
const longestMemory = 16;
/**
 * Innovations of moves this short (in time constants) are sums of four bytes, or single bytes. Their excess kurtosis, -0.3 and -1.2, leaves
 * -0.3 or -1.2 times tanh(move) in a band that many such moves have made: 0.06 at most.
 */
const sumsBelow = 0.2;
const bytesBelow = 0.05;
const deviationOfSums = Math.sqrt((4 * (2 ** 16 - 1)) / 12);
const deviationOfOddBytes = Math.sqrt((2 ** 14 - 1) / 3);
// Events of a time's draw: normals of band k are event k; its words are one of these, of which four neighbours take a byte each.
const sumEvents = 1000;
const byteEvents = 2000;

/** Numbers of its own that a band keeps beside its values. */
export const numbersPerBand = 2;

/** One thing to do with one band. */
interface Deed {
  readonly values: Float32Array;
  readonly kind: number;
  readonly draw: Draw;
  readonly event: number;
  readonly loss: number;
  readonly gain: number;
  readonly weight: number;
}

/**
 * Flicker noise of many devices: an Ornstein-Uhlenbeck process a band and device, each of variance 1,
 *
 *   x(t + dt) = x(t) e^(-dt/tau) + sqrt(1 - e^(-2 dt/tau)) N,
 *
 * moved when somebody looks and exactly in law, so that times in between change nothing. What is drawn at a time is addressed by that time. A band
 * that has forgotten its past is drawn anew and not kept: its values lie in memory only once a look follows soon enough to remember.
 */
export class Flicker {
  readonly #engine: Engine;
  readonly #bands: readonly Band[];
  readonly #fields: readonly Float32Array[];
  readonly #movedAt: Float64Array;
  readonly #drawnAt: Float64Array;

  /**
   * @param fields  values, [bands][devices], of the engine's memory; they need not be cleared
   * @param numbers  [numbersPerBand * bands], saved and restored together with the fields
   */
  constructor(engine: Engine, bands: readonly Band[], fields: readonly Float32Array[], numbers: Float64Array) {
    this.#engine = engine;
    this.#bands = bands;
    this.#fields = fields;
    /** s at which each band was moved last; NaN: never. */
    this.#movedAt = numbers.subarray(0, bands.length);
    /** s at which it was drawn, where its values are not in its field; NaN where they are. */
    this.#drawnAt = numbers.subarray(bands.length, 2 * bands.length);
    this.forget();
  }

  /** Whatever comes next has nothing to do with what was. */
  forget(): void {
    this.#movedAt.fill(Number.NaN);
    this.#drawnAt.fill(Number.NaN);
  }

  /** Clears fields that hold nothing, so that what is saved is the same whatever their memory held before. */
  tidy(): void {
    for (const [k, field] of this.#fields.entries()) {
      if (Number.isNaN(this.#movedAt[k]!) || !Number.isNaN(this.#drawnAt[k]!)) field.fill(0);
    }
  }

  /**
   * Adds the bands' values at a time, each times its weight.
   *
   * @param now  s, never less than before
   * @param weights  [bands]; a band of weight 0 is left where it is
   * @param draw  addresses all that is drawn, with the time
   * @param out  added to, [devices]
   */
  add(now: number, weights: ArrayLike<number>, draw: Draw, out: Float32Array): void {
    const deeds: Deed[] = [];
    let words = 0;
    const drawNow = at(draw, now);
    for (const [k, { time }] of this.#bands.entries()) {
      const weight = weights[k]!;
      if (weight === 0) continue;
      const values = this.#fields[k]!;
      const past = (now - this.#movedAt[k]!) / time;
      const deed = { values, draw: drawNow, event: k, loss: 0, gain: 0, weight };
      if (!(past <= longestMemory)) {
        this.#movedAt[k] = now;
        this.#drawnAt[k] = now;
        deeds.push({ ...deed, kind: fresh });
        continue;
      }
      const drawnAt = this.#drawnAt[k]!;
      if (past < shortestMove) {
        if (Number.isNaN(drawnAt)) deeds.push({ ...deed, kind: asItIs });
        else deeds.push({ ...deed, kind: fresh, draw: at(draw, drawnAt) });
        continue;
      }
      if (!Number.isNaN(drawnAt)) fillNormal(this.#engine, at(draw, drawnAt), k, values);
      this.#drawnAt[k] = Number.NaN;
      this.#movedAt[k] = now;
      const loss = -Math.expm1(-past);
      const gain = Math.sqrt(-Math.expm1(-2 * past));
      if (past >= sumsBelow) deeds.push({ ...deed, kind: movedByNormals, loss, gain });
      else if (past >= bytesBelow) {
        deeds.push({ ...deed, kind: movedBySums, event: sumEvents + k, loss, gain: gain / deviationOfSums });
      } else {
        const event = byteEvents + (k >> 2);
        const kind = movedByBytes + (k & 3) + (event === words ? 0 : newWords);
        deeds.push({ ...deed, kind, event, loss, gain: gain / deviationOfOddBytes });
        words = event;
      }
    }
    if (deeds.length > 0) doDeeds(this.#engine, deeds, out);
  }
}

function doDeeds(engine: Engine, deeds: readonly Deed[], out: Float32Array): void {
  if (!engine.kernels) {
    doDeedsPlain(deeds, out);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  const plan = memory.int32(5 * deeds.length);
  const factors = memory.float32(3 * deeds.length);
  for (const [k, { values, kind, draw, event, loss, gain, weight }] of deeds.entries()) {
    plan.set([memory.address(values), kind, draw.key[0], draw.key[1], event], 5 * k);
    factors.set([loss, gain, weight], 3 * k);
  }
  engine.kernels.moveFlicker(
    memory.address(plan),
    memory.address(factors),
    deeds.length,
    memory.address(out),
    out.length,
  );
  memory.release(mark);
}

/** Twin of the kernel: the same words, and values that agree within 1e-5 of max(1, |value|) after one move. */
function doDeedsPlain(deeds: readonly Deed[], out: Float32Array): void {
  const normals = new Float32Array(out.length);
  const words = new Int32Array(out.length);
  for (const { values, kind, draw, event, loss, gain, weight } of deeds) {
    if (kind === fresh || kind === movedByNormals) fillNormalPlain(draw, event, normals);
    else if (kind === movedBySums || kind >= newWords) fillWordsPlain(draw, event, words);
    const innovation = innovationOf(kind, normals, words);
    for (let i = 0; i < out.length; i++) {
      if (kind === fresh) {
        out[i]! += weight * normals[i]!;
        continue;
      }
      if (kind !== asItIs) values[i]! += gain * innovation(i) - loss * values[i]!;
      out[i]! += weight * values[i]!;
    }
  }
}

function innovationOf(kind: number, normals: Float32Array, words: Int32Array): (i: number) => number {
  if (kind === movedByNormals) return (i) => normals[i]!;
  const byte = (i: number, of: number): number => (words[i]! << (8 * of)) >> 24;
  if (kind === movedBySums) return (i) => byte(i, 0) + byte(i, 1) + byte(i, 2) + byte(i, 3) + 2;
  return (i) => byte(i, kind & 3) | 1;
}
