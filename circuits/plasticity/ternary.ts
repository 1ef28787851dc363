import type { LocalRuleKind } from "./local-rule.ts";
import { amount, timeConstant } from "./parameters.ts";
import { Traces } from "./traces.ts";

/** -1, 0 or 1: the signs of those values whose size passes a threshold. */
export function ternary(values: ArrayLike<number>, threshold: number): Int8Array {
  return Int8Array.from(values, (value) => (Math.abs(value) > threshold ? Math.sign(value) : 0));
}

/**
 * Desire backpropagation at a synapse: where a neuron spikes that should go up or down, inputs that were active lately get one pulse of that
 * sign. What a hidden neuron should do is the ternary sum of what its successors should, through their weights (`ternary`).
 */
export const desire: LocalRuleKind = {
  name: "desire",
  title: "Ternary sign updates, desire backpropagation",
  law: "post spike: one pulse of sign d where the pre trace > θ, d = −1, 0 or 1 of the neuron",
  source: "Gerlinghoff et al. (2022), arXiv:2211.05412",
  needs: ["pre spikes", "post spikes", "desire"],
  acts: "post spikes",
  keeps: { row: 1, column: 0, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "pulses",
  parameters: {
    preTime: timeConstant("with which what an input's spike left fades", 0.02),
    threshold: amount("trace from which on an input was active lately", 0.1),
  },
  create({ inputs, neurons, step }, parameters) {
    const trace = new Traces(inputs, parameters.number("preTime"), step, true);
    const threshold = parameters.number("threshold");
    return {
      state: [trace.values],
      request(seen, asked) {
        trace.fade();
        trace.take(seen["pre spikes"]);
        for (let j = 0; j < neurons; j++) {
          const sign = Math.sign(seen.desire[j]!);
          if (seen["post spikes"][j] === 0 || sign === 0) continue;
          for (let i = 0; i < inputs; i++) if (trace.values[i]! > threshold) asked.add(i * neurons + j, sign);
        }
      },
    };
  },
};

/** One pulse of the sign of input times desire wherever neither is 0: the outer product of two ternary vectors. */
export const signSign: LocalRuleKind = {
  name: "sign-sign",
  title: "Ternary sign updates, sign-sign",
  law: "one pulse of sign(x) d where |x| > θ, d = −1, 0 or 1 of the neuron",
  source:
    "Gerlinghoff et al. (2022), arXiv:2211.05412, for the ternary desire; signs of both factors as in the sign-sign filter",
  needs: ["pre rates", "desire"],
  acts: "every step",
  keeps: { row: 0, column: 0, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "pulses",
  parameters: { threshold: amount("size of an input from which on its sign counts", 0.1) },
  create({ inputs, neurons }, parameters) {
    const threshold = parameters.number("threshold");
    return {
      state: [],
      request(seen, asked) {
        const signs = ternary(seen["pre rates"], threshold);
        for (let i = 0; i < inputs; i++) {
          if (signs[i] === 0) continue;
          for (let j = 0; j < neurons; j++) {
            const sign = Math.sign(seen.desire[j]!);
            if (sign !== 0) asked.add(i * neurons + j, signs[i]! * sign);
          }
        }
      },
    };
  },
};
