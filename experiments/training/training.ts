import { type LearningProduct, Ledger, type LedgerEntry, waitForSlowest } from "../../circuits/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { OperationEvent } from "../../src/ground/events.ts";
import { classesOf, type ImageData, imageBatch, imageCount } from "../network/index.ts";
import { lossOf } from "./loss.ts";
import { backward, forward, type ProductPlan, plansOf, type TrainableNetwork } from "./network.ts";
import { orderOf } from "./order.ts";

export interface TrainingSettings {
  readonly epochs: number;
  /** Images that are read with the same weights before their updates, one after another, are made. */
  readonly batch: number;
  /** W += rate x d for every vector of every image: a larger batch makes no smaller steps. */
  readonly rate: number;
  /** Factor on the rate from each epoch to the next. */
  readonly decay: number;
}

export interface TrainingData {
  readonly train: ImageData;
  readonly test: ImageData;
}

/** Pulses that each device got so far, over all devices of all products. */
export interface Wear {
  readonly mean: number;
  readonly maximum: number;
}

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  /** Share of the test's images, read as the network stands after the epoch. */
  readonly accuracy: number;
  /** Mean over the epoch's images, each before its own update. */
  readonly loss: number;
  readonly rate: number;
  /** What happened in the epoch; the test's reads are not among it. */
  readonly events: readonly LedgerEntry[];
  readonly wear: Wear | null;
}

/** What training a network needs of its products beside learning. */
export interface Products {
  readonly products: readonly LearningProduct[];
  /** null where nothing wears. */
  wear(): Wear | null;
}

/** @param report  of everything that products do */
export type MakeProducts = (plans: readonly ProductPlan[], report: (event: OperationEvent) => void) => Products;

export interface TrainingWatch {
  /** Awaited after every batch, trained or tested; images since the last call. */
  progress(images: number): void | Promise<void>;
  readonly signal: AbortSignal;
  /** Asked after every batch: whether `keep` is to be called now. */
  due?(): boolean;
  /** Called with the state at the end of every epoch, when due, and on a stop. */
  keep?(state: TrainingState): void;
}

/** All that the rest of a training depends on. */
export interface TrainingState {
  readonly progress: {
    /** Finished epochs. */
    readonly epochs: readonly EpochResult[];
    /** Images of the running epoch that were learned from, and the sum of their losses. */
    readonly images: number;
    readonly loss: number;
    readonly events: readonly LedgerEntry[];
  };
  /** By the names of their plans. */
  readonly products: Readonly<Record<string, Uint8Array>>;
}

/** Images of a test that are read together. */
const testBatch = 100;

/** A network that learns from images by stochastic gradient descent. Draws are addressed: what it does depends on its inputs alone. */
export class Training {
  readonly network: TrainableNetwork;
  readonly plans: readonly ProductPlan[];
  readonly products: readonly LearningProduct[];
  readonly #made: Products;
  readonly #data: TrainingData;
  readonly #settings: TrainingSettings;
  readonly #draw: Draw;
  #epochs: EpochResult[] = [];
  #images = 0;
  #loss = 0;
  #ledger = new Ledger();
  /** Whether what products do is counted. */
  #counting = true;

