import type { LocalRuleKind } from "./local-rule.ts";
import { amount } from "./parameters.ts";

/** Oja's rule, dw = rate y (x - y w): Hebbian growth whose decay keeps the norm at 1, along the first principal component of the inputs. */
export const oja: LocalRuleKind = {
  name: "oja",
  title: "Oja's rule",
  law: "Δw = η y (x − y w)",
  source: "Oja, J. Math. Biol. 15, 267 (1982), doi:10.1007/BF00275687",
  needs: ["pre rates", "post rates", "weights"],
  acts: "every step",
  keeps: { row: 0, column: 0, synapse: 0, array: 0 },
  reach: "own lines",
  gives: "change",
  parameters: { rate: amount("learning rate", 0.01) },
  create({ inputs, neurons }, parameters) {
    const rate = parameters.number("rate");
    return {
      state: [],
      request(seen, asked) {
        const [x, y, w] = [seen["pre rates"], seen["post rates"], seen.weights];
        for (let i = 0, k = 0; i < inputs; i++) {
          for (let j = 0; j < neurons; j++, k++) {
            const change = rate * y[j]! * (x[i]! - y[j]! * w[k]!);
            if (change !== 0) asked.add(k, change);
          }
        }
      },
    };
  },
};
