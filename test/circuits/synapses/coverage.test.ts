import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Arbitration,
  type ArbitrationSpec,
  coverageWarnings,
  denseCoverage,
  leftOut,
  scanCoverage,
  sparseCoverage,
  sparseWarnings,
} from "../../../circuits/index.ts";
import { drawOf, philox4x32 } from "../../../src/ground/draws/index.ts";

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
    // A counter for every synapse does not keep step with those of the array.
    expect(sparseCoverage({ ...clock(8, 2), policy: "per-synapse" }, 4)).toBe(4);
    expect(sparseCoverage({ ...clock(8, 2), policy: "random" }, 4)).toBe(8);
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

/** What counters reach where a request of a pass is a depression with probability `share`. */
function simulated(spec: ArbitrationSpec, synapses: number, share: number, passes: number) {
  const arbitration = new Arbitration(spec, synapses, drawOf(1));
  for (let pass = 0; pass < passes; pass++) {
    for (let s = 0; s < synapses; s++) {
      arbitration.request(s, philox4x32([pass, s, 0, 0], [7, 7])[0] < share * 2 ** 32 ? -1 : 1);
    }
  }
  const reached = Array.from(
    { length: synapses },
    (_, s) => arbitration.selections.subarray(s * spec.devices, (s + 1) * spec.devices).filter((n) => n > 0).length,
  ).filter((count) => count > 0);
  return { fewest: Math.min(...reached), most: Math.max(...reached), synapses: reached.length };
}

describe("coverage under requests of both signs", () => {
  const small = (max: number) => fc.integer({ min: 1, max });

  // In a pass a device that the pointer comes to is pulsed with a probability of 1/6 x 1/4 at least; 1,000 passes leave it out with e^-41.
  it("is that of the pointer, whatever the counters: held against counters that run", () => {
    fc.assert(
      fc.property(
        small(6),
        small(12),
        small(3),
        small(4),
        small(4),
        (devices, synapses, increment, potentiation, depression) => {
          const spec = {
            ...clock(devices, increment),
            potentiationCounter: potentiation,
            depressionCounter: depression,
          };
          const { devices: reached, synapses: updated } = scanCoverage(spec, synapses, "both");
          expect(simulated(spec, synapses, 0.4, 1000)).toEqual({ fewest: reached, most: reached, synapses: updated });
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it("is told with the numbers wherever something is left out, and only there", () => {
    const spec = { ...clock(7), potentiationCounter: 2, depressionCounter: 1 };
    expect(coverageWarnings(spec, 999, "potentiation")).toEqual([]);
    expect(coverageWarnings(spec, 1000, "potentiation")).toEqual([
      "dense scans update 500 of 1000 synapses and never the others: 1000 and the length 2 of the potentiation counter share the factor 2; lengths should be relatively prime",
    ]);
    expect(coverageWarnings(spec, 1001, "both")).toEqual([
      "dense scans reach 1 of the 7 devices of a synapse, however long they go on: S = 1001 times increment 1 and 7 share the factor 7; lengths should be relatively prime",
    ]);
    expect(coverageWarnings({ ...spec, policy: "random" }, 1001, "both")).toEqual([]);
  });
});

describe("devices that were left out", () => {
  // 5 divides 10 and not 11; 21 updates a device are enough, and 2 are not.
  it.each([
    [10, 105, { devices: 40, of: 50 }],
    [11, 105, { devices: 0, of: 55 }],
    [10, 10, { devices: 0, of: 0 }],
  ])("of %i synapses of 5 devices after %i passes", (synapses, passes, left) => {
    const spec = { ...clock(5), potentiationCounter: 1, depressionCounter: 1 };
    const arbitration = new Arbitration(spec, synapses, drawOf(1));
    for (let pass = 0; pass < passes; pass++) for (let s = 0; s < synapses; s++) arbitration.request(s, 1);
    expect(leftOut([arbitration])).toEqual(left);
    expect(leftOut([arbitration, arbitration])).toEqual({ devices: 2 * left.devices, of: 2 * left.of });
  });

  it("are told where no data could reach them", () => {
    const spec = { ...clock(8, 2), potentiationCounter: 1, depressionCounter: 1 };
    expect(sparseWarnings(spec)).toEqual([
      "updates reach 4 of the 8 devices of a synapse, whatever data ask for: increment 2 and 8 share the factor 2; they should be relatively prime",
    ]);
    expect(sparseWarnings({ ...spec, increment: 3 })).toEqual([]);
  });
});
