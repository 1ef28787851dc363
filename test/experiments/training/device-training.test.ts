import { describe, expect, it } from "vitest";
import { readChip } from "../../../circuits/index.ts";
import { type ImageData, readNetwork } from "../../../experiments/network/index.ts";
import { DeviceTraining, type DeviceTrainingRequest } from "../../../experiments/training/device-training.ts";
import { networkOfGraph } from "../../../experiments/training/graph-network.ts";
import { networkOfSpec } from "../../../experiments/training/spec-network.ts";
import type { TrainingState } from "../../../experiments/training/training.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { bytesOf, node, numbers, ort, weight } from "../../onnx-graphs.ts";

/** Images of a class are its own pattern with noise. */
function imagesOf(count: number, seed: number, size: number): ImageData {
  const labels = Int32Array.from({ length: count }, (_, image) => image % 2);
  const noise = numbers(count * size, seed, 0.3);
  const values = noise.map((value, i) => {
    const [image, at] = [Math.floor(i / size), i % size];
    return value + (at < size / 2 === (labels[image] === 0) ? 0.8 : 0);
  });
  return { values, labels, size, shapes: [[size]], scale: [1], shift: [0] };
}

const usual = {
  devices: 1,
  policy: "global-clock",
  increment: 1,
  potentiationCounter: 1,
  depressionCounter: 1,
} as const;
const never = new AbortController().signal;

interface Setting {
  readonly rule?: string;
  readonly parameters?: string;
  readonly devices?: number;
  readonly increment?: number;
  readonly epochs?: number;
  readonly test?: number;
}

const spec = { layers: [8, 5, 2], activation: "sigmoid", bias: true, loss: "cross-entropy" } as const;

async function trainingOf({
  rule = "stochastic",
  parameters = "constant",
  devices = 1,
  increment = 1,
  epochs = 2,
  test = 20,
}: Setting = {}) {
  const chip = readChip({ chip: "pulse-response", parameters, overrides: [], open: () => undefined });
  const request: DeviceTrainingRequest = {
    network: networkOfSpec(spec, drawOf(3)),
    file: "net.yaml",
    data: { train: imagesOf(30, 1, 8), test: imagesOf(test, 2, 8) },
    settings: { epochs, batch: 4, rate: 0.1, decay: 1 },
    devices: {
      chip,
      rule,
      ruleOptions: {},
      arrangement: null,
      arbitration: { ...usual, devices, increment },
      selection: null,
      weightRange: 1,
      window: 1e-6,
    },
    seed: 3,
  };
  return new DeviceTraining(await openEngine(2 ** 26), request);
}

const floors = { same: null, linear: null };
const allOf = (learner: DeviceTraining) => ({
  result: learner.result(floors),
  weights: learner.weights().map(({ values }) => values),
});

