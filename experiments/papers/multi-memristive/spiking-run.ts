import { at, type Draw } from "../../../src/ground/draws/index.ts";
import { InterruptedError } from "../../../src/ground/errors.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import type { Digits, StepTools } from "../paper.ts";
import { DeviceWeights, type WeightMapping } from "./device-weights.ts";
import { shuffled } from "./digit-order.ts";
import { classes, greatestOf, pixels } from "./perceptron.ts";
import { phaseChangeDevice, type StartingDevices } from "./phase-change.ts";
import { bytesForDevices } from "./phase-change-synapses.ts";
import { SpikingNetwork, type SpikingSpec } from "./spiking-network.ts";
import { SpikingDevices, SpikingFloats, type SpikingWeights } from "./spiking-weights.ts";

/** How one network learns; plain data. */
export interface SpikingInput {
  /** null: floating point. */
  readonly devices: number | null;
  /** Images that it learns from without labels, that then give its neurons their labels, and that test it. */
  readonly learning: number;
  readonly labelling: number;
  readonly testing: number;
}

/** What came of one network. */
export interface SpikingResult {
  /** Share of the test images that are told rightly; one that no neuron fires for is not. */
  readonly accuracy: number;
  /** Spikes of the layer for an image while it learned. */
  readonly spikes: number;
  /** Neurons with a label. */
  readonly labelled: number;
  /** J of learning, and of reading images afterwards. */
  readonly energy: {
    readonly reads: number;
    readonly potentiation: number;
    readonly depression: number;
    readonly readsAfterwards: number;
  };
  readonly pulses: number;
  readonly devices: number;
  /** Most pulses that a device had. */
  readonly wear: number;
}

/** All assumed but the number of neurons. Tuned with trial 0, which no result is from, and frozen before trials 1 to 5 were run. */
export const spikingSpec: SpikingSpec = {
  neurons: 50,
  steps: 20,
  step: 5e-3,
  rate: 0.2,
  darkest: 0.2,
  membraneTime: 0.1,
  threshold: 15,
  adaptation: 0.3,
  adaptationTime: 100,
};
/** As quoted for the paper. */
const learningSteps = { gain: 0.01, loss: 0.006 } as const;
/** S of a device that a weight of 1 asks for, and what one pulse is taken to add. */
const [range, pulse] = [10e-6, 0.77e-6];
const start: StartingDevices = { conductance: 4e-6, deviation: 1e-6, pulses: 4 };
const firstFloats = { mean: 0.3, deviation: 0.06 } as const;
/** Prime to every number of devices: a RESET takes away what some ten pulses have added. */
const depressionCounter = 11;

/** Images shown between two reports. */
const together = 20;

type Tools = Pick<StepTools, "openEngine" | "progress" | "signal" | "digits">;

/** Learns without labels, labels the neurons, and tests. @param draw  all that is random in it */
export async function runSpiking(input: SpikingInput, draw: Draw, tools: Tools): Promise<SpikingResult> {
  const { devices, learning, labelling, testing } = input;
  const [train, test] = [await tools.digits("train"), await tools.digits("test")];
  const { neurons } = spikingSpec;
  const engine = await tools.openEngine(bytesForDevices(pixels * neurons * (devices ?? 0)) + 2 ** 23);
  const made = devices === null ? null : devicesOfLayer(engine, devices, draw);
  const weights: SpikingWeights =
    made?.spiking ?? new SpikingFloats(engine, pixels, neurons, learningSteps, firstFloats, draw);
  const network = new SpikingNetwork(engine, spikingSpec, weights, draw);
  const order = shuffled(engine, train.labels.length, at(draw, "order"), 0);
  const show = async (
    digits: Digits,
    places: ArrayLike<number>,
    use: (counts: Uint16Array, label: number) => void,
  ): Promise<void> => {
    for (let k = 0; k < places.length; k++) {
      const place = places[k]!;
      use(network.show(digits.images.subarray(place * pixels, (place + 1) * pixels)), digits.labels[place]!);
      if ((k + 1) % together !== 0) continue;
      await tools.progress(together);
      if (tools.signal.aborted) throw new InterruptedError("interrupted");
    }
  };
  let spikes = 0;
  await show(train, order.subarray(0, learning), (counts) => {
    spikes += sumOf(counts);
  });
  const reads = made?.layer.activity.reads ?? 0;
  network.stopLearning();
  const votes = new Float64Array(neurons * classes);
  await show(train, order.subarray(learning, learning + labelling), (counts, label) => {
    for (let n = 0; n < neurons; n++) votes[n * classes + label]! += counts[n]!;
  });
  const labels = labelsFrom(votes);
  let correct = 0;
  await show(
    test,
    Uint32Array.from({ length: testing }, (_, k) => k),
    (counts, label) => {
      if (toldBy(counts, labels) === label) correct++;
    },
  );
  const wear = made?.layer.wear();
  return {
    accuracy: correct / testing,
    spikes: spikes / learning,
    labelled: labels.filter((label) => label !== nothingTold).length,
    energy: {
      reads,
      potentiation: made?.layer.activity.potentiation ?? 0,
      depression: made?.layer.activity.depression ?? 0,
      readsAfterwards: (made?.layer.activity.reads ?? 0) - reads,
    },
    pulses: wear?.pulses ?? 0,
    devices: wear?.devices ?? 0,
    wear: wear?.maximum ?? 0,
  };
}

/** A neuron that never fired, and an image for which none fires. */
const nothingTold = -1;

/** The label for which each neuron fired most. @param votes  spikes, [neurons][classes] */
export function labelsFrom(votes: Float64Array): number[] {
  return Array.from({ length: votes.length / classes }, (_, n) => {
    const own = votes.subarray(n * classes, (n + 1) * classes);
    return own.some((count) => count > 0) ? greatestOf(own) : nothingTold;
  });
}

/** The label whose neurons fired most. @param counts  spikes, [neurons] */
export function toldBy(counts: Uint16Array, labels: readonly number[]): number {
  const scores = new Float64Array(classes);
  for (const [n, label] of labels.entries()) if (label !== nothingTold) scores[label]! += counts[n]!;
  return scores.some((score) => score > 0) ? greatestOf(scores) : nothingTold;
}

function devicesOfLayer(
  engine: Engine,
  devices: number,
  draw: Draw,
): { readonly layer: DeviceWeights; readonly spiking: SpikingDevices } {
  const scale = devices * range;
  const mapping: WeightMapping = { arrangement: "single", devices, offset: 0, scale, step: pulse / scale };
  const counters = { potentiationCounter: 1, depressionCounter };
  const shape = [pixels, spikingSpec.neurons] as const;
  const layer = new DeviceWeights(engine, phaseChangeDevice(start), mapping, counters, shape, at(draw, "devices"));
  return { layer, spiking: new SpikingDevices(engine, layer, learningSteps, mapping.step, draw) };
}

const sumOf = (values: Uint16Array): number => values.reduce((sum, value) => sum + value, 0);
