import { describe, expect, it } from "vitest";
import { assumptionsOf, costsOf, programmingEnergy } from "../../../circuits/energy/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";
import { leafAt, leavesOf, withLeaf } from "../../../src/ground/known-tree.ts";
import { chipWith, fileOf, valuesOf } from "./phase-change-chip.ts";

const tree = valuesOf("costs/phase-change-32nm");
const withValue = (path: string, value: number): KnownTree =>
  withLeaf(tree, path, { value, unit: "1", howKnown: "assumed", source: "test" } satisfies Known);

describe.each(["phase-change-32nm", "hermes-14nm"])("cost table %s", (name) => {
  const values = valuesOf(`costs/${name}`);

  it("names a listed source, or none, for every value", () => {
    const sources = Object.keys(fileOf("sources"));
    for (const [path, { source }] of leavesOf(values)) {
      if (source !== null) expect(sources, path).toContain(source);
    }
  });

  it("uses every value: changing any number changes some cost", () => {
    const reading = (costs: KnownTree): string => {
      const settings = [
        chipWith(),
        chipWith({ input: "amplitude" }),
        chipWith({ conversionTime: 1e-9, outputBits: 10 }),
      ];
      const small = chipWith({ outputBits: 2 });
      return JSON.stringify([...settings, small].map((chip) => costsOf(costs, chip)));
    };
    const changed = (path: string, value: number): KnownTree =>
      withLeaf(values, path, { value, unit: "1", howKnown: "assumed", source: "test" } satisfies Known);
    for (const [path, { value }] of leavesOf(values)) {
      if (typeof value !== "number" || path === "outputConversion.smallestNode") continue;
      expect(reading(changed(path, value === 0 ? 1 : value * 1.5)), path).not.toBe(reading(values));
    }
    if (leafAt(values, "outputConversion.smallestNode") === undefined) return;
    const finer = (costs: KnownTree): string => reading(withLeaf(costs, "outputConversion.node", node7));
    expect(finer(changed("outputConversion.smallestNode", 14e-9))).not.toBe(finer(values));
  });
  const node7: Known = { value: 7e-9, unit: "m", howKnown: "assumed", source: null };
});

describe("sources", () => {
  it("have a text and a place where it is found", () => {
    for (const [key, work] of Object.entries(fileOf("sources") as Record<string, Record<string, unknown>>)) {
      expect(typeof work.text, key).toBe("string");
      expect("doi" in work || "url" in work, key).toBe(true);
    }
  });
});

describe("costs of the phase-change chip", () => {
  it("follows the chip: bits, input coding, columns and read voltage", () => {
    const each = (operation: string, settings: Parameters<typeof chipWith>[0]): number =>
      costsOf(tree, chipWith(settings)).operations[operation]!.each;
    expect(each("outputConversion", { outputBits: 6 })).toBeLessThan(each("outputConversion", { outputBits: 8 }));
    expect(each("inputConversion", { inputBits: 7 })).toBeCloseTo(0.0375e-12 / 2, 20);
    expect(each("inputConversion", { input: "amplitude" })).toBeCloseTo(0.291e-12, 20);
    expect(each("inputConversion", { inputBits: Infinity })).toBe(0);
    expect(each("wordLineDrive", { columns: 256 })).toBeCloseTo(each("wordLineDrive", {}) / 2, 20);
    expect(each("supplyHeadroom", { readVoltage: 0.3 })).toBeCloseTo(2, 12);
  });

  it("charges an oscillator for as long as a column integrates, and nothing where there is no converter", () => {
    const oscillator = valuesOf("costs/hermes-14nm");
    const conversion = (settings: Parameters<typeof chipWith>[0]): number =>
      costsOf(oscillator, chipWith(settings)).operations.outputConversion!.each;
    // 392 uW for 250 ns of integration and 3 ns more, whatever the bits.
    expect(conversion({ conversionTime: 3e-9 }) / (392e-6 * 253e-9)).toBeCloseTo(1, 12);
    expect(conversion({ conversionTime: 3e-9, outputBits: 6 })).toBe(conversion({ conversionTime: 3e-9 }));
    expect(conversion({ outputBits: Infinity })).toBe(0);
  });

  it("refuses a supply below the read voltage, a missing and a negative value, naming place and expectation", () => {
    expect(() => costsOf(tree, chipWith({ readVoltage: 1 }))).toThrow(/cost table:supplyVoltage.*expected/);
    expect(() => costsOf({}, chipWith())).toThrow(/cost table:supplyVoltage: no value/);
    expect(() => costsOf(withValue("static.tile", -1), chipWith())).toThrow(/cost table:static.tile: -1, expected/);
  });

  it("programs for devices x iterations x (pulse + verify)", () => {
    const costs = costsOf(tree, chipWith());
    // One RESET of 34 pJ and nine SETs of 5 pJ, each verified by 0.2 pJ of cell and one conversion.
    const cell = 34e-12 + 9 * 5e-12 + 10 * (0.2e-12 + costs.operations.outputConversion!.each);
    expect(programmingEnergy(1000, costs) / (1000 * cell)).toBeCloseTo(1, 12);
    expect(programmingEnergy(0, costs)).toBe(0);
    expect(costs.programming.howKnown).toBe("assumed");
  });
});

describe("list of assumptions", () => {
  const all = assumptionsOf(tree, "costs");

  it("holds every assumed value and no other", () => {
    const assumed = leavesOf(tree, "costs").filter(([, { howKnown }]) => howKnown === "assumed");
    expect(all.map(({ name }) => name)).toEqual(assumed.map(([path]) => path));
    expect(all).toContainEqual({
      name: "costs.programming.iterations",
      value: 10,
      unit: "1",
      howKnown: "assumed",
      source: null,
    });
  });

  it("holds what the user set in place of a known value", () => {
    const set = assumptionsOf(withValue("digital.multiply", 2e-12), "costs");
    expect(set.length).toBe(all.length + 1);
    expect(set.map(({ name }) => name)).toContain("costs.digital.multiply");
  });
});
