import { describe, expect, it } from "vitest";
import { type ClassifierInput, runClassifier } from "../../../experiments/papers/multi-memristive/classifier-run.ts";
import { DeviceWeights, mappingOf } from "../../../experiments/papers/multi-memristive/device-weights.ts";
import { testBatch, trainBatch } from "../../../experiments/papers/multi-memristive/perceptron.ts";
import { phaseChangeDevice } from "../../../experiments/papers/multi-memristive/phase-change.ts";
import { requestedPulses } from "../../../experiments/papers/multi-memristive/requested-pulses.ts";
import { rankCorrelation } from "../../../experiments/papers/multi-memristive/spread.ts";
import { FloatWeights } from "../../../experiments/papers/multi-memristive/trained-weights.ts";
import { at, drawOf, fillWords, philox4x32 } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { someDigits } from "./digits.ts";

const numbers = (count: number, place: number): Float32Array =>
  Float32Array.from({ length: count }, (_, k) => philox4x32([k, place, 0, 0], [7, 7])[0] / 2 ** 31 - 1);

describe("back-propagation of the digits' classifier", () => {
  // Differences over 2e-2 in float32 sums: their rounding, 1e-6 over 2e-2, and third derivatives, (1e-2)^2, stay below the bound.
  it("steps along minus the gradient of the loss, by finite differences", () => {
    const [inputs, hidden, images] = [6, 5, 3];
    const first = [numbers(inputs * hidden, 1), numbers((hidden + 1) * 10, 2)];
    const x = numbers(images * inputs, 3);
    x[4] = 0;
    const labels = [3, 0, 9];
    const network = (change: (weights: Float32Array[]) => void) => {
      const weights = first.map((own) => own.slice());
      change(weights);
      const [a, b] = [new FloatWeights(weights[0]!, hidden), new FloatWeights(weights[1]!, 10)];
      return { hidden: a, output: b, slope: 0.8 };
    };
    const rate = 2 ** -10;
    const trained = network(() => {});
    trainBatch(trained, x, labels, { hidden: rate, output: rate });
    for (const [layer, weights] of [trained.hidden, trained.output].entries()) {
      for (let k = 0; k < first[layer]!.length; k += 3) {
        const loss = (by: number) =>
          testBatch(
            network((own) => {
              own[layer]![k]! += by;
            }),
            x,
            labels,
          ).loss;
        const slope = (loss(1e-2) - loss(-1e-2)) / 2e-2;
        const stepped = ((weights as FloatWeights).values[k]! - first[layer]![k]!) / rate;
        expect(Math.abs(stepped + slope)).toBeLessThan(2e-3);
      }
    }
  });
});

