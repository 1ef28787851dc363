import { describe, expect, it } from "vitest";
import { newLineActivity, updateRule } from "../../../crossbar/plasticity/index.ts";
import { drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
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

describe("counts that are computed", () => {
  const step = 1e-3;
  const [rows, columns] = [60, 50];
  const values = (length: number, seed: number) => {
    const out = new Float32Array(length);
    fillNormalPlain(drawOf(seed), 0, out);
    return out.map((value) => Math.max(-1, Math.min(1, value / 2)));
  };
  const [inputs, outputs] = [values(rows, 1), values(columns, 2)];
  const slopeOf = (name: string, bend: number) => {
    const steps = { growing: bend * step, falling: 2 * bend * step };
    const rule = updateRule(name, { engine, rows, columns, steps, draw: drawOf(1) });
    const counts = new Int16Array(rows * columns);
    const activity = newLineActivity(rows, columns, false);
    rule.request(inputs, outputs, 12 * step, 0, counts, activity);
    let [product, square] = [0, 0];
    for (const [i, count] of counts.entries()) {
      const gradient = 12 * step * inputs[Math.floor(i / columns)]! * outputs[i % columns]!;
      product += gradient * count * (count > 0 ? step : 2 * step);
      square += gradient ** 2;
    }
    return product / square;
  };

  // Rounding errors of 3,000 products of up to 12 pulses are of either sign; what is left of them is below 1 %.
  it.each(["deterministic", "mean-count"])("of %s are rate x d over the step of their sign", (name) => {
    expect(Math.abs(slopeOf(name, 1) - 1)).toBeLessThan(0.01);
    expect(Math.abs(slopeOf(name, 1.05) - 1)).toBeGreaterThan(0.02);
  });

  it("of an accumulator and what it keeps are the sum of all steps, and go on from what was saved", () => {
    const make = () =>
      updateRule(
        "mixed-precision",
        { engine, rows, columns, steps: { growing: step, falling: 2 * step }, draw: drawOf(1) },
        { double: true },
      );
    const [rule, other] = [make(), make()];
    const counts = new Int16Array(rows * columns);
    const again = new Int16Array(rows * columns);
    const activity = newLineActivity(rows, columns, false);
    const [given, wanted] = [new Float64Array(counts.length), new Float64Array(counts.length)];
    for (let update = 0; update < 40; update++) {
      const [x, d] = [values(rows, 10 + update), values(columns, 60 + update)];
      if (update === 25) other.restore!(rule.save!());
      rule.request(x, d, 0.3 * step, update, counts, activity);
      if (update >= 25) {
        other.request(x, d, 0.3 * step, update, again, activity);
        expect(again).toEqual(counts);
      }
      for (const [i, count] of counts.entries()) {
        given[i]! += count * (count > 0 ? step : 2 * step);
        wanted[i]! += 0.3 * step * x[Math.floor(i / columns)]! * d[i % columns]!;
      }
    }
    const kept = new Float64Array(rule.save!().slice().buffer);
    expect(kept.some((value) => value > 0.5 * step)).toBe(true);
    for (const [i, value] of kept.entries()) {
      expect(Math.abs(value)).toBeLessThan(2 * step);
      expect(given[i]! + value).toBeCloseTo(wanted[i]!, 12);
    }
  });
});
