import { describe, expect, it } from "vitest";
import { causes } from "../../../circuits/index.ts";
import { calibrate } from "../../../experiments/network/calibration.ts";
import { type EvaluateRequest, evaluate, type ImageData, networkTasks } from "../../../experiments/network/index.ts";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { layersOf, placementOf } from "../../../experiments/network/placement.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { Pool } from "../../../src/ground/jobs/pool.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { keeper } from "../../../src/surface/task.ts";
import { chipWith } from "../../circuits/layers.ts";
import {
  bytesOf,
  exact,
  floatTensor,
  type GraphText,
  integerTensor,
  node,
  numbers,
  ort,
  weight,
} from "../../onnx-graphs.ts";

const [steps, features, hidden, classes] = [6, 5, 8, 4];

/** Sequences [n, steps, features], an LSTM, a GRU of both directions on what it gives at every step, and scores. */
const stacked = (resetsProduct: boolean): GraphText => ({
  nodes: [
    node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
    node("LSTM", ["s", "aw", "ar", "ab"], ["a"], { hidden_size: BigInt(hidden) }),
    node("Squeeze", ["a", "one"], ["as"]),
    node("GRU", ["as", "bw", "br", "bb"], ["", "b"], {
      hidden_size: BigInt(hidden),
      direction: "bidirectional",
      linear_before_reset: resetsProduct ? 1n : 0n,
    }),
    node("Transpose", ["b"], ["bt"], { perm: [1n, 0n, 2n] }),
    node("Flatten", ["bt"], ["bf"]),
    node("Gemm", ["bf", "head"], ["y"]),
  ],
  tensors: [
    ...[weight("aw", [1, 4 * hidden, features]), weight("ar", [1, 4 * hidden, hidden]), weight("ab", [1, 8 * hidden])],
    ...[weight("bw", [2, 3 * hidden, hidden]), weight("br", [2, 3 * hidden, hidden]), weight("bb", [2, 6 * hidden])],
    ...[weight("head", [2 * hidden, classes]), integerTensor("one", [1], [1])],
  ],
  input: ["n", steps, features],
});

const count = 300;
const sequences: ImageData = {
  values: numbers(count * steps * features, 3),
  labels: Int32Array.from({ length: count }, (_, i) => i % classes),
  size: steps * features,
  shapes: [[steps, features]],
  scale: [1],
  shift: [0],
};

const asked: EvaluateRequest = {
  data: "sequences",
  times: [0, 86_400],
  chips: 2,
  seed: 1,
  compensation: "both",
  readNoise: "process",
  fidelity: "statistical",
  readWindow: null,
  without: new Set(),
  causes: false,
  top: [2],
  gpus: ["a100"],
  batches: [1],
  precision: "fp16",
  inferences: 1e6,
};

async function run(
  bytes: Uint8Array,
  images: ImageData,
  request: Partial<EvaluateRequest> = {},
  threads = 1,
  chip: string[] = [],
) {
  const keep = keeper();
  const { signal } = new AbortController();
  const pool: Pool = {
    threads,
    async map<Input, Output>(_: string, inputs: readonly Input[], watch: Parameters<Pool["map"]>[2]) {
      const outputs: Output[] = [];
      for (const [index, input] of inputs.entries()) {
        const tools = { ort, openEngine, keep, progress: watch.progress, signal };
        outputs[index] = (await networkTasks.evaluateStep(input as never, tools)) as Output;
        watch.done(index, outputs[index]);
      }
      return outputs;
    },
    close: async () => {},
  };
  return evaluate(
    { ...asked, ...request },
    {
      ...{ ort, openEngine, keep, pool, signal, test: images, calibration: images },
      source: { file: "recurrent.onnx", bytes, imageShapes: images.shapes },
      chip: chipWith("pcm", ...chip),
      stage: () => ({ progress: () => {} }),
    },
  );
}

const sum = (parts: Readonly<Record<string, number>>): number => Object.values(parts).reduce((a, b) => a + b, 0);

