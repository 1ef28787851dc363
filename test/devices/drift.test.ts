import { beforeAll, describe, expect, it } from "vitest";
import { drift } from "../../devices/drift.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeAll(async () => {
  engines = await bothEngines();
});

const year = 31_557_600;

function cellsOf(engine: Engine, count: number, at: (i: number) => number) {
  const programmedAt = engine.memory.float64(count);
  for (let i = 0; i < count; i++) programmedAt[i] = at(i);
  return {
    programmed: float32(
      engine,
      someNumbers(count).map((u) => u * 25e-6),
    ),
    exponent: float32(
      engine,
      someNumbers(count, 2).map((u) => u * 0.3),
    ),
    programmedAt,
  };
}

describe("power-law drift", () => {
  // Ages from before programming to a century, each cell its own.
  it.each([1, 3, 4, 5, 1000, 4097])("comes out of the kernel as out of its twin, %d cells", (count) => {
    const ages = someNumbers(count, 3);
    const [fast, plain] = onBoth(engines, (engine) => {
      const cells = cellsOf(engine, count, (i) => year - 1e-3 * 10 ** (13 * ages[i]!) + 50);
      const out = engine.memory.float32(count + 8).fill(7);
      drift(engine, cells, year, 20, out.subarray(0, count));
      expect(out[count]).toBe(7);
      return out;
    });
    expect(worst(fast, plain, (i) => 2e-6 * plain[i]!)).toBeLessThan(1);
  });

  it("is (age / origin)^-nu of each cell's own age and exponent", () => {
    const { kernels: engine } = engines;
    const cells = cellsOf(engine, 4, (i) => [0, 100, 86_000, 86_399.5][i]!);
    const out = engine.memory.float32(4);
    drift(engine, cells, 86_400, 20, out);
    [86_400, 86_300, 400, 0.5].forEach((age, i) => {
      const expected = cells.programmed[i]! * (age / 20) ** -cells.exponent[i]!;
      expect(Math.abs(out[i]! / expected - 1)).toBeLessThan(2e-6);
    });
  });

  // The kernel keeps the last four ages' logarithms: any one of the four may differ from the cell four before it.
  it.each([0, 1, 2, 3])(
    "is of its own age where only every eighth cell was programmed later, from cell %d on",
    (late) => {
      const [fast, plain] = onBoth(engines, (engine) => {
        const cells = cellsOf(engine, 65, (i) => (i % 8 === late ? 80_000 : 0));
        const out = engine.memory.float32(65);
        drift(engine, cells, 86_400, 20, out);
        return out;
      });
      expect(worst(fast, plain, (i) => 2e-6 * plain[i]!)).toBeLessThan(1);
    },
  );

  it("is exactly the programmed conductance at the origin's age, and before and at programming", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      const cells = cellsOf(engine, 9, (i) => [0, 20, 25][i % 3]!);
      const out = engine.memory.float32(9);
      drift(engine, cells, 20, 20, out);
      expect(out).toEqual(cells.programmed);
    }
  });

  // A float32 clock would be 2 s coarse after a year: 1 s of age apart must be seen.
  it("tells seconds apart after a year", () => {
    const { kernels: engine } = engines;
    const cells = cellsOf(engine, 2, (i) => year + i);
    cells.programmed.fill(1e-6);
    cells.exponent.fill(0.1);
    const out = engine.memory.float32(2);
    drift(engine, cells, year + 21, 20, out);
    expect(out[0]! / out[1]!).toBeCloseTo((21 / 20) ** -0.1, 6);
  });
});
