import { beforeAll, describe, expect, it } from "vitest";
import { type Cause, causes } from "../../../circuits/index.ts";
import { type EvaluateRequest, evaluate, type ImageData, networkTasks } from "../../../experiments/network/index.ts";
import { InterruptedError } from "../../../src/ground/errors.ts";
import type { Pool } from "../../../src/ground/jobs/pool.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { keeper } from "../../../src/surface/task.ts";
import { chipWith } from "../../circuits/layers.ts";
import { bytesOf, node, numbers, ort, weight } from "../../onnx-graphs.ts";

// Two layers on 16 inputs whose scores lie close together, so that every cause moves some images to another class.
const nodes = [
  node("Gemm", ["x", "w1", "b1"], ["h"]),
  node("Relu", ["h"], ["r"]),
  node("Gemm", ["r", "w2", "b2"], ["y"]),
];
const tensors = [weight("w1", [16, 12]), weight("b1", [12]), weight("w2", [12, 5]), weight("b2", [5])];
const bytes = bytesOf({ nodes, tensors, input: ["batch", 16] });
const images = 400;
const data: ImageData = {
  values: numbers(16 * images, 21),
  labels: Int32Array.from({ length: images }, (_, i) => i % 5),
  size: 16,
  shapes: [[16]],
  scale: [1],
  shift: [0],
};

const asked: EvaluateRequest = {
  data: "numbers",
  times: [0, 30 * 86_400],
  chips: 3,
  seed: 5,
  compensation: "both",
  readNoise: "process",
  fidelity: "statistical",
  readWindow: 1e-3,
  without: new Set(),
  causes: false,
  top: [2],
  gpus: [],
  batches: [1],
  precision: "fp16",
  inferences: 1e6,
};

const keep = keeper();

