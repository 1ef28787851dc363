import type { LocalRuleKind } from "./local-rule.ts";
import { amount } from "./parameters.ts";

const source = "Garg et al., Front. Neurosci. 16, 983950 (2022), doi:10.3389/fnins.2022.983950";

/**
 * Voltage-dependent synaptic plasticity: at a neuron's spike the membranes v of its inputs say how lately they spiked themselves, as a spike
 * takes them below rest and what comes in raises them again; no trace is kept.
 *
 *   v < 0   dw =  rate (exp(-v) - 1) exp(-alpha w) (1 - w)
 *   v > 0   dw = -rate (exp(v) - 1) exp(alpha (w - 1)) w
 */
export const voltageDependent: LocalRuleKind = {
  name: "vdsp",
  title: "Voltage-dependent synaptic plasticity",
  law: "post spike: Δw = η (e⁻ᵛ − 1) e^(−αw) (1 − w) for a pre membrane v < 0, −η (eᵛ − 1) e^(α(w−1)) w for v > 0",
  source,
  needs: ["post spikes", "pre membrane", "weights"],
  acts: "post spikes",
  keeps: { row: 0, column: 0, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: {
    rate: amount("learning rate", 1e-2),
    nonlinearity: amount("alpha, how much faster a weight leaves its end than it reaches the other", 1),
  },
  create({ inputs, neurons }, parameters) {
    const [rate, alpha] = [parameters.number("rate"), parameters.number("nonlinearity")];
    return {
      state: [],
      request(seen, asked) {
        const [post, membrane, weights] = [seen["post spikes"], seen["pre membrane"], seen.weights];
        for (let j = 0; j < neurons; j++) {
          if (post[j] === 0) continue;
          for (let i = 0; i < inputs; i++) {
            const [v, w] = [membrane[i]!, weights[i * neurons + j]!];
            if (v === 0) continue;
            const room = v < 0 ? Math.exp(-alpha * w) * (1 - w) : -Math.exp(alpha * (w - 1)) * w;
            asked.add(i * neurons + j, rate * Math.expm1(Math.abs(v)) * room);
          }
        }
      },
    };
  },
};
