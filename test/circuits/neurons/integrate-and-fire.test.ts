import { describe, expect, it } from "vitest";
import { decayFactor, IntegrateAndFire, type IntegrateAndFireSpec } from "../../../circuits/neurons/index.ts";

describe("integrate-and-fire neurons", () => {
  it("sum inputs with a leak, fire at the threshold and start again at the reset", () => {
    const neurons = new IntegrateAndFire({ leak: 0.5, threshold: 2, reset: 0 }, 2);
    const fired = new Uint8Array(2);
    expect(neurons.step([1, 0], fired)).toBe(0);
    expect([...neurons.membrane]).toEqual([1, 0]);
    expect(neurons.step([1, 1], fired)).toBe(0);
    expect([...neurons.membrane]).toEqual([1.5, 1]);
    // 0.5 x 1.5 + 1.25 is the threshold itself.
    expect(neurons.step([1.25, 1], fired)).toBe(1);
    expect([...fired]).toEqual([1, 0]);
    expect([...neurons.membrane]).toEqual([0, 1.5]);
  });

  it("settle at input / (1 - leak) below their threshold", () => {
    const neurons = new IntegrateAndFire({ leak: 0.6, threshold: 10, reset: 0 }, 1);
    for (let step = 0; step < 100; step++) neurons.step([1], new Uint8Array(1));
    expect(neurons.membrane[0]).toBeCloseTo(2.5, 12);
  });

  it("refuse a leak that grows and a threshold that the reset already reaches", () => {
    expect(() => new IntegrateAndFire({ leak: 1.1, threshold: 1, reset: 0 }, 1)).toThrow("neuron: leak is 1.1");
    expect(() => new IntegrateAndFire({ leak: 1, threshold: 0, reset: 0 }, 1)).toThrow("more than the reset");
  });
});

/** Steps in which a neuron of constant input fires. */
function spikesOf(spec: IntegrateAndFireSpec, input: number, steps: number): number[] {
  const neuron = new IntegrateAndFire(spec, 1);
  const fired = new Uint8Array(1);
  return Array.from({ length: steps }, (_, step) => step).filter(() => neuron.step([input], fired) === 1);
}

const ms = 1e-3;

describe("a leaky integrate-and-fire neuron under a steady current", () => {
  // From reset 0 the membrane is I (1 - a^n) after n steps: it passes the threshold at n = ln(1 - threshold / I) / ln a, rounded up.
  it.each([
    [20 * ms, 1.2, 0],
    [20 * ms, 3, 0],
    [5 * ms, 1.7, 2],
    [50 * ms, 10, 5],
  ])(
    "fires every ceil(ln(1 - 1 / I) / ln a) steps and its refractory ones: tau %d s, I %d, %d held",
    (time, input, refractory) => {
      const leak = decayFactor(time, ms);
      const spec: IntegrateAndFireSpec = { leak, threshold: 1, reset: 0, input: "current", refractory };
      const spikes = spikesOf(spec, input, 1000);
      const interval = Math.ceil(Math.log(1 - 1 / input) / Math.log(leak)) + refractory;
      expect(spikes.length).toBeGreaterThan(4);
      for (const [k, step] of spikes.slice(1).entries()) expect(step - spikes[k]!).toBe(interval);
    },
  );

  it("has the closed-form rate 1 / (t_ref + tau ln(I / (I - 1))) in short steps, within one step an interval", () => {
    const step = 0.01 * ms;
    const spec = {
      leak: decayFactor(20 * ms, step),
      threshold: 1,
      reset: 0,
      input: "current",
      refractory: 200,
    } as const;
    for (const input of [1.05, 1.5, 4]) {
      const spikes = spikesOf(spec, input, 100_000);
      const interval = ((spikes.at(-1)! - spikes[0]!) / (spikes.length - 1)) * step;
      const expected = 2 * ms + 20 * ms * Math.log(input / (input - 1));
      expect(interval - expected).toBeGreaterThanOrEqual(-1e-9);
      expect(interval - expected).toBeLessThan(step + 1e-9);
    }
    expect(spikesOf(spec, 1, 100_000)).toEqual([]);
  });

  it("keeps what was above the threshold where the reset subtracts: without a leak the rate is I / threshold", () => {
    const spec = { leak: 1, threshold: 1, reset: "subtract" } as const;
    for (const input of [0.3, 0.37, 0.99]) {
      expect(Math.abs(spikesOf(spec, input, 1000).length - 1000 * input)).toBeLessThanOrEqual(1);
    }
    // A reset to zero loses it: of 0.3 it takes four steps instead of 3.33.
    expect(spikesOf({ ...spec, reset: 0 }, 0.3, 1000).length).toBe(250);
  });

  it("takes constants of each neuron's own", () => {
    const leak = Float64Array.of(0.5, 0.9);
    const neurons = new IntegrateAndFire({ leak, threshold: Float64Array.of(5, 3), reset: 0 }, 2);
    const fired = new Uint8Array(2);
    neurons.step([1, 1], fired);
    neurons.step([1, 1], fired);
    expect([...neurons.membrane]).toEqual([1.5, 1.9]);
    neurons.step([0, 2], fired);
    expect([...fired]).toEqual([0, 1]);
    expect(() => new IntegrateAndFire({ leak, threshold: 1, reset: 0 }, 3)).toThrow("leak has 2 numbers, expected 3");
  });
});

