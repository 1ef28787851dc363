import { beforeAll, describe, expect, it } from "vitest";
import { lawOf } from "../../../devices/phase-change/law.ts";
import { phaseChange } from "../../../devices/phase-change/programmed-statistics.ts";
import { programCells } from "../../../devices/phase-change/programming.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { readKnownTree } from "../../../src/ground/known-tree.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { bothEngines, float32, onBoth } from "../../ground/kernels/engines.ts";

const set = shippedSet("pcm", "joshi-2020");
const fractions = [0.1, 0.3, 0.8];
const [means, spreads] = [
  [0.09, 0.05, 0.02],
  [0.02, 0.01, 0.004],
];

/** The set with tables as a user's file gives them. */
function tabled(mean = { fractions, values: means }, spread = { fractions, values: spreads }): KnownTree {
  return { ...set, ...readKnownTree({ exponentMean: mean, exponentSpread: spread }, "mine.yaml") };
}

let engines: { kernels: Engine; twins: Engine };
beforeAll(async () => {
  engines = await bothEngines(1 << 24);
});

function exponentsOf(engine: Engine, values: KnownTree, target: readonly number[]) {
  const { memory } = engine;
  const room = () => memory.float32(target.length);
  const cells = { programmed: room(), exponent: room(), readNoiseAmplitude: room() };
  programCells(engine, lawOf(values), float32(engine, target), cells, at(drawOf(1), "g"), at(drawOf(1), "nu"), 3);
  return cells;
}

describe("drift exponents from a table", () => {
  it("lie on the straight lines between its rows, and at its ends beyond them", () => {
    const values = tabled(undefined, { fractions, values: [0, 0, 0] });
    const rows = [0, 0.05, 0.1, 0.2, 0.3, 0.55, 0.8, 1, 1.2];
    const expected = [0.09, 0.09, 0.09, 0.07, 0.05, 0.035, 0.02, 0.02, 0.02];
    const { exponent } = exponentsOf(
      engines.kernels,
      values,
      rows.map((r) => r * 25e-6),
    );
    expected.forEach((nu, i) => {
      expect(Math.abs(exponent[i]! / nu - 1)).toBeLessThan(1e-6);
    });
  });

  // 200,000 draws: 4 standard errors of a mean are 0.009 of its spread, of a deviation 0.0063 of itself.
  it("spread as it says", () => {
    const target = new Array<number>(200_000).fill(0.2 * 25e-6);
    const { exponent } = exponentsOf(engines.kernels, tabled(), target);
    const mean = exponent.reduce((sum, nu) => sum + nu, 0) / exponent.length;
    const deviation = Math.sqrt(exponent.reduce((sum, nu) => sum + (nu - mean) ** 2, 0) / exponent.length);
    expect(Math.abs(mean - 0.07)).toBeLessThan(0.009 * 0.015);
    expect(Math.abs(deviation / 0.015 - 1)).toBeLessThan(0.0063);
  });

  it("leave conductances, read noise and the published curves where they were, on both engines", () => {
    const target = Array.from({ length: 100 }, (_, i) => (i / 99) * 25e-6);
    for (const engine of [engines.kernels, engines.twins]) {
      const [own, other] = [exponentsOf(engine, set, target), exponentsOf(engine, tabled(), target)];
      expect(other.programmed).toEqual(own.programmed);
      expect(other.readNoiseAmplitude).toEqual(own.readNoiseAmplitude);
      expect(other.exponent).not.toEqual(own.exponent);
    }
    const [fast, plain] = onBoth(engines, (engine) => exponentsOf(engine, tabled(), target).exponent);
    for (let i = 0; i < 100; i++) expect(Math.abs(fast[i]! - plain[i]!)).toBeLessThan(1e-6);
    // The curve of the one beside a table of the other.
    const mixed = { ...set, ...readKnownTree({ exponentSpread: { fractions: [0], values: [0] } }, "mine.yaml") };
    const { exponent } = exponentsOf(engines.kernels, mixed, [25e-6, 2.5e-6]);
    expect(exponent[0]).toBeCloseTo(0.049, 6);
    expect(exponent[1]).toBeCloseTo(-0.0155 * Math.log(0.1) + 0.0244, 6);
  });

  it("drift the cells of the model", async () => {
    const engine = await openEngine(1 << 22, "typescript");
    const values = tabled(undefined, { fractions, values: [0, 0, 0] });
    const cells = phaseChange.prepare(values).create(engine, 1, drawOf(1), everything);
    cells.program!(Float32Array.of(0.3 * 25e-6), 0);
    const [first, last] = [new Float32Array(1), new Float32Array(1)];
    cells.elapse(20);
    cells.conductance(first);
    cells.elapse(2e6 - 20);
    cells.conductance(last);
    expect(last[0]! / first[0]!).toBeCloseTo(1e5 ** -0.05, 5);
  });

  it("refuses a table that does not rise, lengths that differ and negative values", () => {
    expect(() => lawOf(tabled({ fractions: [0.1, 0.1, 0.8], values: means }))).toThrow(/rising numbers/);
    expect(() => lawOf(tabled({ fractions, values: [0.1, 0.2] }))).toThrow(/3 numbers/);
    expect(() => lawOf(tabled({ fractions, values: [0.1, -0.2, 0] }))).toThrow(/numbers from 0 on/);
  });
});
