import { InputError } from "../../src/ground/errors.ts";
import { type PerNeuron, perNeuron, whole } from "./constants.ts";
import { greatest } from "./winner-take-all.ts";

/** What a neuron is; membrane, and what is compared with it or added to it, in the unit of its input. Factors are `decayFactor`'s. */
export interface IntegrateAndFireSpec {
  /** What is left of the membrane from one step to the next, 0 .. 1; 1: nothing leaks. */
  readonly leak: PerNeuron;
  /** Membrane at which the neuron fires. */
  readonly threshold: PerNeuron;
  /** Membrane after it has fired; "subtract": lower by its threshold. */
  readonly reset: number | "subtract";
  /** "charge" (usual): an input is added to the membrane; "current": the membrane goes (1 - leak) of the way to it, as under a steady current. */
  readonly input?: "charge" | "current";
  /** What is left of an input from one step to the next; 0 (usual): it acts in its own step alone. */
  readonly synapse?: PerNeuron;
  /** Steps after a spike for which the membrane is held. */
  readonly refractory?: number;
  /** What a spike adds to the threshold, and what is left of that from one step to the next. */
  readonly adaptation?: Remnant;
  /** What a spike takes off the inputs after it, and what is left of that from one step to the next. */
  readonly afterHyperpolarisation?: Remnant;
  readonly inhibition?: LateralInhibition;
}

/** What a spike leaves behind. */
export interface Remnant {
  readonly amount: PerNeuron;
  /** 0 .. 1. */
  readonly leak: PerNeuron;
}

/** What spikes do to the other neurons. */
export interface LateralInhibition {
  /** So many fire in a step at most: those furthest above their thresholds, of equal ones the first. */
  readonly winners: number;
  /** What is taken off the membranes of all others; Infinity: they are reset. */
  readonly strength: number;
  /** Steps for which the others are held there. */
  readonly steps: number;
}

/** What is added to membranes for the one comparison with their thresholds: it makes neurons stochastic. */
export interface ThresholdNoise {
  /** @param step  numbers the comparison @param out  in the unit of the input, [neurons] */
  fill(step: number, out: Float64Array): void;
}

// Rows of the state.
const [membrane, current, adaptation, recoil, held] = [0, 1, 2, 3, 4];
const rows = 5;

/**
 * Leaky integrate-and-fire neurons in steps of one length, with factors a:
 *
 *   i <- a_s i + input,  h <- a_h h,  b <- a_b b
 *   v <- a v + (i - h), or a v + (1 - a)(i - h) where the input is a current
 *   those with v (+ noise) >= threshold + b that are not held fire: v <- reset, h <- h + amount, b <- b + amount
 *
 * @source Gerstner & Kistler, Spiking Neuron Models (2002), section 4.1, doi:10.1017/CBO9780511815706; adaptation: Bellec et al., NeurIPS
 *   (2018), arXiv:1803.09574; after-hyperpolarisation: Rao et al., Nat. Mach. Intell. 4, 467 (2022), doi:10.1038/s42256-022-00480-w
 */
export class IntegrateAndFire {
  readonly spec: IntegrateAndFireSpec;
  /** In the unit of the input, [neurons]. */
  readonly membrane: Float64Array;
  readonly #state: Float64Array;
  readonly #leaks: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  readonly #threshold: Float64Array;
  readonly #adapts: Float64Array;
  readonly #recoils: Float64Array;
  readonly #noise: ThresholdNoise | null;
  readonly #drawn: Float64Array;
  /** v (+ noise) less the threshold in this step; -Infinity where held. */
  readonly #above: Float64Array;
  #steps = 0;