  constructor(
    network: TrainableNetwork,
    make: MakeProducts,
    data: TrainingData,
    settings: TrainingSettings,
    draw: Draw,
  ) {
    this.network = network;
    this.plans = plansOf(network);
    this.#made = make(this.plans, (event) => {
      if (this.#counting) this.#ledger.add(event);
    });
    this.products = this.#made.products;
    this.#data = data;
    this.#settings = settings;
    this.#draw = at(draw, "training");
  }

  get epochs(): readonly EpochResult[] {
    return this.#epochs;
  }

  /** Images of the running epoch that were learned from. */
  get images(): number {
    return this.#images;
  }

  /** Trains until all epochs are done, or until it is stopped: then at the end of the batch. @returns whether it was stopped */
  async run(watch: TrainingWatch): Promise<boolean> {
    const { epochs } = this.#settings;
    while (this.#epochs.length < epochs) {
      const order = orderOf(this.#draw, this.#epochs.length, imageCount(this.#data.train));
      while (this.#images < order.length) {
        const done = this.#learn(order.subarray(this.#images, this.#images + this.#settings.batch));
        await watch.progress(done);
        if (watch.signal.aborted) {
          watch.keep?.(this.save());
          return true;
        }
        if (watch.due?.()) watch.keep?.(this.save());
      }
      const before = this.save();
      const accuracy = await this.#test(watch);
      if (accuracy === null) {
        // The test is read again from its start.
        this.restore(before);
        watch.keep?.(before);
        return true;
      }
      this.#finish(accuracy, order.length);
      watch.keep?.(this.save());
    }
    return false;
  }

  save(): TrainingState {
    const products = Object.fromEntries(this.plans.map(({ name }, index) => [name, this.products[index]!.save()]));
    const events = this.#ledger.entries();
    return { progress: { epochs: [...this.#epochs], images: this.#images, loss: this.#loss, events }, products };
  }

  restore({ progress, products }: TrainingState): void {
    this.#epochs = [...progress.epochs];
    this.#images = progress.images;
    this.#loss = progress.loss;
    this.#ledger = new Ledger(progress.events);
    for (const [index, { name }] of this.plans.entries()) this.products[index]!.restore(products[name]!);
  }

  get #rate(): number {
    return this.#settings.rate * this.#settings.decay ** this.#epochs.length;
  }

  #learn(numbers: Uint32Array): number {
    const { network, products } = this;
    const { train } = this.#data;
    const images = new Float32Array(numbers.length * train.size);
    for (const [index, image] of numbers.entries())
      imageBatch(train, image, 1, images.subarray(index * train.size, (index + 1) * train.size));
    const labels = Int32Array.from(numbers, (image) => train.labels[image]!);
    const pass = forward(network, products, images, numbers.length);
    const gradient = new Float32Array(pass.scores.length);
    this.#loss += lossOf(network.loss, pass.scores, labels, network.classes, gradient);
    const changes = backward(network, products, pass, gradient);
    for (const [index, { step }] of this.plans.entries())
      products[index]!.update(pass.inputs[index]!, changes[index]!, numbers.length * step.vectors, this.#rate);
    waitForSlowest(products);
    this.#countDigital(numbers.length);
    this.#images += numbers.length;
    return numbers.length;
  }

  #countDigital(images: number): void {
    const { steps, classes, loss } = this.network;
    for (const step of steps) {
      if (step.kind === "product") continue;
      const { forward: onward, backward: back } = step.operations;
      const count = images * (onward + back);
      if (count > 0) this.#ledger.add({ operation: "digitalOperation", place: "digital", count });
    }
    // A softmax and a difference, or a difference alone.
    const count = images * classes * (loss === "cross-entropy" ? 6 : 1);
    this.#ledger.add({ operation: "digitalOperation", place: "digital", count });
  }

  /** Share of the test's images whose label has the largest score; null where it was stopped. */
  async #test(watch: TrainingWatch): Promise<number | null> {
    const { test } = this.#data;
    const count = imageCount(test);
    this.#counting = false;
    try {
      let right = 0;
      for (let first = 0; first < count; first += testBatch) {
        const some = Math.min(testBatch, count - first);
        const { scores } = forward(this.network, this.products, imageBatch(test, first, some), some);
        for (const [index, found] of classesOf(scores, some).entries())
          if (found === test.labels[first + index]) right++;
        await watch.progress(some);
        if (watch.signal.aborted && first + some < count) return null;
      }
      return right / count;
    } finally {
      this.#counting = true;
    }
  }

  #finish(accuracy: number, images: number): void {
    this.#epochs.push({
      epoch: this.#epochs.length + 1,
      accuracy,
      loss: this.#loss / images,
      rate: this.#rate,
      events: this.#ledger.entries(),
      wear: this.#made.wear(),
    });
    this.#images = 0;
    this.#loss = 0;
    this.#ledger = new Ledger();
  }
}
