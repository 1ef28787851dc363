import { describe, expect, it } from "vitest";
import {
  halfSelected,
  halfSelectedSum,
  lineConductances,
  lineDrives,
  newLineActivity,
  updateRule,
} from "../../../crossbar/plasticity/index.ts";
import { drawTrains, trainPlan } from "../../../crossbar/plasticity/trains.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

const engine = await openEngine(1 << 20);
const [rows, columns] = [5, 7];
const x = Float32Array.of(0.9, -0.4, 0, 0.2, -1);
const d = Float32Array.of(0.05, -0.02, 0, 0.01, -0.05, 0.03, -0.001);
const draw = drawOf(4);
const step = 4e-4;
const rate = 0.1;

/** What every cell of each half sees of trains that the test lays out slot by slot: [lines of both, of one, of none] pulse. */
function slotBySlot(update: number, oneSided: boolean) {
  const options = { trainLength: 31, updateManagement: true, lengthManagement: true };
  const { length, inputGain, outputGain } = trainPlan(1, Math.fround(0.05), rate, step, options);
  const [words, bits] = [new Uint32Array(rows), new Uint32Array(columns)];
  drawTrains(engine, at(draw, "trains", "both", "word lines"), update, x, inputGain, length, words);
  drawTrains(engine, at(draw, "trains", "both", "bit lines"), update, d, outputGain, length, bits);
  const seen = { growing: cellsOf(), falling: cellsOf() };
  let [wordLines, bitLines] = [0, 0];
  for (const half of ["growing", "falling"] as const) {
    for (const sign of [1, -1]) {
      for (let slot = 0; slot < length; slot++) {
        const turn = half === "growing" ? sign : -sign;
        for (let r = 0; r < rows; r++) {
          const word = Math.sign(x[r]!) === sign && (words[r]! >>> slot) & 1 ? 1 : 0;
          if (!oneSided || half === "growing") wordLines += word;
          for (let c = 0; c < columns; c++) {
            const bit = Math.sign(d[c]!) === turn && (bits[c]! >>> slot) & 1 ? 1 : 0;
            if (r === 0) bitLines += bit;
            const cell = seen[half][r * columns + c]!;
            cell[2 - word - bit]!++;
          }
        }
      }
    }
  }
  return { seen, wordLines, bitLines };
}

const cellsOf = () => Array.from({ length: rows * columns }, () => [0, 0, 0]);

describe("cells that are not meant", () => {
  it.each([false, true])("are counted as trains laid out slot by slot show them, one-sided: %s", (oneSided) => {
    const steps = { growing: step, falling: step };
    const rule = updateRule("stochastic", { engine, rows, columns, steps, draw });
    const activity = newLineActivity(rows, columns, oneSided);
    const counts = new Int16Array(rows * columns);
    for (let update = 0; update < 50; update++) {
      rule.request(x, d, rate, update, counts, activity);
      const { seen, wordLines, bitLines } = slotBySlot(update, oneSided);
      expect(lineDrives(activity)).toEqual({ wordLines, bitLines });
      for (const half of ["growing", "falling"] as const) {
        const sign = half === "growing" ? 1 : -1;
        const third = halfSelected(counts, activity, half, "third")!;
        const { along } = halfSelected(counts, activity, half, "half")!;
        expect(third.along).toEqual(along);
        for (const [i, [both, one, none]] of seen[half].entries()) {
          expect(Math.max(0, sign * counts[i]!)).toBe(both);
          expect(along[i]).toBe(one);
          expect(third.against![i]).toBe(none);
        }
      }
    }
  });

  const rules = ["stochastic", "stochastic-two-pass", "deterministic", "mean-count", "mixed-precision"];
  it.each(rules)("of %s add up to their sums, and lines that pulse account for all of them", (name) => {
    for (const oneSided of [false, true]) {
      const rule = updateRule(name, { engine, rows, columns, steps: { growing: step, falling: 2 * step }, draw });
      const activity = newLineActivity(rows, columns, oneSided);
      const counts = new Int16Array(rows * columns);
      const conductance = Float32Array.from({ length: rows * columns }, (_, i) => 1e-6 * (1 + (i % 4)));
      const lines = lineConductances(conductance, rows, columns);
      for (let update = 0; update < 20; update++) {
        rule.request(x, d, rate, update, counts, activity);
        for (const half of ["growing", "falling"] as const) {
          for (const selection of ["half", "third"] as const) {
            const { along, against } = halfSelected(counts, activity, half, selection)!;
            const often = along.map((count, i) => count + (against?.[i] ?? 0));
            const sum = halfSelectedSum(counts, activity, half, selection, lines);
            expect(sum.pulses).toBe(often.reduce((a, b) => a + b, 0));
            const siemens = often.reduce((all, count, i) => all + count * conductance[i]!, 0);
            expect(sum.siemens).toBeCloseTo(siemens, 12);
            // A cell sees at most one of the three in every slot.
            const meant = (i: number) => Math.max(0, half === "growing" ? counts[i]! : -counts[i]!);
            for (const [i, count] of often.entries()) {
              expect(count + meant(i)).toBeLessThanOrEqual(activity[half].slots);
              expect(along[i]).toBeLessThan(2 ** 31);
            }
          }
        }
      }
    }
  });

  it("are none where every cell has its transistor", () => {
    const activity = newLineActivity(rows, columns, false);
    expect(halfSelected(new Int16Array(rows * columns), activity, "growing", "transistor")).toBeNull();
  });
});
