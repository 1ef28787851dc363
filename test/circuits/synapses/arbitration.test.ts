import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arbitration, nothingSelected } from "../../../circuits/synapses/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

describe("arbitration by a global clock", () => {
  it("reaches N / gcd(lcm(S, L) inc, N) devices of S / gcd(S, L) synapses in dense scans (claim 3.b)", () => {
    const small = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(small(9), small(40), small(4), small(12), (devices, synapses, increment, length) => {
        const spec = {
          devices,
          policy: "global-clock",
          increment,
          potentiationCounter: length,
          depressionCounter: 1,
        } as const;
        const arbitration = new Arbitration(spec, synapses, drawOf(1));
        for (let pass = 0; pass < 2 * devices * length; pass++) {
          for (let s = 0; s < synapses; s++) arbitration.request(s, 1);
        }
        const reached = Array.from(
          { length: synapses },
          (_, s) => arbitration.selections.subarray(s * devices, (s + 1) * devices).filter((count) => count > 0).length,
        );
        const updated = reached.filter((count) => count > 0);
        expect(updated.length).toBe(synapses / gcd(synapses, length));
        const lcm = (synapses * length) / gcd(synapses, length);
        for (const count of updated) expect(count).toBe(devices / gcd(lcm * increment, devices));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("selects one device for every request that is let through, and counts it (claim 3.a)", () => {
    const spec = {
      devices: 7,
      policy: "global-clock",
      increment: 2,
      potentiationCounter: 1,
      depressionCounter: 3,
    } as const;
    const arbitration = new Arbitration(spec, 10, drawOf(1));
    let selected = 0;
    for (let k = 0; k < 1000; k++) {
      const device = arbitration.request(k % 10, k % 3 === 0 ? -1 : 1);
      if (device === nothingSelected) continue;
      expect(device).toBe((2 * k) % 7);
      selected++;
    }
    const { requested, applied } = arbitration.counted;
    expect(requested).toEqual({ potentiation: 666, depression: 334 });
    expect(applied).toEqual({ potentiation: 666, depression: Math.ceil(334 / 3) });
    expect(arbitration.selections.reduce((sum, count) => sum + count, 0)).toBe(selected);
    expect(selected).toBe(666 + 112);
  });
});
