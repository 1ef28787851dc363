import { hardWinners, softWinners } from "../neurons/index.ts";
import type { LocalRuleKind } from "./local-rule.ts";
import { amount, choice } from "./parameters.ts";

const source = "Moraitis et al., Neuromorph. Comput. Eng. 2, 044017 (2022), doi:10.1088/2634-4386/aca710";

/**
 * SoftHebb: neurons share each sample by a soft winner-take-all, y = softmax(t u), and each moves by its share towards it.
 *
 *   Delta_k = y_k (x - u_k w_k) / m
 *   dw_k = rate (| |w_k| - 1 | + 1e-10)^p Delta_k
 *
 * m is the largest |Delta|: that of this sample ("exact", which the whole array must agree on), or a running mean of it ("running").
 * "anti" turns the sign of all but the winner. Weights come to unit norm.
 */
export const softHebb: LocalRuleKind = {
  name: "soft-hebb",
  title: "Soft winner-take-all Hebb (SoftHebb)",
  law: "Δwₖ = η | ‖wₖ‖ − 1 |ᵖ yₖ (x − uₖ wₖ) / m, y = softmax(t u), m a running mean of the largest change",
  source,
  needs: ["pre rates", "post membrane", "weights"],
  acts: "every step",
  keeps: { row: 0, column: 0, synapse: 0, array: 1 },
  reach: "whole array",
  gives: "change",
  parameters: {
    rate: amount("learning rate at a norm 1 away from 1", 0.045),
    exponent: amount("p, with which learning slows down near a norm of 1", 0.2),
    inverseTemperature: amount("t of the soft winner-take-all", 12),
    winners: choice("who learns: all by their shares, the winner alone, or the others away from the sample", [
      "soft",
      "hard",
      "anti",
    ]),
    normaliser: choice("what changes are divided by", ["running", "exact"]),
    memory: { ...amount("share of the running mean that each sample renews", 0.01), high: 1 },
  },
  create({ inputs, neurons }, parameters) {
    const [rate, exponent, t] = ["rate", "exponent", "inverseTemperature"].map((name) => parameters.number(name));
    const [winners, normaliser] = [parameters.word("winners"), parameters.word("normaliser")];
    const memory = parameters.number("memory");
    const largest = new Float64Array(1);
    const delta = new Float64Array(inputs * neurons);
    return {
      state: [largest],
      request(seen, asked) {
        const [x, u, w] = [seen["pre rates"], seen["post membrane"], seen.weights];
        const first = hardWinners(u);
        const y = winners === "hard" ? first : softWinners(u, t!);
        if (winners === "anti") for (let j = 0; j < neurons; j++) if (first[j] === 0) y[j]! *= -1;
        const squares = new Float64Array(neurons);
        let most = 0;
        for (let i = 0, k = 0; i < inputs; i++) {
          for (let j = 0; j < neurons; j++, k++) {
            delta[k] = y[j]! * (x[i]! - u[j]! * w[k]!);
            most = Math.max(most, Math.abs(delta[k]!));
            squares[j]! += w[k]! ** 2;
          }
        }
        if (most === 0) return;
        // The running mean begins with the first sample's own.
        largest[0] = largest[0] === 0 ? most : (1 - memory) * largest[0]! + memory * most;
        const by = normaliser === "exact" ? most : largest[0]!;
        const rates = squares.map((sum) => (rate! * (Math.abs(Math.sqrt(sum) - 1) + 1e-10) ** exponent!) / by);
        for (let k = 0; k < delta.length; k++) if (delta[k] !== 0) asked.add(k, rates[k % neurons]! * delta[k]!);
      },
    };
  },
};
