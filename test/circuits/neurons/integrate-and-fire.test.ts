import { describe, expect, it } from "vitest";
import { IntegrateAndFire } from "../../../circuits/neurons/index.ts";

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
