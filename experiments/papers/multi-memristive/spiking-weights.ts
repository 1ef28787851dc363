import { at, type Draw, fillNormal, fillWords } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import type { DeviceWeights } from "./device-weights.ts";
import { requestedPulses } from "./requested-pulses.ts";
import { multiplied } from "./trained-weights.ts";

/** What a spike of a neuron changes its weights by, of inputs that spiked before it and of the others; both above 0. */
export interface LearningSteps {
  readonly gain: number;
  readonly loss: number;
}

/** Weights of competing neurons, between 0 and about 1. */
export interface SpikingWeights {
  /** Sums of the weights of inputs, [vectors][neurons]. @param x  [vectors][inputs] */
  multiply(x: Float32Array, vectors: number): Float32Array;
  /** What a neuron's spike does. @param seen  1: the input spiked before it, [inputs] */
  change(neuron: number, seen: Uint8Array): void;
  elapse(seconds: number): void;
}

/** Weights as numbers, held between 0 and 1. */
export class SpikingFloats implements SpikingWeights {
  readonly #values: Float32Array;
  readonly #neurons: number;
  readonly #steps: LearningSteps;

  /** First weights are normal. */
  constructor(
    engine: Engine,
    inputs: number,
    neurons: number,
    steps: LearningSteps,
    first: { readonly mean: number; readonly deviation: number },
    draw: Draw,
  ) {
    const { memory } = engine;
    const mark = memory.mark();
    const normals = memory.float32(inputs * neurons);
    fillNormal(engine, at(draw, "weights"), 0, normals);
    this.#values = normals.map((normal) => within(first.mean + first.deviation * normal));
    memory.release(mark);
    this.#neurons = neurons;
    this.#steps = steps;
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    return multiplied(x, this.#values, vectors, this.#neurons);
  }

  change(neuron: number, seen: Uint8Array): void {
    const { gain, loss } = this.#steps;
    for (let i = 0, k = neuron; i < seen.length; i++, k += this.#neurons) {
      this.#values[k] = within(this.#values[k]! + (seen[i] === 1 ? gain : -loss));
    }
  }

  elapse(): void {}
}

const within = (weight: number): number => Math.min(1, Math.max(0, weight));

/** Images between two looks at all conductances, which drift. */
const lookEvery = 100;

/** Weights that are devices: steps become whole pulses. */
export class SpikingDevices implements SpikingWeights {
  readonly #weights: DeviceWeights;
  readonly #steps: LearningSteps;
  /** Weight that a pulse is taken to change. */
  readonly #pulse: number;
  readonly #engine: Engine;
  readonly #draw: Draw;
  #spikes = 0;
  #waits = 0;

  constructor(engine: Engine, weights: DeviceWeights, steps: LearningSteps, pulse: number, draw: Draw) {
    this.#engine = engine;
    this.#weights = weights;
    this.#steps = steps;
    this.#pulse = pulse;
    this.#draw = at(draw, "steps");
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    return this.#weights.multiply(x, vectors);
  }

  change(neuron: number, seen: Uint8Array): void {
    const { gain, loss } = this.#steps;
    const { memory } = this.#engine;
    const mark = memory.mark();
    const words = memory.int32(seen.length);
    fillWords(this.#engine, this.#draw, this.#spikes++, words);
    const direction = new Float32Array(seen.length);
    for (let i = 0; i < seen.length; i++) direction[i] = seen[i] === 1 ? gain : -loss;
    const { selected, counts } = requestedPulses(direction, 1 / this.#pulse, words);
    memory.release(mark);
    for (let k = 0; k < selected.length; k++) selected[k] = selected[k]! * this.#weights.columns + neuron;
    this.#weights.pulse(counts, selected);
  }

  elapse(seconds: number): void {
    this.#weights.elapse(seconds);
    if (++this.#waits % lookEvery === 0) this.#weights.look();
  }
}
