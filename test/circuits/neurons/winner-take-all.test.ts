import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { greatest, hardWinners, softWinners } from "../../../circuits/neurons/index.ts";

describe("winner-take-all", () => {
  it("shares 1 by exp(beta u), whatever is added to all membranes", () => {
    const membranes = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(membranes, fc.double({ min: 0, max: 20, noNaN: true }), (u, beta) => {
        const [shares, shifted] = [
          softWinners(u, beta),
          softWinners(
            u.map((own) => own + 1000),
            beta,
          ),
        ];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
        for (const [j, share] of shares.entries()) {
          // Adding 1000 costs the membranes 1e-13 of their bits.
          expect(shifted[j]!).toBeCloseTo(share, 5);
          const ratio = Math.exp(beta * (u[j]! - u[0]!));
          if (shares[0]! > 1e-3 && share > 1e-3) expect(share / shares[0]! / ratio).toBeCloseTo(1, 4);
        }
      }),
      { seed: 1 },
    );
  });

  it("gives all to the greatest as the inverse temperature grows, and equal shares at 0", () => {
    expect([...softWinners([1, 3, 2], 1000)]).toEqual([...hardWinners([1, 3, 2])]);
    for (const share of softWinners([1, 3, 2], 0)) expect(share).toBeCloseTo(1 / 3, 6);
  });

  it("names the k greatest, as sorting does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (values, k) => {
          const sorted = values.map((_, j) => j).sort((a, b) => values[b]! - values[a]! || a - b);
          expect(greatest(values, k)).toEqual(sorted.slice(0, k));
        },
      ),
      { seed: 1 },
    );
    expect([...hardWinners([5, 1, 5, 5], 2)]).toEqual([1, 0, 1, 0]);
  });
});
