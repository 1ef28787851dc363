import { at, type Draw, fillNormal } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { advance } from "../advance.ts";
import type { Digits, StepTools } from "../paper.ts";
import { DeviceWeights, mappingOf, type WeightMapping } from "./device-weights.ts";
import { shuffled } from "./digit-order.ts";
import {
  classes,
  differences,
  inputsOf,
  type Perceptron,
  pixels,
  softMaximum,
  testBatch,
  trainBatch,
} from "./perceptron.ts";
import { phaseChangeDevice, type StartingDevices } from "./phase-change.ts";
import { bytesForDevices } from "./phase-change-synapses.ts";
import { FloatWeights, type TrainedWeights } from "./trained-weights.ts";

/** How long and how fast something learns. Rates fall geometrically from batch to batch. */
export interface Schedule {
  readonly epochs: number;
  /** Images of an epoch, drawn anew for each from all. */
  readonly images: number;
  /** Images whose gradients are summed to one step. */
  readonly batch: number;
  readonly firstRate: number;
  readonly lastRate: number;
  /** Rate of the output layer's weights over that of the hidden layer's. */
  readonly outputShare: number;
  readonly testImages: number;
}

/** How one network is trained; plain data. */
export interface ClassifierInput {
  readonly weights:
    | { readonly kind: "float" | "linear" }
    | { readonly kind: WeightMapping["arrangement"]; readonly devices: number };
  readonly hidden: number;
  readonly schedule: Schedule;
}

/** What came of one network. */
export interface ClassifierResult {
  /** Share of the test images that are told rightly. */
  readonly accuracy: number;
  /** Mean loss over the last tenth of the training images. */
  readonly trainingLoss: number;
  /** J of training. */
  readonly energy: { readonly reads: number; readonly potentiation: number; readonly depression: number };
  /** Pulses of training, of all devices. */
  readonly pulses: number;
  readonly devices: number;
  /** Most pulses that a device had. */
  readonly wear: number;
  /** Pairs that were refreshed. */
  readonly refreshed: number;
}

/** One accuracy a trial: of so many devices a synapse, or of what is compared with them. */
export interface ClassifierPoint {
  readonly weights: ClassifierInput["weights"];
  /** Those that were run. */
  readonly results: readonly ClassifierResult[];
  /** Trials there are. */
  readonly trials: number;
}

// Tuned with trial 0, which no result is from, and frozen before trials 1 to 5 were run.
/** Slope of hidden neurons at 0. */
const slope = 0.8;
/** Standard deviation of the first weights in floating point, of the hidden and of the output layer. */
const firstWeights = [0.05, 0.1] as const;
/** Where devices begin, for weights of 0. */
const starts: Readonly<Record<WeightMapping["arrangement"], StartingDevices>> = {
  single: { conductance: 4e-6, deviation: 0.3e-6, pulses: 8 },
  differential: { conductance: 0.1e-6, deviation: 0.01e-6, pulses: 1 },
};
/** Length of the depression counter of one set: prime to every number of devices. */
const depressionCounter = { single: 11, differential: 1 } as const;
/** Images between two looks for pairs to refresh. */
export const refreshEvery = 100;
/** s that an image takes. */
export const imageTime = 10e-6;

/** Images tested at a time. */
const testBatchSize = 100;

type Tools = Pick<StepTools, "openEngine" | "progress" | "signal" | "digits">;

/** Trains one network and tests it. @param draw  all that is random in it */
export async function runClassifier(input: ClassifierInput, draw: Draw, tools: Tools): Promise<ClassifierResult> {
  const { schedule } = input;
  const [train, test] = [await tools.digits("train"), await tools.digits("test")];
  const engine = await tools.openEngine(bytesOf(input));
  const network = networkOf(engine, input, draw);
  const batches = Math.floor(schedule.images / schedule.batch);
  const last = schedule.epochs * batches - 1;
  let [loss, counted] = [0, 0];
  for (let epoch = 0; epoch < schedule.epochs; epoch++) {
    const order = shuffled(engine, train.labels.length, at(draw, "order"), epoch);
    for (let b = 0; b < batches; b++) {
      const number = epoch * batches + b;
      const rate = schedule.firstRate * (schedule.lastRate / schedule.firstRate) ** (number / Math.max(1, last));
      const which = order.subarray(b * schedule.batch, (b + 1) * schedule.batch);
      const result = network.train(inputsOf(train, which), labelsOf(train, which), rate);
      if (number >= 0.9 * last) {
        loss += result.loss;
        counted += which.length;
      }
      await advance(tools, which.length);
    }
  }
  let correct = 0;
  for (let first = 0; first < schedule.testImages; first += testBatchSize) {
    const which = Uint32Array.from(
      { length: Math.min(testBatchSize, schedule.testImages - first) },
      (_, k) => first + k,
    );
    correct += network.test(inputsOf(test, which), labelsOf(test, which)).correct;
    await advance(tools, which.length);
  }
  return { accuracy: correct / schedule.testImages, trainingLoss: loss / counted, ...network.spent() };
}