describe("steps of weights on devices", () => {
  it("are whole pulses whose mean is the step, at most four", async () => {
    const engine = await openEngine(1 << 24);
    const count = 40_000;
    const words = engine.memory.int32(count);
    fillWords(engine, drawOf(2), 0, words);
    for (const step of [0.03, -0.5, 1.25, -2.9]) {
      const { counts, selected } = requestedPulses(new Float32Array(count).fill(step), 1, words);
      const mean = counts.reduce((sum, own) => sum + own, 0) / count;
      // A fraction f adds a variance of f (1 - f): four standard errors of the mean.
      const fraction = Math.abs(step) % 1;
      expect(Math.abs(mean - step)).toBeLessThan(4 * Math.sqrt((fraction * (1 - fraction)) / count) + 1e-6);
      expect(selected.length).toBe(counts.length);
    }
    expect(requestedPulses(Float32Array.of(70, -70), 1, words).counts).toEqual(Int16Array.of(4, -4));
  });

  // At 1.31 uS, long after a RESET, a pulse adds 0.77 uS in the mean: the pulse that the mapping takes for granted.
  it.each(["single", "differential"] as const)("move %s weights by the step in the linear limit", async (kind) => {
    const engine = await openEngine(1 << 26);
    const device = phaseChangeDevice({ conductance: 1.31e-6, deviation: 0, pulses: 60 });
    const mapping = mappingOf(kind, 4);
    const counters = { potentiationCounter: 1, depressionCounter: 1 };
    const [rows, columns] = [200, 50];
    const weights = new DeviceWeights(engine, device, mapping, counters, [rows, columns], drawOf(3));
    const before = weights.weights.slice();
    // Half a pulse for every weight.
    const step = 0.5 * mapping.step;
    weights.step(new Float32Array(rows).fill(1), new Float32Array(columns).fill(1), 1, step);
    const changes = weights.weights.map((weight, i) => weight - before[i]!);
    const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
    const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / changes.length;
    expect(Math.abs(mean - step)).toBeLessThan(4 * Math.sqrt(variance / changes.length));
    // Not by chance: a step 8 % off would be told.
    expect(4 * Math.sqrt(variance / changes.length)).toBeLessThan(0.08 * step);
    expect(weights.wear().pulses).toBe(weights.activity.pulses.potentiation);
    expect(weights.activity.potentiation).toBeCloseTo(5e-12 * weights.activity.pulses.potentiation, 15);
  });

  it("map conductances to weights as assumed: 8 uS a device and set, or 4 uS around 4 uS", () => {
    expect(mappingOf("differential", 6)).toMatchObject({ offset: 0, scale: 24e-6, step: 0.77 / 24 });
    const single = mappingOf("single", 3);
    expect([single.offset, single.scale]).toEqual([12e-6, 12e-6]);
    expect(single.step).toBeCloseTo(0.77 / 12, 12);
  });

  it("leave pairs, where both sides are high, low and nearly where they were", async () => {
    const engine = await openEngine(1 << 26);
    const device = phaseChangeDevice({ conductance: 8e-6, deviation: 0.5e-6, pulses: 20 });
    const mapping = mappingOf("differential", 6);
    const counters = { potentiationCounter: 1, depressionCounter: 1 };
    const weights = new DeviceWeights(engine, device, mapping, counters, [50, 10], drawOf(4));
    const before = weights.weights.slice();
    const conductance = (): number => {
      const all = new Float32Array(500);
      weights.array.negative!.conductance(all);
      return all.reduce((sum, own) => sum + own, 0) / 500;
    };
    expect(conductance()).toBeGreaterThan(3 * 7e-6);
    expect(weights.refresh(0)).toBeGreaterThan(490);
    // What is left beside the net weight: the 0.1 uS of RESET devices, and half the net weight.
    expect(conductance()).toBeLessThan(3 * 0.6e-6);
    // A read of a pair is wrong by sqrt(6) 0.37 uS, the last pulse may add 3 uS too much.
    const bound = (4 * Math.sqrt(6) * 0.37e-6 + 3e-6) / mapping.scale;
    const worst = weights.weights.reduce((most, weight, i) => Math.max(most, Math.abs(weight - before[i]!)), 0);
    expect(worst).toBeLessThan(bound);
    expect(weights.refresh(1)).toBe(0);
  });

  it("are read with the noise of all their devices", async () => {
    const engine = await openEngine(1 << 26);
    const device = phaseChangeDevice({ conductance: 5e-6, deviation: 0, pulses: 8 });
    const counters = { potentiationCounter: 1, depressionCounter: 1 };
    const mapping = mappingOf("single", 3);
    const weights = new DeviceWeights(engine, device, mapping, counters, [4, 2000], drawOf(5));
    const y = weights.multiply(Float32Array.of(1, 0.5, 0, -1), 1);
    const mean = y.reduce((sum, own) => sum + own, 0) / y.length;
    const deviation = Math.sqrt(y.reduce((sum, own) => sum + (own - mean) ** 2, 0) / y.length);
    // 0.03 G + 0.13 uS of each of three devices, over 12 uS; squares of inputs add up to 2.25. Bounds: four standard errors of 2000.
    const expected = (Math.sqrt(3 * 2.25) * (0.03 * 5 + 0.13)) / 12;
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(4 / Math.sqrt(4000));
    expect(Math.abs(mean - 0.5 * 0.25)).toBeLessThan((4 * expected) / Math.sqrt(2000));
  });
});

describe("the digits' classifier", () => {
  const input = (devices: number): ClassifierInput => ({
    weights: { kind: "single", devices },
    hidden: 40,
    schedule: {
      epochs: 1,
      images: 2000,
      batch: 100,
      firstRate: 0.04,
      lastRate: 0.005,
      outputShare: 0.05,
      testImages: 500,
    },
  });
  const tools = () => ({
    progress() {},
    signal: new AbortController().signal,
    openEngine,
    digits: async (part: "train" | "test") => (part === "train" ? someDigits(0, 2000) : someDigits(2000, 500)),
  });

  it("is better with seven devices a synapse than with one, and the same twice", async () => {
    const run = (devices: number) => runClassifier(input(devices), at(drawOf(6)), tools());
    const [one, seven, again] = [await run(1), await run(7), await run(1)];
    expect(seven.accuracy).toBeGreaterThan(one.accuracy + 0.1);
    expect(again).toEqual(one);
    expect(one.devices).toBe(785 * 40 + 41 * 10);
  });

  it("hears of a stop", async () => {
    const stop = new AbortController();
    let images = 0;
    const stopping = {
      ...tools(),
      signal: stop.signal,
      progress(amount: number) {
        images += amount;
        if (images >= 300) stop.abort();
      },
    };
    await expect(runClassifier(input(1), at(drawOf(6)), stopping)).rejects.toThrow("interrupted");
    expect(images).toBe(300);
  });
});

describe("rank correlation", () => {
  it("follows order alone, and shares ranks of equal values", () => {
    expect(rankCorrelation([1, 2, 3, 4], [2, 3, 50, 51])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    // Ranks 0.5, 0.5, 2 against 0, 1, 2: covariance 1.5, variances 1.5 and 2.
    expect(rankCorrelation([5, 5, 6], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
  });
});
