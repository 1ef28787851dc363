import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageData } from "../../../experiments/network/index.ts";
import { floatTraining, linearTraining } from "../../../experiments/training/float-training.ts";
import { orderOf } from "../../../experiments/training/order.ts";
import { networkOfSpec, readSpec } from "../../../experiments/training/spec-network.ts";
import type { Training, TrainingState } from "../../../experiments/training/training.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { userTree } from "../../../src/ground/written-tree.ts";
import { numbers } from "../../onnx-graphs.ts";

/** Images of a class are its own pattern with noise; "ring" has two patterns a class, which no linear map tells apart. */
function imagesOf(count: number, seed: number, ring = false): ImageData {
  const noise = numbers(count * 8, seed, 0.3);
  const labels = Int32Array.from({ length: count }, (_, image) => image % 2);
  const values = noise.map((value, i) => {
    const image = Math.floor(i / 8);
    if (!ring) return value + (i % 2 === labels[image] ? 0.5 : 0);
    const corner = Math.floor(image / 2) % 2;
    const sign = i % 8 < 4 ? corner : corner ^ labels[image]!;
    return value + (sign ? 1 : -1);
  });
  return { values, labels, size: 8, shapes: [[8]], scale: [1], shift: [0] };
}

const draw = drawOf(7);
const spec = { layers: [8, 6, 2], activation: "tanh", bias: true, loss: "cross-entropy" } as const;
const settings = { epochs: 2, batch: 4, rate: 0.1, decay: 0.5 };
const trainingOn = (data: { train: ImageData; test: ImageData }, epochs = settings.epochs): Training =>
  floatTraining(networkOfSpec(spec, draw), data, { ...settings, epochs }, draw);
const never = new AbortController().signal;
const data = { train: imagesOf(50, 1), test: imagesOf(20, 2) };

const allOf = (training: Training) => ({
  epochs: training.epochs,
  weights: training.products.map((product) => product.weights()),
});

describe("the order of images", () => {
  it("is a permutation, another in every epoch, the same for the same draw", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(20), (count, epoch) => {
        const order = orderOf(draw, epoch, count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, image) => image));
        expect(orderOf(draw, epoch, count)).toEqual(order);
        if (count > 10) expect(orderOf(draw, epoch + 1, count)).not.toEqual(order);
      }),
      { numRuns: 30 },
    );
  });

  // Every image comes first with chance 1 / 5: 400 of 2,000, standard deviation 18; four of them are 72.
  it("puts every image at every place as often as any other", () => {
    const first = new Uint32Array(5);
    for (let epoch = 0; epoch < 2000; epoch++) first[orderOf(draw, epoch, 5)[0]!]!++;
    for (const count of first) expect(Math.abs(count - 400)).toBeLessThan(72);
  });
});

describe("a training", () => {
  it("learns what a linear map does not, and says so beside one", async () => {
    const ring = { train: imagesOf(400, 3, true), test: imagesOf(200, 4, true) };
    const training = trainingOn(ring, 6);
    await training.run({ progress() {}, signal: never });
    const linear = linearTraining(ring, 2, 6, draw);
    await linear.run({ progress() {}, signal: never });
    expect(training.epochs.at(-1)!.accuracy).toBeGreaterThan(0.98);
    // Chance is one half; 200 images have a standard deviation of 0.035.
    expect(Math.abs(linear.epochs.at(-1)!.accuracy - 0.5)).toBeLessThan(0.15);
    const lost = training.epochs.map(({ loss }) => loss);
    expect(lost.at(-1)).toBeLessThan(lost[0]! / 2);
    expect(training.epochs.map(({ rate }) => rate)).toEqual([0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125]);
  });

  // Stops while it learns, at the last batch of an epoch, and while it is tested.
  it.each([1, 5, 12, 13, 14, 20])("goes on bit for bit after a stop at step %d", async (stop) => {
    const whole = trainingOn(data);
    expect(await whole.run({ progress() {}, signal: never })).toBe(false);

    const controller = new AbortController();
    let steps = 0;
    let kept: TrainingState | undefined;
    const stopped = await trainingOn(data).run({
      progress() {
        if (++steps === stop) controller.abort();
      },
      signal: controller.signal,
      keep: (state) => {
        kept = structuredClone(state);
      },
    });
    expect(stopped).toBe(true);
    const resumed = trainingOn(data);
    resumed.restore({ ...kept!, progress: JSON.parse(JSON.stringify(kept!.progress)) });
    expect(await resumed.run({ progress() {}, signal: never })).toBe(false);
    expect(allOf(resumed)).toEqual(allOf(whole));
  });

  it("goes on into more epochs as if they had been asked for at once", async () => {
    let kept: TrainingState | undefined;
    await trainingOn(data, 1).run({
      progress() {},
      signal: never,
      keep: (state) => {
        kept = state;
      },
    });
    const resumed = trainingOn(data, 3);
    resumed.restore(kept!);
    await resumed.run({ progress() {}, signal: never });
    const whole = trainingOn(data, 3);
    await whole.run({ progress() {}, signal: never });
    expect(allOf(resumed)).toEqual(allOf(whole));
  });
});

describe("a network's spec", () => {
  const read = (text: string) => readSpec(userTree(text, "net.yaml", "test"));

  it("has what it says, and defaults for the rest", () => {
    expect(read("layers: [784, 250, 10]")).toEqual({
      layers: [784, 250, 10],
      activation: "sigmoid",
      bias: true,
      loss: "cross-entropy",
    });
    const network = networkOfSpec(read("{layers: [4, 3, 2], activation: tanh, loss: mean-squared, bias: false}"), draw);
    expect(network.steps.map(({ operator }) => operator)).toEqual(["Gemm", "Tanh", "Gemm", "Tanh"]);
  });

  it.each([
    ["layers: [784]", "net.yaml:1: layers is [784], expected two whole numbers or more"],
    ["layers: [784, 0, 10]", "net.yaml:1: layers is"],
    ["layers: [784, 1]", "whole numbers or more from 1 to 65536, classes last and two at least: [784, 250, 10]"],
    [
      "layers: [4, 2]\nactivation: sigmoyd",
      "net.yaml:2: activation is sigmoyd, expected relu or sigmoid or tanh; near: sigmoid",
    ],
    ["layers: [4, 2]\nlos: mean-squared", 'net.yaml:2: no key "los"'],
    ["layers: [4, 2]\nbias: maybe", "net.yaml:2: bias is maybe, expected true or false"],
    ["- 1", "net.yaml: no keys"],
  ])("%j is refused in one line", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