/** A pool of one thread that stops at the given step of the given call. */
function pool(controller: AbortController, stop: { readonly call: number; readonly step: number } | null): Pool {
  let call = -1;
  return {
    threads: 1,
    async map<Input, Output>(_: string, inputs: readonly Input[], watch: Parameters<Pool["map"]>[2]) {
      call++;
      const outputs: Output[] = [];
      for (const [index, input] of inputs.entries()) {
        if (stop?.call === call && stop.step === index) controller.abort();
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

async function run(request: Partial<EvaluateRequest>, stop: { call: number; step: number } | null = null) {
  const controller = new AbortController();
  return evaluate(
    { ...asked, ...request },
    {
      ort,
      openEngine,
      keep,
      source: { file: "causes.onnx", bytes, imageShapes: [[16]] },
      // Few bits, so that converters matter too.
      chip: chipWith("pcm", "inputConverter.bits=3", "outputConverter.bits=4"),
      test: data,
      calibration: data,
      pool: pool(controller, stop),
      signal: controller.signal,
      stage: () => ({ progress: () => {} }),
    },
  );
}

const all: readonly Cause[] = [
  "programmingNoise",
  "drift",
  "readNoise",
  "inputConverter",
  "outputConverter",
  "clipping",
];

describe("causes alone and removed", () => {
  let whole: Awaited<ReturnType<typeof run>>["evaluation"];
  beforeAll(async () => {
    whole = (await run({ causes: true })).evaluation;
  });

  it("name every cause once a time and setting", () => {
    const named = whole.causes!.map(({ time, compensated, cause }) => `${time} ${compensated} ${cause}`);
    expect(new Set(named).size).toBe(2 * 2 * all.length);
    expect(named).toHaveLength(2 * 2 * all.length);
  });

  // The same chips with the same draws: not near, but the very images.
  it.each(all)("are what an evaluation without %s gives, chip by chip", async (cause) => {
    const removed = (await run({ without: new Set([cause]) })).evaluation;
    const others = all.filter((other) => other !== cause);
    const alone = (await run({ without: new Set(others) })).evaluation;
    const off = (await run({ without: new Set(all), chips: 1 })).evaluation.results[0]!.accuracy.mean;
    for (const [index, { time, compensated, accuracy }] of whole.results.entries()) {
      const row = whole.causes!.find(
        (found) => found.cause === cause && found.time === time && found.compensated === compensated,
      )!;
      const expected = removed.results[index]!.accuracy.chips.map((other, chip) => other - accuracy.chips[chip]!);
      expect(row.removed.chips).toEqual(expected);
      expect(row.alone.chips).toEqual(alone.results[index]!.accuracy.chips.map((other) => off - other));
    }
  });

  it("leave out what is off already, and lose nothing to drift at the first reading", async () => {
    const { causes: acting } = (await run({ causes: true, without: new Set(["drift", "clipping"]) })).evaluation;
    expect(new Set(acting!.map(({ cause }) => cause))).toEqual(
      new Set(["programmingNoise", "readNoise", "inputConverter", "outputConverter"]),
    );
    const drift = whole.causes!.filter(({ cause, time }) => cause === "drift" && time === 0);
    expect(drift.every(({ alone }) => alone.chips.every((lost) => lost === 0))).toBe(true);
  });

  it("are none where all are off, and that is said", async () => {
    const { evaluation, warnings } = await run({ causes: true, without: new Set(causes) });
    expect([evaluation.causes, evaluation.causesByLayer]).toEqual([[], []]);
    expect(warnings.join()).toContain("every cause is off");
  });

  it("make layers exact one at a time, the worst first", () => {
    const ratios = new Map(whole.network.layers.map(({ name, signalToNoise }) => [name, signalToNoise!]));
    const order = whole.causesByLayer!.slice(0, 2).map(({ layer }) => ratios.get(layer)!);
    expect(order[0]).toBeLessThan(order[1]!);
    expect(whole.causesByLayer).toHaveLength(2 * 2 * 2);
    // Scores of chance level would say nothing: an exact layer changes some image.
    expect(whole.causesByLayer!.some(({ removed }) => removed.chips.some((gained) => gained !== 0))).toBe(true);
  });

  it("cover the chips for which everything finished, and an interruption keeps the evaluation", async () => {
    // Call 0 is the self-check, 1 the chips, 2 the causes: per chip 6 removed, 3 alone, 2 layers, and 3 more for the first.
    const stopped = await run({ causes: true }, { call: 2, step: 14 + 11 });
    expect(stopped.interrupted).toBe(true);
    expect(stopped.evaluation.finishedChips).toBe(3);
    expect(stopped.evaluation.results).toEqual(whole.results);
    for (const [index, { removed }] of stopped.evaluation.causes!.entries()) {
      expect(removed.chips).toEqual(whole.causes![index]!.removed.chips.slice(0, 2));
    }
    const early = await run({ causes: true }, { call: 2, step: 3 });
    expect(early.evaluation.causes).toEqual([]);
  });
});

describe("figures of an accuracy", () => {
  it("stand apart: chip to chip, test set to test set, and their laws", async () => {
    const { evaluation } = await run({});
    const float = evaluation.floatAccuracy;
    // Standard error of a share of independent images, with n - 1.
    expect(evaluation.floatAccuracyError).toBeCloseTo(Math.sqrt((float * (1 - float)) / (images - 1)), 12);
    for (const { accuracy, topAccuracy } of evaluation.results) {
      expect(accuracy.from.chip).toBe(accuracy.standardDeviation);
      // Three chips on the same images: between all independent and all alike.
      const alike = Math.sqrt((accuracy.mean * (1 - accuracy.mean)) / (images - 1));
      expect(accuracy.from.testSet!).toBeLessThan(alike);
      expect(accuracy.from.testSet!).toBeGreaterThan(alike / Math.sqrt(3));
      expect(topAccuracy.map(({ k }) => k)).toEqual([2]);
      expect(topAccuracy[0]!.mean).toBeGreaterThan(accuracy.mean);
    }
  });

  it("have no error of the scores with every cause off, and a larger one after drift", async () => {
    const exact = (await run({ without: new Set(all) })).evaluation;
    for (const { meanSquaredError } of exact.results) expect(meanSquaredError.mean).toBeLessThan(1e-10);
    const [first, , later] = (await run({})).evaluation.results;
    // A day of drift that nothing compensates about doubles it; three chips tell a half more.
    expect(later!.meanSquaredError.mean).toBeGreaterThan(1.5 * first!.meanSquaredError.mean);
  });

  it("count every conversion of the first batch and every pair in the histograms", async () => {
    const { histograms, network } = (await run({})).evaluation;
    const batch = Math.min(256, images);
    const countOf = ({ counts, below, above }: (typeof histograms)[number]["inputs"]): number =>
      below + above + counts.reduce((sum, count) => sum + count, 0);
    for (const [index, { layer, inputs, outputs, target, first, last }] of histograms.entries()) {
      const { name, rows, columns } = network.layers[index]!;
      expect(layer).toBe(name);
      expect(countOf(inputs)).toBe(batch * rows);
      expect(countOf(outputs)).toBe(batch * columns);
      for (const weights of [target, first, last]) expect(countOf(weights)).toBe(rows * columns);
      // Drift pulls weights together: fewer lie in the outer half of the range.
      const outer = ({ counts }: typeof first): number =>
        counts.filter((_, bin) => Math.abs(bin - 31.5) > 16).reduce((sum, count) => sum + count, 0);
      expect(outer(last)).toBeLessThan(outer(first));
      expect(target.below + target.above).toBe(0);
    }
  });
});

describe("places of labels", () => {
  it("count the classes before, the first of equal ones first", async () => {
    const { rankLabels } = await import("../../../experiments/network/scores.ts");
    const ranks = new Uint32Array(5);
    const scores = Float32Array.of(...[1, 2, 3], ...[2, 2, 1], ...[2, 2, 1], ...[0, 5, 9], ...[Number.NaN, 1, 2]);
    rankLabels(scores, Int32Array.of(2, 0, 1, 0, 0), ranks);
    expect([...ranks]).toEqual([0, 0, 1, 2, 3]);
  });
});
