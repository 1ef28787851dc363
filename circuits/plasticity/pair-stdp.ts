import type { LocalRuleKind, RuleCore } from "./local-rule.ts";
import { amount, choice, timeConstant } from "./parameters.ts";
import type { RequestedChanges } from "./requested-changes.ts";
import { Traces } from "./traces.ts";

const source = "Song, Miller & Abbott, Nat. Neurosci. 3, 919 (2000), doi:10.1038/78829";

/** Parameters of a pair window, which other rules have too. */
export const pairParameters = {
  potentiation: amount("change by a neuron's spike in the step of its input's", 0.005, source),
  depression: amount("size of the change by an input's spike right after its neuron's", 0.00525, source),
  preTime: timeConstant("with which what an input's spike left fades", 0.02, source),
  postTime: timeConstant("with which what a neuron's spike left fades", 0.02, source),
  pairing: choice("whether all pairs of spikes count, or each spike's nearest", ["all", "nearest"]),
} as const;

/**
 * Changes by pairs of spikes; a pair in one step is causal. It gives each change to `change`.
 *
 * @returns what is done in a step, and the traces
 */
export function pairs(
  { inputs, neurons, step }: Parameters<NonNullable<LocalRuleKind["create"]>>[0],
  parameters: Parameters<NonNullable<LocalRuleKind["create"]>>[1],
): {
  readonly state: readonly Float64Array[];
  step(pre: ArrayLike<number>, post: ArrayLike<number>, change: (synapse: number, change: number) => void): void;
} {
  const [up, down] = [parameters.number("potentiation"), parameters.number("depression")];
  const nearest = parameters.word("pairing") === "nearest";
  const before = new Traces(inputs, parameters.number("preTime"), step, nearest);
  const after = new Traces(neurons, parameters.number("postTime"), step, nearest);
  return {
    state: [before.values, after.values],
    step(pre, post, change) {
      before.fade();
      after.fade();
      for (let i = 0; i < inputs; i++) {
        if (pre[i] === 0) continue;
        for (let j = 0; j < neurons; j++) {
          if (after.values[j]! > 0) change(i * neurons + j, -down * after.values[j]!);
        }
      }
      before.take(pre);
      for (let j = 0; j < neurons; j++) {
        if (post[j] === 0) continue;
        for (let i = 0; i < inputs; i++) {
          if (before.values[i]! > 0) change(i * neurons + j, up * before.values[i]!);
        }
      }
      after.take(post);
    },
  };
}

/**
 * Pair-based spike-timing-dependent plasticity: an input's spike t before its neuron's asks for A+ exp(-t / tau+), one t after it for
 * -A- exp(-t / tau-).
 */
export const pairStdp: LocalRuleKind = {
  name: "pair-stdp",
  title: "Pair STDP, exponential windows",
  law: "Δw = A₊ exp(−t/τ₊) for a post spike t after a pre spike, −A₋ exp(−t/τ₋) for a pre spike t after a post spike",
  source,
  needs: ["pre spikes", "post spikes"],
  acts: "pre and post spikes",
  keeps: { row: 1, column: 1, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: pairParameters,
  create(setting, parameters): RuleCore {
    const { state, step } = pairs(setting, parameters);
    return {
      state,
      request: (seen, asked: RequestedChanges) =>
        step(seen["pre spikes"], seen["post spikes"], (synapse, change) => asked.add(synapse, change)),
    };
  },
};
