import { decayFactor } from "../neurons/index.ts";
import type { LocalRuleKind } from "./local-rule.ts";
import { pairParameters, pairs } from "./pair-stdp.ts";
import { amount, timeConstant } from "./parameters.ts";

/** What pairs of spikes ask for is kept as eligibility, which fades; reward turns what is left of it into a change. */
export const rewardModulated: LocalRuleKind = {
  name: "r-stdp",
  title: "Reward-modulated STDP",
  law: "e ← e exp(−Δt/τₑ) + pair STDP; Δw = η R e",
  source: "Izhikevich, Cereb. Cortex 17, 2443 (2007), doi:10.1093/cercor/bhl152",
  needs: ["pre spikes", "post spikes", "third factor"],
  acts: "third factor",
  keeps: { row: 1, column: 1, synapse: 1, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: {
    ...pairParameters,
    rate: amount("learning rate", 1),
    eligibilityTime: timeConstant("with which eligibility fades", 1),
  },
  create(setting, parameters) {
    const { state, step } = pairs(setting, parameters);
    const eligibility = new Float64Array(setting.inputs * setting.neurons);
    const factor = decayFactor(parameters.number("eligibilityTime"), setting.step);
    const rate = parameters.number("rate");
    return {
      state: [...state, eligibility],
      request(seen, asked) {
        for (let k = 0; k < eligibility.length; k++) eligibility[k]! *= factor;
        step(seen["pre spikes"], seen["post spikes"], (synapse, change) => {
          eligibility[synapse]! += change;
        });
        const reward = seen["third factor"];
        if (reward === 0) return;
        for (let k = 0; k < eligibility.length; k++) {
          if (eligibility[k] !== 0) asked.add(k, rate * reward * eligibility[k]!);
        }
      },
    };
  },
};

const threeFactorSource = "Gerstner et al., Front. Neural Circuits 12, 53 (2018), doi:10.3389/fncir.2018.00053";

/** A coincidence of input and neuron sets a trace, which a third factor of either sign turns into a change within the bounds of the weight. */
export const threeFactor: LocalRuleKind = {
  name: "three-factor",
  title: "Three factors with a digital eligibility trace",
  law: "e = 1 where pre and post coincide, then exp(−t/τₑ); Δw = η M e (1 − w) for M > 0, η M e w for M < 0",
  source: threeFactorSource,
  needs: ["pre spikes", "post spikes", "third factor", "weights"],
  acts: "third factor",
  keeps: { row: 0, column: 0, synapse: 1, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: {
    rate: amount("learning rate", 0.1),
    eligibilityTime: timeConstant("with which eligibility fades", 1),
  },
  create({ inputs, neurons, step }, parameters) {
    const eligibility = new Float64Array(inputs * neurons);
    const factor = decayFactor(parameters.number("eligibilityTime"), step);
    const rate = parameters.number("rate");
    return {
      state: [eligibility],
      request(seen, asked) {
        const [pre, post, third] = [seen["pre spikes"], seen["post spikes"], seen["third factor"]];
        for (let i = 0, k = 0; i < inputs; i++) {
          for (let j = 0; j < neurons; j++, k++) {
            eligibility[k] = pre[i] !== 0 && post[j] !== 0 ? 1 : factor * eligibility[k]!;
            if (third === 0 || eligibility[k] === 0) continue;
            const w = seen.weights[k]!;
            asked.add(k, rate * third * eligibility[k]! * (third > 0 ? 1 - w : w));
          }
        }
      },
    };
  },
};

/** The same in devices that keep the trace themselves: what halves of a voltage pulse set, a lamp over all devices turns into a change. */
export const threeFactorInDevice: LocalRuleKind = {
  name: "three-factor-in-device",
  title: "Three factors with the device's own trace",
  law: "e, M and Δw are the device's own: half pulses of row and column coincide, light under a voltage of either sign is the third factor",
  source: "Sarwat et al., Nat. Commun. 13 (2022), doi:10.1038/s41467-022-29870-9",
  needs: ["pre spikes", "post spikes", "third factor"],
  acts: "third factor",
  keeps: { row: 0, column: 0, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "stimuli",
  parameters: {
    halfVoltage: {
      ...amount("V, of a spike on a row or a column, half a coincidence", 0.7),
      unit: "V",
    },
    width: timeConstant("of a coincidence", 1e-3),
  },
};
