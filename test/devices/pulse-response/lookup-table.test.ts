import { describe, expect, it } from "vitest";
import { lookupTable, lookupTableLaw } from "../../../devices/pulse-response/lookup-table.ts";
import { pulseResponseLaw } from "../../../devices/pulse-response/pulse-response.ts";
import { stepTableOf } from "../../../devices/pulse-response/step-table.ts";
import { drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { bentSets, freshDevice, stretchOf, withLeaf } from "../../contracts/one-device.ts";
import { normalCdf, uniformityP } from "../../ground/draws/statistics.ts";

const synthetic = shippedSet("lookup-table", "synthetic-soft-bounds");
const count = 20_000;

const leaf = (value: readonly number[]): Known<readonly number[]> => ({
  value,
  unit: "S",
  howKnown: "assumed",
  source: null,
});

function normals(seed: number): Float32Array {
  const out = new Float32Array(count);
  fillNormalPlain(drawOf(seed), 0, out);
  return out;
}

/** Steps that the table draws from a conductance. */
function drawn(values: KnownTree, direction: "up" | "down", conductance: number): Float64Array {
  const table = stepTableOf(values, direction);
  return Float64Array.from(normals(4), (normal) => table(conductance, normal));
}

/** Mean of the soft-bounds law that the synthetic table is made of, S; its standard deviation is 0.3 of it. */
function meanStep(direction: "up" | "down", conductance: number): number {
  const w = (conductance - 10e-6) / (20e-6 / 1.2) - 0.6;
  return (direction === "up" ? 0.001 * (1 - w / 0.6) : -0.001 * (1 + w / 0.6)) * (20e-6 / 1.2);
}

/** Kolmogorov and Smirnov's probability that steps have the law's distribution. */
function agreement(steps: Float64Array, mean: number): number {
  const sigma = 0.3 * Math.abs(mean);
  return uniformityP(steps.map((step) => normalCdf((step - mean) / sigma)));
}

describe("table of steps", () => {
  // At states of the table, and between two of them, where quantiles are straight as the law's are.
  it.each([
    ["up", 10e-6],
    ["up", 17.5e-6],
    ["up", 21.3e-6],
    ["down", 28.1e-6],
    ["down", 15e-6],
  ] as const)("going %s from %d S draws the steps of the law that it was made of", (direction, conductance) => {
    const mean = meanStep(direction, conductance);
    expect(agreement(drawn(synthetic, direction, conductance), mean)).toBeGreaterThan(1e-3);
    expect(agreement(drawn(synthetic, direction, conductance), 1.05 * mean)).toBeLessThan(1e-6);
  });

  it("is that law's own: the pulse-response set makes the same steps", () => {
    const law = pulseResponseLaw(shippedSet("pulse-response", "soft-bounds"));
    const { traits } = freshDevice(law);
    const steps = Float64Array.from(normals(5), (normal) => {
      const x = Float64Array.of(0.2);
      law.evolve(x, stretchOf(law, 1, 1, 1e-7), Float64Array.of(normal), traits);
      return (x[0]! - 0.2) * (20e-6 / 1.2);
    });
    expect(agreement(steps, meanStep("up", 10e-6 + 0.8 * (20e-6 / 1.2)))).toBeGreaterThan(1e-3);
  });

  it("has the law's quantiles at every state and level, and none may be 5 percent off", () => {
    const levels = (synthetic.levels as Known<readonly number[]>).value;
    const states = Array.from({ length: 17 }, (_, k) => 10e-6 + k * 1.25e-6);
    // Levels by the normal distribution of normals: the ends are 4 deviations away, and 9 is beyond.
    const deviations = levels.map((level) => (level === 0 ? -9 : level === 1 ? 9 : quantile(level)));
    const holds = (values: KnownTree): boolean => {
      const ends = ["limits.low", "limits.high", "start"].map((path) => valueAt(values, path));
      const tables = (["up", "down"] as const).every((direction) => {
        const table = stepTableOf(values, direction);
        return states.every((state) =>
          deviations.every((z) => {
            const mean = meanStep(direction, state);
            const expected = mean + 0.3 * Math.abs(mean) * Math.min(4, Math.max(-4, z));
            return Math.abs(table(state, z) - expected) <= 2e-3 * Math.abs(mean) + 1e-14;
          }),
        );
      });
      return tables && ends.every((value, k) => Math.abs(value / [10e-6, 30e-6, 20e-6][k]! - 1) < 1e-9);
    };
    expect(holds(synthetic)).toBe(true);
    const missed = [...bentSets(synthetic)]
      .filter(({ path }) => !/^(temperature|threshold|levels)/.test(path))
      .filter(({ values }) => {
        try {
          return holds(values);
        } catch {
          return false;
        }
      });
    expect(missed.map(({ path }) => path)).toEqual([]);
  });

  it("takes means and deviations, or measured conductances before and after pulses, in place of quantiles", () => {
    const { up: _, ...rest } = synthetic;
    const states = Array.from({ length: 9 }, (__, k) => 10e-6 + k * 2.5e-6);
    const means = states.map((state) => meanStep("up", state));
    const byMoments = { ...rest, up: { mean: leaf(means), deviation: leaf(means.map((mean) => 0.3 * mean)) } };
    expect(agreement(drawn(byMoments, "up", 17.5e-6), meanStep("up", 17.5e-6))).toBeGreaterThan(1e-3);

    // 500 measured steps from each of four states; a sample's quantiles are within 1.95 / sqrt(500) of the law's.
    const four = [12e-6, 16e-6, 20e-6, 24e-6];
    const noise = normals(6);
    const before = four.flatMap((state) => Array.from({ length: 500 }, () => state));
    const after = before.map((from, i) => from + meanStep("up", from) * (1 + 0.3 * noise[i]!));
    const measured = { ...rest, states: leaf(four), up: { before: leaf(before), after: leaf(after) } };
    const steps = drawn(measured, "up", 16e-6).sort();
    const mean = meanStep("up", 16e-6);
    const distance = steps.reduce(
      (most, step, i) => Math.max(most, Math.abs(i / count - normalCdf((step - mean) / (0.3 * mean)))),
      0,
    );
    expect(distance).toBeLessThan(1.95 / Math.sqrt(500));
    const sparse = { ...measured, states: leaf([12e-6, 16e-6, 20e-6, 24e-6, 28e-6]) };
    expect(() => stepTableOf(sparse, "up")).toThrow(/0 steps from about 0.000028 S, expected 10 or more/);
    expect(() => stepTableOf(withLeaf(synthetic, "levels", [0.1, 1]), "up")).toThrow(/levels/);
  });

  it("of Gong 2018 keeps a cell within what was measured, up pulses above down pulses", async () => {
    const device = lookupTable.prepare(shippedSet("lookup-table", "gong-2018"));
    const means: number[] = [];
    for (const voltage of [1, -1]) {
      const cells = device.create(await openEngine(1 << 22, "typescript"), 500, drawOf(1), everything);
      for (let pulse = 0; pulse < 200; pulse++) cells.apply({ voltage, duration: 1e-7 }, new Float64Array(500));
      const now = new Float32Array(500);
      cells.conductance(now);
      expect(now.every((g) => g >= 16e-6 * 0.999999 && g <= 45e-6 * 1.000001)).toBe(true);
      means.push(now.reduce((a, b) => a + b, 0) / 500);
    }
    expect(means[0]! - means[1]!).toBeGreaterThan(2e-6);
  });

  it("keeps its state in float64, and steps by the median where there is no spread", () => {
    const law = lookupTableLaw(synthetic);
    const { x, traits, normals: none } = freshDevice(law);
    law.evolve(x, stretchOf(law, 1, 1, 1e-7), none, traits);
    expect((x[0]! - 20e-6) / meanStep("up", 20e-6)).toBeCloseTo(1, 5);
  });
});

function valueAt(values: KnownTree, path: string): number {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values) === undefined
    ? Number.NaN
    : (path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values) as { value: number })
        .value;
}

/** The normal quantile of a probability, by halving. */
function quantile(level: number): number {
  let [low, high] = [-8, 8];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < level) low = middle;
    else high = middle;
  }
  return low;
}
