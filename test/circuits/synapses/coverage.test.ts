import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { denseCoverage, sparseCoverage } from "../../../circuits/index.ts";

const clock = (devices: number, increment = 1) => ({ devices, increment, policy: "global-clock" }) as const;

describe("coverage of the global clock, in closed form", () => {
  // The numbers that the reference gives in 3.1, verified there by enumeration.
  it.each([
    [1000, 5, 1, 1, 1, 1000],
    [1000, 8, 1, 1, 1, 1000],
    [1000, 3, 1, 1, 3, 1000],
    [1000, 7, 1, 1, 7, 1000],
    [1001, 7, 1, 1, 1, 1001],
    [1001, 5, 1, 1, 5, 1001],
    [1001, 8, 1, 1, 8, 1001],
    [1001, 8, 2, 1, 4, 1001],
    [1, 7, 1, 7, 1, 1],
    [1, 6, 1, 2, 3, 1],
    [1, 7, 1, 2, 7, 1],
    [1000, 7, 1, 2, 7, 500],
  ])(
    "S %i, N %i, inc %i, L %i: %i devices in %i synapses",
    (synapses, devices, increment, counter, reached, updated) => {
      expect(denseCoverage(clock(devices, increment), counter, synapses)).toEqual({
        devices: reached,
        synapses: updated,
      });
    },
  );

  it("where data decide who asks depends on counter and increment alone", () => {
    expect([7, 6, 7].map((devices, k) => sparseCoverage(clock(devices), [7, 2, 2][k]!))).toEqual([1, 3, 7]);
    expect(sparseCoverage(clock(8, 2), 1)).toBe(4);
  });

  it("is exact for counters whose product no double holds", () => {
    // lcm(S, L) inc = S L inc has 60 bits; N = 2^10 divides none of these odd numbers.
    const [synapses, counter, increment] = [1_048_575, 1_048_573, 1_048_571];
    expect(denseCoverage(clock(1024, increment), counter, synapses)).toEqual({ devices: 1024, synapses });
  });

  it("leaves nothing out where lengths are prime to each other", () => {
    const primes = fc.shuffledSubarray([2, 3, 5, 7, 11, 13], { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(primes, ([devices, synapses, counter]) => {
        const whole = { devices, synapses };
        expect(denseCoverage(clock(devices!), counter!, synapses!)).toEqual(whole);
      }),
      { seed: 1 },
    );
  });
});