describe("a training on devices", () => {
  // Stops while it learns, at the end of an epoch's images, and while it is tested; 8 batches and a test are an epoch.
  it.each([
    ["stochastic", 3],
    ["stochastic", 8],
    ["mixed-precision", 11],
    ["agad", 5],
  ])("by the rule %s goes on bit for bit after a stop at step %d", async (rule, stop) => {
    const whole = await trainingOf({ rule });
    await whole.training.run({ progress() {}, signal: never });
    const controller = new AbortController();
    let kept: TrainingState | undefined;
    let steps = 0;
    const stopped = await trainingOf({ rule });
    await stopped.training.run({
      progress() {
        if (++steps === stop) controller.abort();
      },
      signal: controller.signal,
      keep: (state) => {
        kept = state;
      },
    });
    expect(stopped.training.epochs.length).toBeLessThan(2);
    const resumed = await trainingOf({ rule });
    resumed.training.restore({ ...kept!, progress: JSON.parse(JSON.stringify(kept!.progress)) });
    await resumed.training.run({ progress() {}, signal: never });
    expect(allOf(resumed)).toEqual(allOf(whole));
  });

  it("counts in its epochs exactly the pulses that its devices wore by, and the parts of its energy are the whole", async () => {
    const learner = await trainingOf({ devices: 3 });
    const worn = () =>
      learner
        .result(floors)
        .network.layers.reduce((sum, { wear, devices }) => sum + Math.round(wear.mean * devices), 0);
    const before = worn();
    await learner.training.run({ progress() {}, signal: never });
    const { epochs, energy, network } = learner.result(floors);
    expect(epochs.reduce((sum, { pulses }) => sum + pulses, 0)).toBe(worn() - before);
    expect(epochs.reduce((sum, { pulses }) => sum + pulses, 0)).toBeGreaterThan(100);
    const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((a, b) => a + b, 0);
    // Sums of a dozen doubles.
    expect(sum(energy.byComponent) / energy.total).toBeCloseTo(1, 12);
    expect(sum(energy.byLayer) / energy.total).toBeCloseTo(1, 12);
    expect(epochs.reduce((total, epoch) => total + epoch.energy, 0) / energy.total).toBeCloseTo(1, 12);
    // A set and its reference, three devices each; the bias is a row.
    expect(network.layers.map(({ devices }) => devices)).toEqual([2 * 3 * 9 * 5, 2 * 3 * 6 * 2]);
  });

  it("does not count what the test reads", async () => {
    const [few, many] = await Promise.all([trainingOf({ epochs: 1, test: 20 }), trainingOf({ epochs: 1, test: 60 })]);
    await few.training.run({ progress() {}, signal: never });
    await many.training.run({ progress() {}, signal: never });
    expect(few.training.epochs[0]!.events).toEqual(many.training.epochs[0]!.events);
  });

  // Two patterns 0.8 apart with noise of 0.3 do not overlap; the devices' noise leaves a few of 20 images at most.
  it.each(["stochastic", "deterministic", "mean-count", "mixed-precision"])("learns by the rule %s", async (rule) => {
    const learner = await trainingOf({ rule, epochs: 6 });
    await learner.training.run({ progress() {}, signal: never });
    expect(learner.training.epochs.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.9);
    const lost = learner.training.epochs.map(({ loss }) => loss);
    expect(lost.at(-1)).toBeLessThan(0.7 * lost[0]!);
  });

  it("learns in a small convolutional graph", async () => {
    const text = {
      nodes: [
        node("Conv", ["x", "k", "c"], ["a"], { pads: [1n, 1n, 1n, 1n] }),
        node("Relu", ["a"], ["r"]),
        node("MaxPool", ["r"], ["p"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        node("Flatten", ["p"], ["f"]),
        node("Gemm", ["f", "w", "b"], ["y"]),
      ],
      tensors: [weight("k", [2, 1, 3, 3], 0.5), weight("c", [2], 0.1), weight("w", [8, 2], 0.5), weight("b", [2], 0.1)],
      input: ["batch", 1, 4, 4],
    };
    const graph = await readNetwork("small.onnx", bytesOf(text), ort as never);
    const network = await networkOfGraph(graph, "cross-entropy");
    const chip = readChip({ chip: "pulse-response", parameters: "constant", overrides: [], open: () => undefined });
    const learner = new DeviceTraining(await openEngine(2 ** 26), {
      network,
      file: "small.onnx",
      data: { train: imagesOf(40, 1, 16), test: imagesOf(20, 2, 16) },
      settings: { epochs: 5, batch: 4, rate: 0.05, decay: 1 },
      devices: {
        ...{ chip, rule: "stochastic", ruleOptions: {}, arrangement: null, arbitration: usual, selection: null },
        ...{ weightRange: 1, window: 1e-6 },
      },
      seed: 1,
    });
    await learner.training.run({ progress() {}, signal: never });
    expect(learner.training.epochs.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.9);
    await graph.close();
  });

  it("refuses an option that its rule has not, by the chip's name", async () => {
    const chip = readChip({ chip: "pulse-response", parameters: "constant", overrides: [], open: () => undefined });
    const engine = await openEngine(2 ** 26);
    const request = {
      network: networkOfSpec(spec, drawOf(3)),
      file: "net.yaml",
      data: { train: imagesOf(4, 1, 8), test: imagesOf(4, 2, 8) },
      settings: { epochs: 1, batch: 1, rate: 0.1, decay: 1 },
      devices: {
        ...{ chip, rule: "stochastic", ruleOptions: { trainLenth: 3 }, arrangement: null, arbitration: usual },
        ...{ selection: null, weightRange: 1, window: 1e-6 },
      },
      seed: 1,
    };
    expect(() => new DeviceTraining(engine, request)).toThrow(/no option "trainLenth", expected .*; near: trainLength/);
  });

  it("warns where its clock leaves devices out, and only there", async () => {
    const half = await trainingOf({ devices: 4, increment: 2, epochs: 8 });
    await half.training.run({ progress() {}, signal: never });
    const [sure, ...found] = half.warnings();
    expect(sure).toContain("updates reach 2 of the 4 devices of a synapse");
    // Of synapses with updates enough, exactly half of the devices were never chosen.
    for (const warning of found) {
      const [, left, of] = warning.match(/: (\d+) of the (\d+) devices of synapses that had 20 updates/)!;
      expect(2 * Number(left)).toBe(Number(of));
    }
    expect(found.length).toBeGreaterThan(0);
    const all = await trainingOf({ devices: 4, increment: 3, epochs: 8 });
    await all.training.run({ progress() {}, signal: never });
    expect(all.warnings()).toEqual([]);
  });
});