describe("an evaluation of a recurrent network", () => {
  it("is the same bits for any number of threads, checks itself, and its parts sum to the whole", async () => {
    const bytes = bytesOf(stacked(false));
    const one = await run(bytes, sequences);
    expect(await run(bytes, sequences, {}, 3)).toEqual(one);
    const { evaluation, warnings } = one;
    expect(warnings).toEqual([]);
    expect(evaluation.selfCheck.sameClass).toBe(count);
    expect(evaluation.selfCheck.maximumLogitDifference).toBeLessThan(1e-4);
    const { network, energy, latency } = evaluation;
    expect(network.layers.map(({ name, operator }) => `${operator} ${name}`)).toEqual([
      ...["LSTM a.input", "LSTM a.recurrent", "GRU b.input", "GRU b.input.reverse"],
      ...[
        "GRU b.recurrent",
        "GRU b.recurrent.candidate",
        "GRU b.recurrent.reverse",
        "GRU b.recurrent.candidate.reverse",
      ],
      "Gemm y",
    ]);
    expect(network.digitalOperators).toMatchObject({ "LSTM gates": 1, "GRU gates": 1 });
    const perStep = 4 * hidden * (features + hidden) + 2 * 3 * hidden * (hidden + hidden);
    expect(network.macs).toEqual({ analog: steps * perStep + 2 * hidden * classes, digital: 0 });
    for (const whole of [energy, latency]) {
      expect(sum(whole.byComponent) / whole.perInference).toBeCloseTo(1, 9);
      expect(sum(whole.byLayer) / whole.perInference).toBeCloseTo(1, 9);
    }
    // A converter a column: a layer takes as long as its vectors, one a step, and the last layer one.
    expect(latency.byLayer["a.recurrent"]! / latency.byLayer["a.input"]!).toBeCloseTo(1, 9);
    expect(latency.byLayer["a.recurrent"]! / latency.byLayer.y!).toBeCloseTo(steps, 9);
    for (const { relativeError, inputRange } of network.layers) {
      expect(relativeError).toBeGreaterThan(0.005);
      expect(relativeError).toBeLessThan(0.5);
      expect(inputRange).toBeGreaterThan(0);
    }
  });

  it.each([false, true])("is the float network with every cause off (products reset: %s)", async (resetsProduct) => {
    const { evaluation } = await run(bytesOf(stacked(resetsProduct)), sequences, { without: new Set(causes) });
    for (const { accuracy, meanSquaredError } of evaluation.results) {
      expect(accuracy.chips).toEqual([evaluation.floatAccuracy, evaluation.floatAccuracy]);
      expect(meanSquaredError.mean).toBeLessThan(1e-10);
    }
    expect(evaluation.network.layers.every(({ relativeError }) => relativeError! < 1e-5)).toBe(true);
  });

  // h <- relu(h I) adds one read's noise a step. Squares of T independent errors add to T times one's; one error T times
  // would be T^2 = 256 times or more. 256 images of 4 outputs are 1,024 squares a side: the ratio's standard error is
  // 16 sqrt(2 x 2 / 1,024) = 1, and the bound four of them.
  it("draws the noise of every step anew", async () => {
    const wide = 4;
    const squaredError = async (length: number): Promise<number> => {
      const identity = Float32Array.from({ length: wide * wide }, (_, i) => (i % (wide + 1) === 0 ? 1 : 0));
      const nodes = [
        node("Unsqueeze", ["x", "zero"], ["start"]),
        node("ReduceSum", ["start", "two"], ["s"], { keepdims: 1n }),
        node("Sub", ["s", "s"], ["nothing"]),
        node("Concat", Array<string>(length).fill("nothing"), ["steps"], { axis: 0n }),
        node("RNN", ["steps", "w", "r", "", "", "start"], ["", "h"], {
          hidden_size: BigInt(wide),
          activations: ["Relu"],
        }),
        node("Squeeze", ["h", "zero"], ["y"]),
      ];
      const tensors = [
        ...[floatTensor("w", [1, wide, 1], Array(wide).fill(1)), floatTensor("r", [1, wide, wide], identity)],
        ...[integerTensor("zero", [1], [0]), integerTensor("two", [1], [2])],
      ];
      const images: ImageData = {
        values: numbers(256 * wide, 8).map((value) => 0.7 + 0.1 * value),
        labels: Int32Array.from({ length: 256 }, () => 0),
        size: wide,
        shapes: [[wide]],
        scale: [1],
        shift: [0],
      };
      const bytes = bytesOf({ nodes, tensors, input: ["n", wide] });
      const without = new Set(causes.filter((cause) => cause !== "readNoise"));
      const request = { without, readNoise: "perRead", times: [0], chips: 1, compensation: "none" } as const;
      const { evaluation } = await run(bytes, images, request);
      return evaluation.results[0]!.meanSquaredError.mean;
    };
    const [one, sixteen] = [await squaredError(1), await squaredError(16)];
    expect(one).toBeGreaterThan(0);
    expect(sixteen / one).toBeGreaterThan(12);
    expect(sixteen / one).toBeLessThan(20);
  });
});

describe("the calibration of a recurrent layer", () => {
  it("sees the state of all steps, though the first is nothing", async () => {
    const network = await readNetwork("test.onnx", bytesOf(stacked(true)), ort);
    const placement = placementOf(chipWith("pcm"), new Set(), "statistical", "process");
    const engine = await openEngine(2 ** 26);
    const layers = layersOf(placement, network.products, engine, at(drawOf(1), "test"));
    const images = numbers(40 * steps * features, 3);
    const seen = network.products.map(() => ({ largest: 0, vectors: 0 }));
    await network.run(images, 40, (index, inputs, vectors) => {
      const known = seen[index]!;
      // No convolution: every input lies as it is multiplied.
      known.largest = (inputs as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), known.largest);
      known.vectors += vectors;
      return exact(network)(index, inputs, vectors);
    });
    const calibration = await calibrate(network, layers, images, 40, 60, 16);
    for (const [index, { ranges, compensationInputs, compensationVectors }] of calibration.entries()) {
      const { name, rows } = network.products[index]!;
      if (!name.includes("recurrent")) continue;
      expect(seen[index]!.vectors, name).toBe(40 * steps);
      expect(ranges.inputRange, name).toBeCloseTo(seen[index]!.largest, 6);
      expect(ranges.inputRange, name).toBeGreaterThan(0.1);
      // Of 60 evenly chosen vectors a sixth is of the first step; one more or less at either end.
      const blank = Array.from({ length: compensationVectors }, (_, v) =>
        compensationInputs.subarray(v * rows, (v + 1) * rows).every((value) => value === 0),
      ).filter(Boolean).length;
      expect(compensationVectors, name).toBe(60);
      expect(Math.abs(blank - 60 / steps), name).toBeLessThanOrEqual(3);
    }
    await network.close();
  });
});
