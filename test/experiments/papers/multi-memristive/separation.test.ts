import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areaUnderCurve,
  discriminability,
  histogram,
  momentsOf,
} from "../../../../experiments/papers/multi-memristive/separation.ts";

describe("separation of two groups of weights", () => {
  it("is the share of pairs in which the upper one is larger, equal ones by half", () => {
    const few = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(few, few, (upper, lower) => {
        let larger = 0;
        for (const a of upper) for (const b of lower) larger += a > b ? 1 : a === b ? 0.5 : 0;
        expect(areaUnderCurve(upper, lower)).toBeCloseTo(larger / (upper.length * lower.length), 12);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is 1 for groups apart, 0 for those the other way round, 1/2 for the same", () => {
    expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
    expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
    expect(areaUnderCurve([1, 2, 3], [1, 2, 3])).toBe(0.5);
  });

  it("counts means in roots of the mean variance", () => {
    expect(momentsOf([1, 3])).toEqual({ mean: 2, deviation: 1 });
    // Variances 9 and 16: their mean's root is sqrt(12.5).
    const [upper, lower] = [
      { mean: 15, deviation: 3 },
      { mean: 5, deviation: 4 },
    ];
    expect(discriminability(upper, lower)).toBeCloseTo(10 / Math.sqrt(12.5), 12);
  });

  it("shows every value in a histogram, those beyond its ends in the last bins", () => {
    expect(histogram([-1, 0, 0.9, 1, 2.5, 99], 1, 4)).toEqual([3, 1, 1, 1]);
  });
});
