import {
  type ConverterCounters,
  converterCounters,
  type Histogram,
  type TileLayer,
  weightHistograms,
} from "../../circuits/index.ts";

/** What one layer's converters and weights look like; converters in units of their full scale, weights of the target range. */
export interface LayerHistograms {
  /** Inputs and column sums of the first batch, at the first time. */
  readonly inputs: Histogram;
  readonly outputs: Histogram;
  /** Differences of pairs: asked for, at the first time, at the last one. */
  readonly target: Histogram;
  readonly first: Histogram;
  readonly last: Histogram;
}

/** Histograms of one chip's layers, counted while it runs. */
export class ChipHistograms {
  readonly #layers: readonly TileLayer[];
  #counters: readonly ConverterCounters[] = [];
  #first: readonly ReturnType<typeof weightHistograms>[] = [];

  constructor(layers: readonly TileLayer[]) {
    this.#layers = layers;
  }

  /** At the first time, before the first batch. */
  start(): void {
    this.#first = this.#layers.map(weightHistograms);
    this.#counters = this.#layers.map(converterCounters);
    for (const [index, layer] of this.#layers.entries()) layer.watchConverters(this.#counters[index]!);
  }

  /** After the first batch, and as often as one likes. */
  stop(): void {
    for (const layer of this.#layers) layer.watchConverters(null);
  }

  /** At the last time. */
  finish(): LayerHistograms[] {
    return this.#layers.map((layer, index) => {
      const { target, now: first } = this.#first[index]!;
      const { inputs, outputs } = this.#counters[index]!;
      const last = weightHistograms(layer).now;
      return { inputs: inputs.histogram, outputs: outputs.histogram, target, first, last };
    });
  }
}
