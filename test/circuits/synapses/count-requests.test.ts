import fc from "fast-check";
import { expect, it } from "vitest";
import { countRequests, countRequestsPlain } from "../../../circuits/synapses/count-requests.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

it("counts requests of a whole array by the kernel as by its twin, the largest counts too", async () => {
  const engine = await openEngine(2 ** 22);
  const count = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constantFrom(-32768, 32767, 0));
  fc.assert(
    fc.property(fc.array(count, { maxLength: 60 }), fc.integer({ min: 0, max: 2000 }), (some, repeats) => {
      const { memory } = engine;
      const mark = memory.mark();
      const all = [...some, ...Array.from({ length: Math.min(repeats, 1000) }, () => some).flat()];
      const [counts, selections] = [memory.int16(all.length), memory.uint32(all.length).fill(3)];
      counts.set(all);
      const [plainCounts, plainSelections] = [counts.slice(), selections.slice()];
      expect(countRequests(engine, counts, selections)).toEqual(countRequestsPlain(plainCounts, plainSelections));
      expect(selections).toEqual(plainSelections);
      memory.release(mark);
    }),
    { seed: 1, numRuns: 60 },
  );
});
