import type { PulseSteps } from "../../crossbar/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Arrangement, LeftOut } from "../synapses/index.ts";
import { Chopper } from "./chopper.ts";
import { DynamicReference } from "./dynamic-reference.ts";
import type { LearningLayer } from "./layer.ts";
import type { LearningProduct } from "./product.ts";
import type { PulseTrace } from "./pulse-trace.ts";
import { bytesOfNumbers, joinSections, numbersOfBytes, sectionsOf } from "./sections.ts";
import type { WearSummary } from "./wear.ts";

/** How a fast array hands on what it gathered. */
export interface TransferOptions {
  /** Updates from a transfer to the next. */
  readonly every: number;
  /** Factors on the learning rate: of the fast array, and of what is read from it. */
  readonly fastRate: number;
  readonly transferRate: number;
  /** Weight of the fast array in products; 0: it is not read for them. */
  readonly gamma: number;
  /** Probability that a line's sign turns after it was transferred. */
  readonly chopping: number;
  /** Whether the mean of the period before is taken away from what is read. */
  readonly dynamicReference: boolean;
}

/**
 * Tiki-taka: a fast array A learns by pulses; every so many updates one row of it, in turn, is read through the converters and added to a slow array C
 * by pulses. Devices whose steps differ by sign drift towards their symmetry point under noise; as A's is weight 0, its noise adds up to nothing
 * there, and only what gradients have in common reaches C. The weight is C + gamma A.
 *
 * C's own rule makes the kinds: with stochastic pulses it is the first version; with an accumulator, which is then the digital buffer H
 * between A and C, the second. Turning signs of A's lines make of what does not turn with them noise of mean 0.
 *
 * @source Gokmen & Haensch, Front. Neurosci. 14, 103 (2020), doi:10.3389/fnins.2020.00103; Gokmen, Front. Artif. Intell. 4, 699148 (2021),
 *   doi:10.3389/frai.2021.699148; Rasch et al., Nat. Commun. 15, 7133 (2024), doi:10.1038/s41467-024-51221-z
 */
export class TransferLearning implements LearningProduct {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly fast: LearningLayer;
  readonly slow: LearningLayer;
  readonly #options: TransferOptions;
  readonly #chopper: Chopper;
  readonly #reference: DynamicReference | null;
  #updates = 0;
  #transfers = 0;

  /** @param fast  and `slow`: of equal size */
  constructor(fast: LearningLayer, slow: LearningLayer, options: TransferOptions, draw: Draw) {
    this.name = slow.name;
    this.rows = slow.rows;
    this.columns = slow.columns;
    this.fast = fast;
    this.slow = slow;
    this.#options = options;
    this.#chopper = new Chopper(this.rows, options.chopping, at(draw, "transfer"));
    this.#reference = options.dynamicReference ? new DynamicReference(this.rows, this.columns) : null;
  }

  get tiles(): number {
    return this.fast.tiles + this.slow.tiles;
  }

  /** Of both arrays. */
  get arrangement(): Arrangement {
    return this.slow.arrangement;
  }

  get steps(): PulseSteps {
    return this.slow.steps;
  }

  get clock(): number {
    return Math.max(this.fast.clock, this.slow.clock);
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    const { gamma } = this.#options;
    const y = this.slow.multiply(x, vectors);
    if (gamma === 0) return y;
    const own = this.fast.multiply(this.#chopper.chopped(x, vectors), vectors);
    for (let k = 0; k < y.length; k++) y[k]! += gamma * own[k]!;
    return y;
  }

  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    const { gamma } = this.#options;
    const e = this.slow.multiplyTransposed(d, vectors);
    if (gamma === 0) return e;
    const own = this.#chopper.chopped(this.fast.multiplyTransposed(d, vectors), vectors);
    for (let k = 0; k < e.length; k++) e[k]! += gamma * own[k]!;
    return e;
  }

  update(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    const { every, fastRate } = this.#options;
    for (let v = 0; v < vectors; v++) {
      const input = x.subarray(v * this.rows, (v + 1) * this.rows);
      const output = d.subarray(v * this.columns, (v + 1) * this.columns);
      this.fast.update(this.#chopper.chopped(input, 1), output, 1, fastRate * rate);
      this.#updates++;
      if (this.#updates % every === 0) this.#transfer(rate);
    }
    // What one of them did the other waited for.
    const apart = this.fast.clock - this.slow.clock;
    if (apart > 0) this.slow.elapse(apart);
    else if (apart < 0) this.fast.elapse(-apart);
  }

  /** Reads the next row of the fast array and adds it to the slow one. */
  #transfer(rate: number): void {
    const number = this.#transfers++;
    const row = number % this.rows;
    const read = this.fast.readLine(row);
    this.#reference?.subtract(row, read);
    const line = new Float32Array(this.rows);
    line[row] = this.#chopper.signs[row]!;
    this.slow.update(line, read, 1, this.#options.transferRate * rate);
    if (this.#chopper.turn(row, number)) this.#reference?.turned(row);
  }

  elapse(seconds: number): void {
    this.fast.elapse(seconds);
    this.slow.elapse(seconds);
  }

  weights(): Float32Array {
    const { gamma } = this.#options;
    const weights = this.slow.weights();
    if (gamma === 0) return weights;
    const [own, { signs }] = [this.fast.weights(), this.#chopper];
    return weights.map((weight, i) => weight + gamma * signs[Math.floor(i / this.columns)]! * own[i]!);
  }

  /** Of the devices of both arrays. */
  wear(): WearSummary {
    const [a, c] = [this.fast.wear(), this.slow.wear()];
    const [devices, pulses] = [a.devices + c.devices, a.pulses + c.pulses];
    return {
      devices,
      pulses,
      mean: pulses / devices,
      maximum: Math.max(a.maximum, c.maximum),
      clipped: a.clipped + c.clipped,
      stuck: a.stuck + c.stuck,
    };
  }

  leftOut(): LeftOut {
    const [a, c] = [this.fast.leftOut(), this.slow.leftOut()];
    return { devices: a.devices + c.devices, of: a.of + c.of };
  }

  wearOfDevices(): Float64Array[] {
    return [...this.fast.wearOfDevices(), ...this.slow.wearOfDevices()];
  }

  /** Notes every pulse of both arrays in a trace from now on. */
  follow(trace: PulseTrace): void {
    this.fast.follow(trace);
    this.slow.follow(trace);
  }

  save(): Uint8Array {
    return joinSections(this.#owner, {
      fast: this.fast.save(),
      slow: this.slow.save(),
      numbers: bytesOfNumbers([this.#updates, this.#transfers, ...this.#chopper.signs]),
      reference: bytesOfNumbers(this.#reference?.numbers() ?? []),
    });
  }

  restore(bytes: Uint8Array): void {
    const sections = sectionsOf(this.#owner, bytes);
    const part = (name: string): Uint8Array => sections.get(name)!;
    this.fast.restore(part("fast"));
    this.slow.restore(part("slow"));
    const [updates, transfers, ...signs] = numbersOfBytes(part("numbers")) as [number, number, ...number[]];
    this.#updates = updates;
    this.#transfers = transfers;
    this.#chopper.signs.set(signs);
    this.#reference?.put(numbersOfBytes(part("reference")));
  }

  get #owner(): string {
    const { every, fastRate, transferRate, gamma, chopping, dynamicReference } = this.#options;
    const reference = dynamicReference ? ", its own reference" : "";
    return `layer ${this.name} behind a fast array read every ${every} (${fastRate}, ${transferRate}, ${gamma}, ${chopping}${reference})`;
  }
}
