import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conductancesOf, replaceConductances, targetsOf } from "../../circuits/index.ts";
import { chipWith, layerOf, normals } from "./layers.ts";

const exact = { mode: "held", window: 1 } as const;

describe("conductances of a whole layer", () => {
  const [rows, columns, groups] = [11, 7, 3];
  const weights = Array.from({ length: groups }, (_, g) => normals(rows * columns, g + 1));
  const tiles = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 }));

  it("lie as the weights do, [group][row][column], on any tiles: one of a pair at zero, the difference the weight", async () => {
    await fc.assert(
      fc.asyncProperty(tiles, async ([tileRows, tileColumns]) => {
        const chip = chipWith("ideal", `tile.rows=${tileRows}`, `tile.columns=${tileColumns}`, "tile.scale=column");
        const layer = await layerOf({ chip, rows, columns, weights });
        const { positive, negative } = targetsOf(layer);
        expect(conductancesOf(layer)).toEqual({ positive, negative });
        const perSiemens = layer.weightPerSiemens;
        for (let i = 0; i < positive.length; i++) {
          expect(Math.min(positive[i]!, negative[i]!)).toBe(0);
          const group = Math.floor(i / (rows * columns));
          const scale = perSiemens[group]![0]![i % columns]!;
          // Scales are doubles and conductances floats: 24 bits.
          const weight = weights[group]![i % (rows * columns)]!;
          expect(Math.abs((positive[i]! - negative[i]!) * scale - weight)).toBeLessThan(1e-6);
        }
      }),
      { seed: 4, numRuns: 20 },
    );
  });

  it("from elsewhere are what the layer then has and multiplies with", async () => {
    const chip = chipWith("ideal", "tile.rows=4", "tile.columns=3");
    const layer = await layerOf({ chip, rows, columns, weights, inputRange: 4 });
    const other = await layerOf({ chip, rows, columns, weights: weights.toReversed(), inputRange: 4 });
    replaceConductances(layer, conductancesOf(other), false);
    expect(conductancesOf(layer)).toEqual(targetsOf(other));
    for (const both of [layer, other]) both.hold(exact, 0);
    const x = normals(groups * 5 * rows, 9);
    const [y, wanted] = [layer, other].map((of) => of.multiply(x, 5, "images", 0, null));
    // Scales are the layer's own: its columns' largest weights over those of the other.
    const perSiemens = (of: typeof layer, i: number) =>
      of.weightPerSiemens[Math.floor(i / (5 * columns))]![0]![i % columns]!;
    for (const [i, value] of y!.entries()) {
      expect(value / perSiemens(layer, i)).toBeCloseTo(wanted![i]! / perSiemens(other, i), 9);
    }
  });

  it.each(["webassembly", "typescript"] as const)("put back change no bit, at any later time (%s)", async (engine) => {
    const asked = {
      chip: chipWith("pcm", "tile.rows=4", "tile.columns=3"),
      rows,
      columns,
      weights,
      inputRange: 4,
      engine,
    };
    const [untouched, back] = [await layerOf(asked), await layerOf(asked)];
    // At the first reading, which is the drift law's origin, the conductances are the programmed ones.
    replaceConductances(back, conductancesOf(back), true);
    const x = normals(groups * 5 * rows, 9);
    for (const layer of [untouched, back]) {
      layer.elapse(86_400);
      layer.hold({ mode: "process", window: 1e-3 }, 1);
    }
    expect(conductancesOf(back)).toEqual(conductancesOf(untouched));
    expect(back.multiply(x, 5, "images", 0, null)).toEqual(untouched.multiply(x, 5, "images", 0, null));
  });

  it.each(["webassembly", "typescript"] as const)("that stay are the same at any later time (%s)", async (engine) => {
    const layer = await layerOf({ chip: chipWith("pcm"), rows, columns, weights, inputRange: 4, engine });
    layer.elapse(3600);
    const now = conductancesOf(layer);
    replaceConductances(layer, now, false);
    layer.elapse(1e8);
    expect(conductancesOf(layer)).toEqual(now);
  });
});
