import { at, type Draw, philox4x32 } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { countRequests, type PulseSums } from "./count-requests.ts";

/** Which of a synapse's devices takes an update: "all" is the only one that pulses more than one. */
export const policies = ["global-clock", "random", "per-synapse", "least-used", "all"] as const;
export type ArbitrationPolicy = (typeof policies)[number];

export interface ArbitrationSpec {
  /** N, devices that the selection runs over: of a synapse, or of one of its two sets where it is differential. */
  readonly devices: number;
  readonly policy: ArbitrationPolicy;
  /** By how much the selection counter advances with every requested update. */
  readonly increment: number;
  /** Lengths of the counters that let only every so many-th request of a sign through; 1: every request. */
  readonly potentiationCounter: number;
  readonly depressionCounter: number;
}

/** Counters before the selections in a saved state. */
const savedNumbers = 8;

/** What a request is answered with, if not with a device's number. */
export const nothingSelected = -1;

/**
 * One arbitration circuit for a whole array: requests come in a fixed scan order, and every one of them, let through or not, advances the
 * selection counter by `increment` (modulo N) and the counter of its sign by one (modulo its length); it is let through while that counter
 * stands at its first position. "per-synapse" gives every synapse a selection counter of its own, "least-used" takes the device with the
 * fewest updates (the first of them), "random" draws one; the counters of signs are the array's in every policy.
 *
 * @source Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y
 */
export class Arbitration {
  readonly spec: ArbitrationSpec;
  readonly synapses: number;
  /** Requests that were let through, by synapse and device, [synapses][devices]. */
  readonly selections: Uint32Array;
  /** Requests of either sign, and those let through. */
  readonly counted = { requested: { potentiation: 0, depression: 0 }, applied: { potentiation: 0, depression: 0 } };
  readonly #draw: Draw;
  readonly #engine: Engine | null;
  readonly #own: Uint32Array | null;
  #selection = 0;
  #potentiation = 0;
  #depression = 0;
  #requests = 0;

  /** @param engine  in whose memory requests of whole arrays are counted fastest; null: none */
  constructor(spec: ArbitrationSpec, synapses: number, draw: Draw, engine: Engine | null = null) {
    for (const key of ["devices", "increment", "potentiationCounter", "depressionCounter"] as const) {
      if (!(Number.isInteger(spec[key]) && spec[key] >= 1)) {
        throw new InputError(`arbitration: ${key} is ${spec[key]}, expected a whole number from 1`);
      }
    }
    this.spec = spec;
    this.synapses = synapses;
    this.#engine = engine;
    this.selections = engine
      ? engine.memory.uint32(synapses * spec.devices).fill(0)
      : new Uint32Array(synapses * spec.devices);
    this.#draw = at(draw, "arbitration");
    this.#own = spec.policy === "per-synapse" ? new Uint32Array(synapses) : null;
  }

  /**
   * One requested update of a synapse.
   *
   * @param sign  1 potentiates, -1 depresses
   * @returns the device to pulse, 0 .. N - 1; N: all of them; `nothingSelected` where the request is not let through
   */
  request(synapse: number, sign: 1 | -1): number {
    const { devices, increment, policy, potentiationCounter, depressionCounter } = this.spec;
    const { requested, applied } = this.counted;
    const number = this.#requests++;
    const pointed = this.#selection;
    this.#selection = (pointed + increment) % devices;
    let enabled: boolean;
    if (sign > 0) {
      requested.potentiation++;
      enabled = this.#potentiation === 0;
      this.#potentiation = (this.#potentiation + 1) % potentiationCounter;
    } else {
      requested.depression++;
      enabled = this.#depression === 0;
      this.#depression = (this.#depression + 1) % depressionCounter;
    }
    let own = pointed;
    if (this.#own) {
      own = this.#own[synapse]!;
      this.#own[synapse] = (own + increment) % devices;
    }
    if (!enabled) return nothingSelected;
    if (sign > 0) applied.potentiation++;
    else applied.depression++;
    const first = synapse * devices;
    if (policy === "all") {
      for (let d = 0; d < devices; d++) this.selections[first + d]!++;
      return devices;
    }
    if (policy === "random") own = this.#drawn(number);
    if (policy === "least-used") {
      own = 0;
      for (let d = 1; d < devices; d++) if (this.selections[first + d]! < this.selections[first + own]!) own = d;
    }
    this.selections[first + own]!++;
    return own;
  }

  /** Everything that later selections depend on. */
  save(): Uint8Array {
    const { requested, applied } = this.counted;
    const numbers = [
      this.#selection,
      this.#potentiation,
      this.#depression,
      this.#requests,
      requested.potentiation,
      requested.depression,
      applied.potentiation,
      applied.depression,
    ];
    const parts = [new Float64Array(numbers), this.selections, ...(this.#own ? [this.#own] : [])];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let next = 0;
    for (const part of parts) {
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), next);
      next += part.byteLength;
    }
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    const words = this.selections.length + (this.#own?.length ?? 0);
    const expected = 8 * savedNumbers + 4 * words;
    if (bytes.byteLength !== expected) {
      throw new InputError(`saved arbitration: ${bytes.byteLength} bytes, expected ${expected}`);
    }
    const { buffer } = bytes.slice();
    const numbers = new Float64Array(buffer, 0, savedNumbers);
    [this.#selection, this.#potentiation, this.#depression, this.#requests] = numbers as unknown as [
      number,
      number,
      number,
      number,
    ];
    const { requested, applied } = this.counted;
    Object.assign(requested, { potentiation: numbers[4]!, depression: numbers[5]! });
    Object.assign(applied, { potentiation: numbers[6]!, depression: numbers[7]! });
    const counts = new Uint32Array(buffer, 8 * savedNumbers, words);
    this.selections.set(counts.subarray(0, this.selections.length));
    this.#own?.set(counts.subarray(this.selections.length));
  }

  /**
   * Requests of all synapses at once, where every one of them is let through to the only device there is; else null, and nothing was asked.
   *
   * @param counts  requests of each synapse, above 0 to potentiate, below 0 to depress, [synapses]
   */
  requestAll(counts: Int16Array): PulseSums | null {
    const { devices, potentiationCounter, depressionCounter } = this.spec;
    if (devices !== 1 || potentiationCounter !== 1 || depressionCounter !== 1) return null;
    const sums = countRequests(this.#engine, counts, this.selections);
    const { up, down } = sums;
    for (const of of [this.counted.requested, this.counted.applied]) {
      of.potentiation += up;
      of.depression += down;
    }
    this.#requests += up + down;
    return sums;
  }

  #drawn(number: number): number {
    const words = philox4x32([number >>> 0, Math.floor(number / 2 ** 32), 0, 0x20000000], this.#draw.key);
    return Math.floor((words[0] / 2 ** 32) * this.spec.devices);
  }
}
