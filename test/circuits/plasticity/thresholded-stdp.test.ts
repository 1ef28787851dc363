import { describe, expect, it } from "vitest";
import { stepsOfPulse, ThresholdedStdp } from "../../../circuits/plasticity/index.ts";

// exp(-1 / 2) = 0.607 and exp(-2 / 2) = 0.368; exp(-4 / 4) = 0.368 and exp(-5 / 4) = 0.287.
const spec = {
  potentiation: { amplitude: 1, timeConstant: 2, threshold: 0.5 },
  depression: { amplitude: 1, timeConstant: 4, threshold: 0.3 },
};

function asked(rule: ThresholdedStdp, active: readonly number[], fired: readonly number[]): Record<number, number> {
  const [counts, selected] = [new Int16Array(20), new Uint32Array(20)];
  const count = rule.step(Uint32Array.from(active), Uint8Array.from(fired), counts, selected);
  return Object.fromEntries(Array.from({ length: count }, (_, k) => [selected[k]!, counts[k]!]));
}

describe("exponential STDP thresholded to single pulses", () => {
  it("asks for a pulse as long as the exponential passes the threshold", () => {
    expect(stepsOfPulse(spec.potentiation)).toBe(1);
    expect(stepsOfPulse(spec.depression)).toBe(4);
    expect(stepsOfPulse({ amplitude: 1, timeConstant: 3, threshold: 1 })).toBe(0);
    expect(stepsOfPulse({ amplitude: 1, timeConstant: 3, threshold: 1.1 })).toBe(-1);
    // A window's last step is decided by its numbers and not by their last bits.
    for (let steps = 1; steps < 40; steps++) {
      expect(stepsOfPulse({ amplitude: 1, timeConstant: 7, threshold: Math.exp(-steps / 7) })).toBe(steps);
    }
    expect(() => stepsOfPulse({ amplitude: 0, timeConstant: 3, threshold: 1 })).toThrow("expected above 0");
  });

  it("potentiates what was active in the window before a spike and depresses what is active in the window after it", () => {
    const rule = new ThresholdedStdp(spec, 6, 1);
    expect(asked(rule, [0], [0])).toEqual({});
    expect(asked(rule, [1], [0])).toEqual({});
    // Input 0 was active two steps before the spike, 1 one step, 2 in its own.
    expect(asked(rule, [2], [1])).toEqual({ 1: 1, 2: 1 });
    for (const input of [3, 1, 4, 5]) expect(asked(rule, [input], [0])).toEqual({ [input]: -1 });
    expect(asked(rule, [0], [0])).toEqual({});
  });

  it("only potentiates in the step of a spike, however lately the neuron has fired before", () => {
    const rule = new ThresholdedStdp(spec, 3, 1);
    asked(rule, [0], [1]);
    expect(asked(rule, [1], [1])).toEqual({ 0: 1, 1: 1 });
    expect(asked(rule, [1, 2], [0])).toEqual({ 1: -1, 2: -1 });
  });

  it("asks each neuron's own synapses, in ascending order", () => {
    const rule = new ThresholdedStdp(spec, 2, 3);
    asked(rule, [], [0, 0, 1]);
    const [counts, selected] = [new Int16Array(6), new Uint32Array(6)];
    const count = rule.step(Uint32Array.of(0, 1), Uint8Array.of(0, 1, 0), counts, selected);
    expect([...selected.subarray(0, count)]).toEqual([1, 2, 4, 5]);
    expect([...counts.subarray(0, count)]).toEqual([1, -1, 1, -1]);
  });
});