  constructor(spec: IntegrateAndFireSpec, neurons: number, noise: ThresholdNoise | null = null) {
    const { reset, inhibition } = spec;
    const leak = (name: string, value: PerNeuron | undefined) => perNeuron(name, value ?? 0, neurons, 0, 1);
    this.#leaks = [
      leak("leak", spec.leak),
      leak("synapse", spec.synapse),
      leak("adaptation.leak", spec.adaptation?.leak),
      leak("afterHyperpolarisation.leak", spec.afterHyperpolarisation?.leak),
    ];
    this.#threshold = perNeuron("threshold", spec.threshold, neurons);
    const lowest = this.#threshold.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const least = reset === "subtract" ? 0 : reset;
    if (!(lowest > least)) {
      throw new InputError(`neuron: threshold is ${lowest}, expected more than the reset, ${least}`);
    }
    whole("refractory", spec.refractory ?? 0, 0);
    whole("inhibition.winners", inhibition?.winners ?? 1, 1);
    whole("inhibition.steps", inhibition?.steps ?? 0, 0);
    this.spec = spec;
    this.#adapts = perNeuron("adaptation.amount", spec.adaptation?.amount ?? 0, neurons);
    this.#recoils = perNeuron("afterHyperpolarisation.amount", spec.afterHyperpolarisation?.amount ?? 0, neurons);
    this.#state = new Float64Array(rows * neurons);
    this.membrane = this.#row(membrane).fill(least);
    this.#noise = noise;
    this.#drawn = new Float64Array(neurons);
    this.#above = new Float64Array(neurons);
  }

  /** Membranes at which neurons fire now: their thresholds and what adaptation added, [neurons]. */
  thresholds(): Float64Array {
    const raised = this.#row(adaptation);
    return this.#threshold.map((threshold, n) => threshold + raised[n]!);
  }

  /**
   * One step of all neurons.
   *
   * @param input  [neurons]
   * @param fired  receives 1 where a neuron fires, else 0, [neurons]
   * @param recurrent  what comes back from the layer's own last spikes, added to the input, [neurons]
   * @returns how many fire
   */
  step(input: ArrayLike<number>, fired: Uint8Array, recurrent?: ArrayLike<number>): number {
    const { spec, membrane: v } = this;
    const [i, b, h, rest] = [this.#row(current), this.#row(adaptation), this.#row(recoil), this.#row(held)];
    const [leaks, fades, recovers, calms] = this.#leaks;
    const asCurrent = spec.input === "current";
    this.#noise?.fill(this.#steps, this.#drawn);
    for (let n = 0; n < v.length; n++) {
      i[n] = fades[n]! * i[n]! + input[n]! + (recurrent ? recurrent[n]! : 0);
      b[n]! *= recovers[n]!;
      h[n]! *= calms[n]!;
      if (rest[n]! > 0) {
        rest[n]!--;
        this.#above[n] = Number.NEGATIVE_INFINITY;
      } else {
        const leak = leaks[n]!;
        v[n] = leak * v[n]! + (asCurrent ? 1 - leak : 1) * (i[n]! - h[n]!);
        this.#above[n] = v[n]! + this.#drawn[n]! - (this.#threshold[n]! + b[n]!);
      }
      fired[n] = this.#above[n]! >= 0 ? 1 : 0;
    }
    this.#steps++;
    if (spec.inhibition) this.#inhibit(spec.inhibition, fired);
    let count = 0;
    for (let n = 0; n < v.length; n++) {
      if (fired[n] === 0) continue;
      count++;
      v[n] = spec.reset === "subtract" ? v[n]! - this.#threshold[n]! - b[n]! : spec.reset;
      b[n]! += this.#adapts[n]!;
      h[n]! += this.#recoils[n]!;
      rest[n] = spec.refractory ?? 0;
    }
    return count;
  }

  /** Makes an end of what was shown: membranes, inputs and what holds them are as at the beginning; adapted thresholds stay. */
  clear(): void {
    for (const row of [current, recoil, held]) this.#row(row).fill(0);
    this.membrane.fill(this.#least);
  }

  /** All that later steps depend on, as bytes. */
  save(): Uint8Array {
    return new Uint8Array(Float64Array.of(this.#steps, ...this.#state).buffer);
  }

  restore(bytes: Uint8Array): void {
    const expected = 8 * (1 + this.#state.length);
    if (bytes.byteLength !== expected) {
      throw new InputError(`saved neurons: ${bytes.byteLength} bytes, expected ${expected}`);
    }
    const numbers = new Float64Array(bytes.slice().buffer);
    this.#steps = numbers[0]!;
    this.#state.set(numbers.subarray(1));
  }

  /** Takes their spikes from all but the winners, and lets those act on all others. */
  #inhibit({ winners, strength, steps }: LateralInhibition, fired: Uint8Array): void {
    if (!fired.includes(1)) return;
    const chosen = greatest(this.#above, winners).filter((n) => fired[n] === 1);
    fired.fill(0);
    for (const n of chosen) fired[n] = 1;
    const [v, rest] = [this.membrane, this.#row(held)];
    for (let n = 0; n < v.length; n++) {
      if (fired[n] === 1) continue;
      v[n] = strength === Number.POSITIVE_INFINITY ? this.#least : v[n]! - strength;
      rest[n] = Math.max(rest[n]!, steps);
    }
  }

  get #least(): number {
    return this.spec.reset === "subtract" ? 0 : this.spec.reset;
  }

  #row(row: number): Float64Array {
    const neurons = this.#state.length / rows;
    return this.#state.subarray(row * neurons, (row + 1) * neurons);
  }
}
