import type { LocalRuleKind } from "./local-rule.ts";
import { amount, choice, timeConstant } from "./parameters.ts";
import { Traces } from "./traces.ts";

const source = "Pfister & Gerstner, J. Neurosci. 26, 9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006";

/**
 * Triplet rule: pairs count the more, the more spikes of the same side there were before.
 *
 *   input's spike    w -= o1 (A2- + A3- r2)    r1, r2: traces of the input with tau+, tau_x
 *   neuron's spike   w += r1 (A2+ + A3+ o2)    o1, o2: traces of the neuron with tau-, tau_y
 *
 * r2 and o2 are taken without the spike that acts. Usual values are near those of the minimal model of visual cortex, A2+ = A3- = 0.
 */
export const tripletStdp: LocalRuleKind = {
  name: "triplet-stdp",
  title: "Triplet STDP",
  law: "pre spike: Δw = −o₁ (A₂₋ + A₃₋ r₂); post spike: Δw = r₁ (A₂₊ + A₃₊ o₂); r₁, r₂, o₁, o₂ traces with τ₊, τₓ, τ₋, τᵧ",
  source,
  needs: ["pre spikes", "post spikes"],
  acts: "pre and post spikes",
  keeps: { row: 2, column: 2, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: {
    pairPotentiation: amount("A2+", 0),
    tripletPotentiation: amount("A3+", 6.5e-3),
    pairDepression: amount("A2-", 7.1e-3),
    tripletDepression: amount("A3-", 0),
    preTime: timeConstant("tau+", 16.8e-3, source),
    slowPreTime: timeConstant("tau_x", 101e-3, source),
    postTime: timeConstant("tau-", 33.7e-3, source),
    slowPostTime: timeConstant("tau_y", 114e-3),
    pairing: choice("whether all spikes count, or the nearest", ["all", "nearest"]),
  },
  create({ inputs, neurons, step }, parameters) {
    const [pairUp, tripletUp] = [parameters.number("pairPotentiation"), parameters.number("tripletPotentiation")];
    const [pairDown, tripletDown] = [parameters.number("pairDepression"), parameters.number("tripletDepression")];
    const nearest = parameters.word("pairing") === "nearest";
    const trace = (lines: number, name: string) => new Traces(lines, parameters.number(name), step, nearest);
    const [r1, r2] = [trace(inputs, "preTime"), trace(inputs, "slowPreTime")];
    const [o1, o2] = [trace(neurons, "postTime"), trace(neurons, "slowPostTime")];
    return {
      state: [r1, r2, o1, o2].map(({ values }) => values),
      request(seen, asked) {
        const [pre, post] = [seen["pre spikes"], seen["post spikes"]];
        for (const own of [r1, r2, o1, o2]) own.fade();
        for (let i = 0; i < inputs; i++) {
          if (pre[i] === 0) continue;
          const size = pairDown + tripletDown * r2.values[i]!;
          for (let j = 0; j < neurons; j++) if (o1.values[j]! > 0) asked.add(i * neurons + j, -o1.values[j]! * size);
        }
        r1.take(pre);
        for (let j = 0; j < neurons; j++) {
          if (post[j] === 0) continue;
          const size = pairUp + tripletUp * o2.values[j]!;
          for (let i = 0; i < inputs; i++) if (r1.values[i]! > 0) asked.add(i * neurons + j, r1.values[i]! * size);
        }
        r2.take(pre);
        o1.take(post);
        o2.take(post);
      },
    };
  },
};
