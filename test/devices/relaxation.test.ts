import { beforeAll, describe, expect, it } from "vitest";
import { relax } from "../../devices/relaxation.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeAll(async () => {
  engines = await bothEngines();
});

describe("exponential relaxation", () => {
  // From a thousandth of an e-fold, which takes the short way, to sixty; values of both signs; every length of the last vector.
  it.each([1, 2, 3, 4, 5, 7, 8, 11, 4097])("comes out of the kernel as out of its twin, %d cells", (count) => {
    for (const seconds of [0, 1e-3, 0.3, 2, 60]) {
      const [fast, plain] = onBoth(engines, (engine) => {
        const values = someNumbers(count).map((u) => (u - 0.5) * 40e-9);
        const value = float32(engine, [...values, 7, 7, 7, 7]);
        const rate = float32(engine, someNumbers(count, 2));
        relax(engine, value.subarray(0, count), rate, seconds);
        expect([...value.subarray(count)]).toEqual([7, 7, 7, 7]);
        return value;
      });
      expect(worst(fast, plain, (i) => (3e-7 + 2e-7 * seconds) * Math.abs(plain[i]!) + 1e-30)).toBeLessThan(1);
    }
  });

  it("is exp(-rate t) of each cell, nothing after no time, and exactly 0 in the end", () => {
    const { kernels: engine } = engines;
    const value = float32(engine, [3e-8, -3e-8, 3e-8, 3e-8, 3e-8]);
    const rate = float32(engine, [1, 2, 0, 0.1, 40]);
    const before = value.slice();
    relax(engine, value, rate, 0);
    expect(value).toEqual(before);
    relax(engine, value, rate, 1.5);
    for (const [i, e] of [1.5, 3, 0, 0.15, 60].entries()) {
      if (i < 4) expect(value[i]! / (before[i]! * Math.exp(-e))).toBeCloseTo(1, 6);
    }
    expect(value[4]).toBe(0);
  });

  it("has the same bits in two steps of the short way as the exponents add up to, within float32", () => {
    const { kernels: engine } = engines;
    const [one, two] = [1, 2].map(() => float32(engine, someNumbers(1001)));
    const rate = float32(engine, someNumbers(1001, 2));
    relax(engine, one!, rate, 0.4);
    relax(engine, two!, rate, 0.1);
    relax(engine, two!, rate, 0.3);
    expect(worst(two!, one!, (i) => 5e-7 * one![i]!)).toBeLessThan(1);
  });
});
