import { describe, expect, it } from "vitest";
import { SpikingNetwork, type SpikingSpec } from "../../../experiments/papers/multi-memristive/spiking-network.ts";
import {
  labelsFrom,
  runSpiking,
  type SpikingInput,
  spikingSpec,
  toldBy,
} from "../../../experiments/papers/multi-memristive/spiking-run.ts";
import { SpikingFloats, type SpikingWeights } from "../../../experiments/papers/multi-memristive/spiking-weights.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { someDigits } from "./digits.ts";

const tools = () => ({
  progress() {},
  signal: new AbortController().signal,
  openEngine,
  digits: async (part: "train" | "test") => (part === "train" ? someDigits(0, 1200) : someDigits(1200, 300)),
});

/** Two halves of the picture, each of which one neuron is for; what it is asked to change is noted. */
function halves(): SpikingWeights & { readonly asked: { neuron: number; seen: Uint8Array }[] } {
  const asked: { neuron: number; seen: Uint8Array }[] = [];
  return {
    asked,
    multiply(x, vectors) {
      const sums = new Float32Array(2 * vectors);
      for (let v = 0; v < vectors; v++)
        for (let i = 0; i < 784; i++) sums[2 * v + (i < 392 ? 0 : 1)]! += x[784 * v + i]!;
      return sums;
    },
    change(neuron, seen) {
      asked.push({ neuron, seen: seen.slice() });
    },
    elapse() {},
  };
}

const spec: SpikingSpec = { ...spikingSpec, neurons: 2, threshold: 100, adaptation: 50, adaptationTime: 1e9 };

describe("a layer of competing neurons", () => {
  it("lets the neuron of what is shown fire, and asks that what spiked before it gains", async () => {
    const weights = halves();
    const network = new SpikingNetwork(await openEngine(1 << 20), spec, weights, drawOf(1));
    const image = new Float32Array(784).fill(1, 392, 784);
    image[3] = 0.1;
    const counts = network.show(image);
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(1);
    expect(weights.asked.length).toBe(counts[1]);
    expect(weights.asked.every(({ neuron }) => neuron === 1)).toBe(true);
    // 392 pixels with 0.2 a step: 78 in the first, so that 100 are reached in the second; those are 1 - 0.8^2 of them, within four deviations.
    const first = weights.asked[0]!.seen;
    const seen = first.reduce((sum, one) => sum + one, 0);
    expect(Math.abs(seen - 392 * 0.36)).toBeLessThan(4 * Math.sqrt(392 * 0.36 * 0.64));
    // Pixels darker than the least do not spike, and what was seen stays so.
    expect(first.subarray(0, 392).every((one) => one === 0)).toBe(true);
    const later = weights.asked.at(-1)!.seen;
    expect(first.every((one, i) => one <= later[i]!)).toBe(true);
  });

  it("raises thresholds while it learns and no longer", async () => {
    const weights = halves();
    const network = new SpikingNetwork(await openEngine(1 << 20), spec, weights, drawOf(1));
    const image = new Float32Array(784).fill(1, 0, 392);
    const counts = Array.from({ length: 4 }, () => network.show(image)[0]!);
    expect(counts[3]).toBeLessThan(counts[0]!);
    network.stopLearning();
    const asked = weights.asked.length;
    const after = Array.from({ length: 12 }, () => network.show(image)[0]!);
    expect(weights.asked.length).toBe(asked);
    // The same threshold all the while: what the spikes of 20 steps differ by is the images' own chance.
    expect(Math.max(...after) - Math.min(...after)).toBeLessThanOrEqual(1);
  });

  it("changes floating point weights by the steps, held between 0 and 1", async () => {
    const engine = await openEngine(1 << 20);
    const floats = new SpikingFloats(engine, 3, 2, { gain: 0.3, loss: 0.2 }, { mean: 0.5, deviation: 0 }, drawOf(1));
    const weightsOf = () =>
      Array.from({ length: 3 }, (_, i) => {
        const x = new Float32Array(3);
        x[i] = 1;
        return [...floats.multiply(x, 1)];
      });
    floats.change(1, Uint8Array.of(1, 0, 1));
    floats.change(1, Uint8Array.of(1, 0, 0));
    floats.change(1, Uint8Array.of(1, 0, 0));
    const expected = [1, 0, 0.4];
    for (const [i, own] of weightsOf().entries()) {
      expect(own[0]).toBeCloseTo(0.5, 6);
      expect(own[1]).toBeCloseTo(expected[i]!, 6);
    }
  });
});

describe("labels", () => {
  it("are those for which neurons fired most, and neurons without spikes have none", () => {
    const votes = new Float64Array(30);
    votes[4] = 3;
    votes[7] = 2;
    votes[20 + 9] = 1;
    const labels = labelsFrom(votes);
    expect(labels).toEqual([4, -1, 9]);
    expect(toldBy(Uint16Array.of(1, 7, 2), labels)).toBe(9);
    expect(toldBy(Uint16Array.of(0, 7, 0), labels)).toBe(-1);
  });
});

describe("the digits' spiking network", () => {
  const input = (devices: number | null): SpikingInput => ({ devices, learning: 150, labelling: 250, testing: 250 });

  // Chance is 0.1; the two differ by a sixth of the images where one standard error of a share is 0.03.
  it("tells digits better with seven devices a synapse than with one, and the same twice", async () => {
    const run = (devices: number) => runSpiking(input(devices), at(drawOf(2), "spiking"), tools());
    const [one, seven, again] = [await run(1), await run(7), await run(1)];
    expect(one.accuracy).toBeGreaterThan(0.25);
    expect(seven.accuracy).toBeGreaterThan(one.accuracy + 0.05);
    expect(again).toEqual(one);
    expect(seven.devices).toBe(7 * 784 * 50);
  });
});
