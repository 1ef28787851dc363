import { describe, expect, it } from "vitest";
import { LocalRule, type Signal, ternary } from "../../../circuits/plasticity/index.ts";
import { at, drawOf, normalsOfCell } from "../../../src/ground/draws/index.ts";
import { everySignal, ms } from "./rules.ts";

/** Standard normal numbers by sample. */
function normals(sample: number, count: number): Float64Array {
  const out = new Float64Array(count);
  normalsOfCell(at(drawOf(1), "samples"), 0, sample, out);
  return out;
}

function ruleOf(
  name: string,
  inputs: number,
  neurons: number,
  parameters = {},
  gives: readonly Signal[] = everySignal,
) {
  return new LocalRule(name, { inputs, neurons, step: ms, gives }, parameters);
}

/** Adds what a rule asks for to weights that take every change as it is: the linear limit without noise. */
function learn(rule: LocalRule, weights: Float64Array, seen: Parameters<LocalRule["request"]>[0]): void {
  const asked = rule.request({ ...seen, weights });
  for (const synapse of asked.selected()) weights[synapse]! += asked.of(synapse);
}

/** u = x W, [neurons]. */
function product(x: ArrayLike<number>, weights: Float64Array, neurons: number): Float64Array {
  const out = new Float64Array(neurons);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < neurons; j++) out[j]! += x[i]! * weights[i * neurons + j]!;
  return out;
}

const normsOf = (weights: Float64Array, neurons: number): number[] =>
  Array.from({ length: neurons }, (_, j) => Math.hypot(...weights.filter((_, k) => k % neurons === j)));

describe("Oja's rule", () => {
  it("comes to the first principal component with unit norm", () => {
    // Variances 4, 1 and 0.25 along the axes, turned by 30 and 50 degrees.
    const [c, s, d, e] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6), Math.cos(0.87), Math.sin(0.87)];
    const principal = [c * d, s * d, e];
    const axes = [principal, [-s, c, 0], [-c * e, -s * e, d]];
    const rule = ruleOf("oja", 3, 1, { rate: 2e-3 });
    const weights = Float64Array.of(0.1, -0.1, 0.2);
    for (let sample = 0; sample < 20_000; sample++) {
      const z = normals(sample, 3);
      const x = [0, 1, 2].map((i) => 2 * z[0]! * axes[0]![i]! + z[1]! * axes[1]![i]! + 0.5 * z[2]! * axes[2]![i]!);
      learn(rule, weights, { "pre rates": x, "post rates": product(x, weights, 1) });
    }
    const along = principal.reduce((sum, own, i) => sum + own * weights[i]!, 0);
    // The rate leaves the direction a standard deviation of about sqrt(rate) = 0.045, and the norm rate x variance off.
    expect(Math.abs(along)).toBeGreaterThan(0.98);
    expect(Math.abs(normsOf(weights, 1)[0]! - 1)).toBeLessThan(0.03);
  });
});

/** Samples of unit norm about one of so many axes. */
function clustered(sample: number, inputs: number, clusters: number): Float64Array {
  const z = normals(sample, inputs);
  const x = z.map((own, i) => Math.abs(0.15 * own) + (i % clusters === sample % clusters ? 1 : 0));
  const norm = Math.hypot(...x);
  return x.map((own) => own / norm);
}

describe("SoftHebb", () => {
  const [inputs, neurons] = [12, 4];
  const start = (): Float64Array => {
    const z = normals(1e6, inputs * neurons);
    return z.map((own) => 0.6 * Math.abs(own));
  };

  it.each([
    ["soft", "running"],
    ["soft", "exact"],
    ["hard", "running"],
  ])("brings norms to 1 and weights to the means of the clusters: %s winners, %s normaliser", (winners, normaliser) => {
    const rule = ruleOf("soft-hebb", inputs, neurons, { winners, normaliser, exponent: 0.5, rate: 0.05 });
    const weights = start();
    for (let sample = 0; sample < 4000; sample++) {
      const x = clustered(sample, inputs, neurons);
      learn(rule, weights, { "pre rates": x, "post membrane": product(x, weights, neurons) });
    }
    // Within 0.02 of 1 is what says that it has converged.
    for (const norm of normsOf(weights, neurons)) expect(Math.abs(norm - 1)).toBeLessThan(0.02);
    if (winners === "hard") return;
    const winnersOf = Array.from({ length: neurons }, (_, cluster) => {
      const u = product(clustered(1e5 + cluster, inputs, neurons), weights, neurons);
      return u.indexOf(Math.max(...u));
    });
    expect(new Set(winnersOf).size).toBe(neurons);
  });

  it("moves a neuron by its share towards the sample, and by u w away from itself", () => {
    const rule = ruleOf("soft-hebb", 2, 2, {
      normaliser: "exact",
      rate: 1,
      exponent: 0,
      inverseTemperature: Math.log(3),
    });
    const weights = Float64Array.of(0.5, 0, 0, 0.25);
    const asked = rule.request({ "pre rates": [1, 0], "post membrane": [1, 0], weights });
    // Shares 3/4 and 1/4: changes 0.75 (1 - 0.5), 0.25 (1 - 0), 0, 0 over their largest, 0.375.
    expect([0, 1, 2, 3].map((k) => asked.of(k))).toEqual([1, 0.25 / 0.375, 0, 0].map((own) => expect.closeTo(own, 6)));
  });

  it("turns all but the winner away from the sample where it is anti-Hebbian", () => {
    const rule = ruleOf("soft-hebb", 1, 3, { winners: "anti", inverseTemperature: 1 });
    const asked = rule.request({ "pre rates": [1], "post membrane": [0.2, 0.5, 0.1], weights: [0.5, 0.5, 0.5] });
    expect([0, 1, 2].map((k) => Math.sign(asked.of(k)))).toEqual([-1, 1, -1]);
  });
});

describe("ternary sign updates", () => {
  it("give desire times recent inputs at the neuron's spikes", () => {
    const rule = ruleOf("desire", 2, 3, { preTime: 10 * ms, threshold: 0.5 });
    const none = [0, 0, 0];
    rule.request({ "pre spikes": [1, 0], "post spikes": none, desire: [1, -1, 0] });
    for (let step = 0; step < 5; step++) {
      const fired = rule.request({ "pre spikes": [0, 0], "post spikes": [1, 1, 1], desire: [1, -1, 0] });
      expect(Array.from({ length: 6 }, (_, k) => fired.of(k))).toEqual([1, -1, 0, 0, 0, 0]);
    }
    expect(rule.request({ "pre spikes": [0, 0], "post spikes": none, desire: [1, 1, 1] }).selected().length).toBe(0);
    // exp(-7 / 10) is below 0.5.
    expect(rule.request({ "pre spikes": [0, 0], "post spikes": [1, 1, 1], desire: [1, 1, 1] }).selected().length).toBe(
      0,
    );
  });

  it("give the outer product of two ternary vectors, sign by sign", () => {
    const rule = ruleOf("sign-sign", 3, 2, { threshold: 0.2 });
    const asked = rule.request({ "pre rates": [0.5, -0.3, 0.1], desire: ternary([0.4, -0.05], 0.1) });
    expect(Array.from({ length: 6 }, (_, k) => asked.of(k))).toEqual([1, 0, -1, 0, 0, 0]);
    expect([...ternary([0.2, -0.3, 0.1], 0.1)]).toEqual([1, -1, 0]);
  });
});
