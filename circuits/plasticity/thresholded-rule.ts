import type { LocalRuleKind } from "./local-rule.ts";
import { amount, timeConstant } from "./parameters.ts";
import { ThresholdedStdp } from "./thresholded-stdp.ts";

/** `ThresholdedStdp` behind the interface of all local rules, with its constants in seconds. */
export const thresholdedStdp: LocalRuleKind = {
  name: "thresholded-stdp",
  title: "Exponential STDP thresholded to single pulses",
  law: "one pulse up where A₊ exp(−t/τ₊) ≥ θ₊ at a post spike, one down where A₋ exp(−t/τ₋) ≥ θ₋ at a pre spike; last spikes count",
  source: "Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y",
  needs: ["pre spikes", "post spikes"],
  acts: "pre and post spikes",
  keeps: { row: 1, column: 1, synapse: 0, array: 1 },
  reach: "own lines",
  gives: "pulses",
  parameters: {
    potentiation: amount("change by a neuron's spike in the step of its input's", 1),
    depression: amount("size of the change by an input's spike right after its neuron's", 1),
    potentiationTime: timeConstant("of the window of potentiation", 0.02),
    depressionTime: timeConstant("of the window of depression", 0.02),
    potentiationThreshold: amount("change from which on it becomes a pulse up", 0.5, null, Number.MIN_VALUE),
    depressionThreshold: amount("change from which on it becomes a pulse down", 0.5, null, Number.MIN_VALUE),
  },
  create({ inputs, neurons, step }, parameters) {
    const side = (name: "potentiation" | "depression") => ({
      amplitude: parameters.number(name),
      timeConstant: parameters.number(`${name}Time`) / step,
      threshold: parameters.number(`${name}Threshold`),
    });
    const rule = new ThresholdedStdp(
      { potentiation: side("potentiation"), depression: side("depression") },
      inputs,
      neurons,
    );
    const [counts, selected] = [new Int16Array(inputs * neurons), new Uint32Array(inputs * neurons)];
    const [active, fired] = [new Uint32Array(inputs), new Uint8Array(neurons)];
    return {
      state: [rule.state],
      request(seen, asked) {
        const [pre, post] = [seen["pre spikes"], seen["post spikes"]];
        let now = 0;
        for (let i = 0; i < inputs; i++) if (pre[i] !== 0) active[now++] = i;
        for (let j = 0; j < neurons; j++) fired[j] = post[j] === 0 ? 0 : 1;
        const count = rule.step(active.subarray(0, now), fired, counts, selected);
        for (let k = 0; k < count; k++) asked.add(selected[k]!, counts[k]!);
      },
    };
  },
};
