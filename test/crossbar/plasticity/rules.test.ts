import { describe, expect, it } from "vitest";
import { newLineActivity, updateRule } from "../../../crossbar/plasticity/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

const engine = await openEngine(1 << 20);

const x = Float32Array.of(0.9, -0.4, 0, 0.2);
const d = Float32Array.of(0.05, -0.02, 0, 0.01, -0.05);
const rate = 0.1;
const updates = 4000;

/** Mean and variance of the counts of every cell over many updates. */
function countsOf(name: string, steps: { growing: number; falling: number }, options = {}) {
  const setting = { engine, rows: x.length, columns: d.length, steps, draw: drawOf(1) };
  const rule = updateRule(name, setting, options);
  const activity = newLineActivity(x.length, d.length, false);
  const counts = new Int16Array(x.length * d.length);
  const [sum, squares] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  for (let update = 0; update < updates; update++) {
    rule.request(x, d, rate, update, counts, activity);
    for (const [i, count] of counts.entries()) {
      sum[i]! += count;
      squares[i]! += count ** 2;
    }
  }
  const mean = sum.map((value) => value / updates);
  return { mean, variance: squares.map((value, i) => value / updates - mean[i]! ** 2) };
}

const products = Array.from(x, (input) => Array.from(d, (output) => rate * input * output)).flat();

describe("stochastic counts", () => {
  const step = 4e-4;
  const steps = { growing: step, falling: step };
  it.each(["stochastic", "stochastic-two-pass"])("of %s are binomial with mean rate x d / step", (name) => {
    const { mean, variance } = countsOf(name, steps);
    // ceil(0.1 x 0.9 x 0.05 / 4e-4)
    const length = 12;
    for (const [i, product] of products.entries()) {
      const expected = product / step;
      const probability = Math.abs(expected) / length;
      const binomial = length * probability * (1 - probability);
      // Five standard errors, of the mean and of the variance; Bernoulli products are skewed where they are rare.
      expect(Math.abs(mean[i]! - expected)).toBeLessThanOrEqual(5 * Math.sqrt(binomial / updates));
      const kurtosis = binomial === 0 ? 3 : 3 + (1 - 6 * probability * (1 - probability)) / binomial;
      expect(Math.abs(variance[i]! - binomial)).toBeLessThanOrEqual(5 * binomial * Math.sqrt((kurtosis - 1) / updates));
    }
  });

  it("of two passes ask for as many pulses of either sign as the device's step of that sign needs", () => {
    const { mean } = countsOf("stochastic-two-pass", { growing: step, falling: 2 * step });
    for (const [i, product] of products.entries()) {
      const expected = product / (product > 0 ? step : 2 * step);
      expect(Math.abs(mean[i]! - expected)).toBeLessThan(5 * Math.sqrt(Math.max(1e-12, Math.abs(expected)) / updates));
    }
  });
});
