import { describe, expect, it } from "vitest";
import { assumptionsOf, costsOf, programmingEnergy } from "../../../circuits/energy/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";
import { leavesOf, withLeaf } from "../../../src/ground/known-tree.ts";
import { chipWith, fileOf, valuesOf } from "./phase-change-chip.ts";

const tree = valuesOf("costs/phase-change-32nm");
const withValue = (path: string, value: number): KnownTree =>
  withLeaf(tree, path, { value, unit: "1", howKnown: "assumed", source: "test" } satisfies Known);

describe("cost table of the phase-change chip", () => {
  it("names a listed source, or none, for every value", () => {
    const sources = Object.keys(fileOf("sources"));
    for (const [path, { source }] of leavesOf(tree)) {
      if (source !== null) expect(sources, path).toContain(source);
    }
  });

  it("gives every source a text and a place where it is found", () => {
    for (const [key, work] of Object.entries(fileOf("sources") as Record<string, Record<string, unknown>>)) {
      expect(typeof work.text, key).toBe("string");
      expect("doi" in work || "url" in work, key).toBe(true);
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
    for (const [path, { value }] of leavesOf(tree)) {
      if (typeof value !== "number" || path === "outputConversion.smallestNode") continue;
      expect(reading(withValue(path, value * 1.5)), path).not.toBe(reading(tree));
    }
    const finer = (costs: KnownTree): string => reading(withLeaf(costs, "outputConversion.node", node7));
    expect(finer(withValue("outputConversion.smallestNode", 14e-9))).not.toBe(finer(tree));
  });
  const node7: Known = { value: 7e-9, unit: "m", howKnown: "assumed", source: null };

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

  it("refuses a supply below the read voltage, a missing and a negative value, naming place and expectation", () => {
    expect(() => costsOf(tree, chipWith({ readVoltage: 1 }))).toThrow(/cost table:supplyVoltage.*expected/);
    expect(() => costsOf({}, chipWith())).toThrow(/cost table:supplyVoltage: no value/);
    expect(() => costsOf(withValue("static.tile", -1), chipWith())).toThrow(/cost table:static.tile: -1, expected/);
  });

  it("programs for cells x iterations x (pulse + verify)", () => {
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
