import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coincidences } from "../../../crossbar/plasticity/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { bothEngines, onBoth } from "../../ground/kernels/engines.ts";

const line = fc.record({
  // Every other line rests: rows of zeros are skipped.
  train: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff })),
  sign: fc.constantFrom(1, -1),
});
const lines = fc.array(line, { minLength: 1, maxLength: 40 });

/** Slot by slot: a cell gets a pulse where both lines have one. */
function slotBySlot(x: readonly Line[], d: readonly Line[]): number[] {
  return x.flatMap((row) =>
    d.map((column) => {
      let met = 0;
      for (let slot = 0; slot < 32; slot++) {
        const both = Math.floor(row.train / 2 ** slot) % 2 === 1 && Math.floor(column.train / 2 ** slot) % 2 === 1;
        if (both) met++;
      }
      return met === 0 ? 0 : row.sign * column.sign * met;
    }),
  );
}

interface Line {
  readonly train: number;
  readonly sign: number;
}

const wordsOf = (all: readonly Line[]): Uint32Array => Uint32Array.from(all, ({ train }) => train);
const signsOf = (all: readonly Line[]): Int8Array => Int8Array.from(all, ({ sign }) => sign);

describe("coincidences of trains", () => {
  it("are the pulses that both lines have in a slot, with the product of their signs", async () => {
    const engines = await bothEngines();
    fc.assert(
      fc.property(lines, lines, (x, d) => {
        const expected = slotBySlot(x, d);
        const [kernel, twin] = onBoth(engines, (engine) => {
          const counts = new Int16Array(x.length * d.length).fill(99);
          coincidences(engine, wordsOf(x), signsOf(x), wordsOf(d), signsOf(d), counts);
          return [...counts];
        });
        expect(kernel).toEqual(expected);
        expect(twin).toEqual(expected);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("of longer trains add up word by word, in the engine's memory as beside it", async () => {
    const engine = await openEngine(1 << 20);
    const [x, d] = [Uint32Array.of(0xffffffff, 0, 5), Uint32Array.of(1, 0xf0, 0xffffffff)];
    const [up, down] = [Int8Array.of(1, 1, -1), Int8Array.of(1, -1, 1)];
    const once = new Int16Array(9);
    coincidences(engine, x, up, d, down, once);
    expect([...once]).toEqual([1, -4, 32, 0, 0, 0, -1, 0, -2]);
    for (const counts of [new Int16Array(9), engine.memory.int16(9)]) {
      for (const add of [false, true, true]) coincidences(engine, x, up, d, down, counts, add);
      expect([...counts]).toEqual([...once].map((count) => 3 * count));
    }
  });
});