describe("what a spike leaves behind", () => {
  const spec = { leak: 0, threshold: 1, reset: 0 } as const;

  it("raises the threshold by the amount, which fades by its factor", () => {
    const neuron = new IntegrateAndFire({ ...spec, adaptation: { amount: 2, leak: 0.5 } }, 1);
    const fired = new Uint8Array(1);
    neuron.step([1], fired);
    expect(neuron.thresholds()[0]).toBe(3);
    // 1 + 2 x 0.5 = 2, then 1.5.
    expect(neuron.step([1.9], fired)).toBe(0);
    expect(neuron.thresholds()[0]).toBe(2);
    expect(neuron.step([1.5], fired)).toBe(1);
    expect(neuron.thresholds()[0]).toBe(1 + 0.5 + 2);
  });

  it("takes the amount off later inputs, which fades by its factor", () => {
    const neuron = new IntegrateAndFire({ ...spec, afterHyperpolarisation: { amount: 4, leak: 0.5 } }, 1);
    const fired = new Uint8Array(1);
    neuron.step([1], fired);
    neuron.step([0.5], fired);
    expect(neuron.membrane[0]).toBe(0.5 - 2);
    neuron.step([0.5], fired);
    expect(neuron.membrane[0]).toBe(0.5 - 1);
  });

  it("lets inputs fade and adds what the layer's own spikes send back", () => {
    const neuron = new IntegrateAndFire({ leak: 0, threshold: 9, reset: 0, synapse: 0.5 }, 1);
    const fired = new Uint8Array(1);
    neuron.step([1], fired, [2]);
    expect(neuron.membrane[0]).toBe(3);
    neuron.step([0], fired);
    expect(neuron.membrane[0]).toBe(1.5);
  });

  it("holds all but the winners, which are the furthest above their thresholds", () => {
    const inhibition = { winners: 1, strength: Number.POSITIVE_INFINITY, steps: 2 };
    const neurons = new IntegrateAndFire({ leak: 1, threshold: 1, reset: 0, inhibition }, 3);
    const fired = new Uint8Array(3);
    expect(neurons.step([1.5, 2, 2], fired)).toBe(1);
    expect([...fired]).toEqual([0, 1, 0]);
    expect([...neurons.membrane]).toEqual([0, 0, 0]);
    for (let step = 0; step < 2; step++) expect(neurons.step([5, 0.1, 5], fired)).toBe(0);
    expect(neurons.step([5, 0.1, 0], fired)).toBe(1);
    const weak = new IntegrateAndFire(
      { leak: 1, threshold: 1, reset: 0, inhibition: { winners: 2, strength: 0.5, steps: 0 } },
      3,
    );
    expect(weak.step([1.5, 2, 3], fired)).toBe(2);
    expect([...fired]).toEqual([0, 1, 1]);
    expect(weak.membrane[0]).toBe(1);
  });

  it("goes on bit for bit after a restore", () => {
    const made = () =>
      new IntegrateAndFire(
        { leak: 0.9, threshold: 1, reset: 0, synapse: 0.3, refractory: 2, adaptation: { amount: 0.2, leak: 0.95 } },
        4,
      );
    const [one, other] = [made(), made()];
    const fired = new Uint8Array(4);
    for (let n = 0; n < 20; n++) one.step([0.3, 0.1, 0.5, 0.9], fired);
    other.restore(one.save());
    const course = (neurons: IntegrateAndFire) =>
      Array.from({ length: 20 }, () => [neurons.step([0.3, 0.1, 0.5, 0.9], fired), ...neurons.membrane]);
    expect(course(other)).toEqual(course(one));
    expect(() => other.restore(new Uint8Array(8))).toThrow("saved neurons: 8 bytes, expected 168");
  });
});