/** What a run reports as progress. */
export function amountOf({ epochs, images, batch, testImages }: Schedule): number {
  return epochs * batch * Math.floor(images / batch) + testImages;
}

function labelsOf(digits: Digits, which: Uint32Array): Uint8Array {
  return Uint8Array.from(which, (place) => digits.labels[place]!);
}

/** What runs: a step for each batch, and what it has cost. */
interface Network {
  train(x: Float32Array, labels: Uint8Array, rate: number): { readonly loss: number };
  test(x: Float32Array, labels: Uint8Array): { readonly correct: number };
  spent(): Omit<ClassifierResult, "accuracy" | "trainingLoss">;
}

const nothingSpent = {
  energy: { reads: 0, potentiation: 0, depression: 0 },
  pulses: 0,
  devices: 0,
  wear: 0,
  refreshed: 0,
} as const;

function networkOf(engine: Engine, input: ClassifierInput, draw: Draw): Network {
  const { weights, hidden } = input;
  if (weights.kind === "linear") return linearNetwork();
  const shapes = [
    [pixels + 1, hidden],
    [hidden + 1, classes],
  ] as const;
  if (!("devices" in weights)) {
    const float = shapes.map(
      ([rows, columns], k) =>
        new FloatWeights(normals(engine, rows * columns, firstWeights[k]!, at(draw, "weights", k)), columns),
    );
    return { ...perceptronOf(float, input.schedule), spent: () => nothingSpent };
  }
  return deviceNetwork(engine, input, weights, shapes, draw);
}

function perceptronOf(
  [hidden, output]: readonly TrainedWeights[],
  { outputShare }: Schedule,
): Pick<Network, "train" | "test"> {
  const perceptron: Perceptron = { hidden: hidden!, output: output!, slope };
  return {
    train: (x, labels, rate) => trainBatch(perceptron, x, labels, { hidden: rate, output: rate * outputShare }),
    test: (x, labels) => testBatch(perceptron, x, labels),
  };
}

function deviceNetwork(
  engine: Engine,
  { schedule }: ClassifierInput,
  { kind, devices }: { readonly kind: WeightMapping["arrangement"]; readonly devices: number },
  shapes: readonly (readonly [number, number])[],
  draw: Draw,
): Network {
  const device = phaseChangeDevice(starts[kind]);
  const counters = { potentiationCounter: 1, depressionCounter: depressionCounter[kind] };
  const layers = shapes.map(
    (shape, k) => new DeviceWeights(engine, device, mappingOf(kind, devices), counters, shape, at(draw, "devices", k)),
  );
  const network = perceptronOf(layers, schedule);
  let [seen, refreshes, refreshed] = [0, 0, 0];
  return {
    train(x, labels, rate) {
      const result = network.train(x, labels, rate);
      seen += labels.length;
      for (const layer of layers) layer.elapse(labels.length * imageTime);
      if (kind === "differential" && seen >= refreshEvery * (refreshes + 1)) {
        for (const layer of layers) refreshed += layer.refresh(refreshes);
        refreshes++;
      }
      return result;
    },
    test: network.test,
    spent() {
      const sum = (of: (layer: DeviceWeights) => number) => layers.reduce((total, layer) => total + of(layer), 0);
      const wear = layers.map((layer) => layer.wear());
      return {
        energy: {
          reads: sum(({ activity }) => activity.reads),
          potentiation: sum(({ activity }) => activity.potentiation),
          depression: sum(({ activity }) => activity.depression),
        },
        pulses: wear.reduce((total, { pulses }) => total + pulses, 0),
        devices: wear.reduce((total, own) => total + own.devices, 0),
        wear: Math.max(...wear.map(({ maximum }) => maximum)),
        refreshed,
      };
    },
  };
}

/** Soft maximum regression in floating point: the floor without a hidden layer. */
function linearNetwork(): Network {
  const weights = new FloatWeights(new Float32Array((pixels + 1) * classes), classes);
  const scores = (x: Float32Array, labels: Uint8Array) => {
    const y = weights.multiply(x, labels.length);
    softMaximum(y);
    return { y, ...differences(y, labels) };
  };
  return {
    train(x, labels, rate) {
      const { y, ...result } = scores(x, labels);
      weights.step(x, y, labels.length, rate);
      return result;
    },
    test: scores,
    spent: () => nothingSpent,
  };
}

function normals(engine: Engine, count: number, deviation: number, draw: Draw): Float32Array {
  const { memory } = engine;
  const mark = memory.mark();
  const drawn = memory.float32(count);
  fillNormal(engine, draw, 0, drawn);
  const out = drawn.map((normal) => deviation * normal);
  memory.release(mark);
  return out;
}

/** Room for the devices, and for what is drawn for a batch. */
function bytesOf({ weights, hidden }: ClassifierInput): number {
  const synapses = (pixels + 1) * hidden + (hidden + 1) * classes;
  const devices = "devices" in weights ? weights.devices * synapses : 0;
  return bytesForDevices(devices) + 16 * synapses + 2 ** 23;
}
