import { decayFactor, IntegrateAndFire } from "../../../circuits/index.ts";
import { at, type Draw, fillWords } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { pixels } from "./perceptron.ts";
import type { SpikingWeights } from "./spiking-weights.ts";

/** Neurons that compete, and how images come to them. */
export interface SpikingSpec {
  readonly neurons: number;
  /** Steps that an image is shown for, and s of one. */
  readonly steps: number;
  readonly step: number;
  /** Chance of a spike in a step of a pixel of value 1; one of value x has x times as much, one below `darkest` none. */
  readonly rate: number;
  readonly darkest: number;
  /** s. */
  readonly membraneTime: number;
  /** In weights: a neuron fires where the weights of active inputs add up to it. */
  readonly threshold: number;
  /** What a spike adds to the neuron's own threshold while it learns, and s in which that fades. */
  readonly adaptation: number;
  readonly adaptationTime: number;
}

/**
 * A layer of leaky integrate-and-fire neurons, all of them on all pixels. The one furthest above its threshold fires and resets all; while it
 * learns its threshold rises, and inputs that spiked since the image came gain on it while the others lose.
 */
export class SpikingNetwork {
  readonly spec: SpikingSpec;
  readonly weights: SpikingWeights;
  readonly #engine: Engine;
  readonly #draw: Draw;
  #neurons: IntegrateAndFire;
  readonly #fired: Uint8Array;
  /** Of the image that is shown, [steps][pixels]. */
  readonly #spikes: Float32Array;
  #learns = true;
  #images = 0;

  constructor(engine: Engine, spec: SpikingSpec, weights: SpikingWeights, draw: Draw) {
    this.spec = spec;
    this.weights = weights;
    this.#engine = engine;
    this.#draw = at(draw, "spikes");
    this.#neurons = this.#competing(spec.threshold, spec.adaptation);
    this.#fired = new Uint8Array(spec.neurons);
    this.#spikes = new Float32Array(spec.steps * pixels);
  }

  /** From now on neither weights nor thresholds change. */
  stopLearning(): void {
    this.#neurons = this.#competing(this.#neurons.thresholds(), 0);
    this.#learns = false;
  }

  /** Shows an image. @param image  0 .. 1, [pixels] @returns spikes of each neuron, [neurons] */
  show(image: Float32Array): Uint16Array {
    const { steps, neurons } = this.spec;
    const spikes = this.#spikesOf(image);
    const counts = new Uint16Array(neurons);
    const seen = new Uint8Array(pixels);
    this.#neurons.clear();
    // Where nothing learns, all steps are multiplied at once.
    const together = this.#learns ? 1 : steps;
    let sums: Float32Array = new Float32Array(0);
    for (let step = 0; step < steps; step++) {
      if (step % together === 0) {
        sums = this.weights.multiply(spikes.subarray(step * pixels, (step + together) * pixels), together);
      }
      if (this.#learns) for (let i = 0; i < pixels; i++) if (spikes[step * pixels + i] === 1) seen[i] = 1;
      const place = (step % together) * neurons;
      if (this.#neurons.step(sums.subarray(place, place + neurons), this.#fired) === 0) continue;
      const winner = this.#fired.indexOf(1);
      counts[winner]!++;
      if (this.#learns) this.weights.change(winner, seen);
    }
    this.weights.elapse(steps * this.spec.step);
    return counts;
  }

  /** 1 where a pixel spikes, else 0, [steps][pixels]. */
  #spikesOf(image: Float32Array): Float32Array {
    const { steps, rate, darkest } = this.spec;
    const { memory } = this.#engine;
    const mark = memory.mark();
    const words = memory.int32(steps * pixels);
    fillWords(this.#engine, this.#draw, this.#images++, words);
    const spikes = this.#spikes.fill(0);
    for (let i = 0; i < pixels; i++) {
      const value = image[i]!;
      if (value <= darkest) continue;
      const chance = rate * value * 2 ** 32;
      for (let k = i; k < spikes.length; k += pixels) if (words[k]! >>> 0 < chance) spikes[k] = 1;
    }
    memory.release(mark);
    return spikes;
  }

  #competing(threshold: number | Float64Array, amount: number): IntegrateAndFire {
    const { neurons, step, membraneTime, adaptationTime } = this.spec;
    return new IntegrateAndFire(
      {
        leak: decayFactor(membraneTime, step),
        threshold,
        reset: 0,
        adaptation: { amount, leak: decayFactor(adaptationTime, step) },
        inhibition: { winners: 1, strength: Number.POSITIVE_INFINITY, steps: 0 },
      },
      neurons,
    );
  }
}
