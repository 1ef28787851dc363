import { describe, expect, it } from "vitest";
import { InputError } from "../../src/ground/errors.ts";
import { leafAt, leavesOf, readKnownTree, shown, withLeaf } from "../../src/ground/known-tree.ts";

const file = "set.yaml";

describe("a tree of known values", () => {
  it("reads leaves of every form, to SI", () => {
    const tree = readKnownTree(
      {
        range: { value: 25, unit: "uS", howKnown: "paper", source: "joshi-2020", note: "largest target" },
        noise: { value: [0.26348, 1.965], unit: "uS", howKnown: "paper", source: null },
        voltage: "200 mV",
        turns: 4,
        limit: "Infinity",
        access: { price: { value: 2, unit: "pJ/byte" }, word: "target", list: ["1 us", "2 us"] },
      },
      file,
    );
    expect(tree).toEqual({
      range: { value: 25e-6, unit: "S", howKnown: "paper", source: "joshi-2020" },
      noise: { value: [0.26348e-6, 1.965e-6], unit: "S", howKnown: "paper", source: null },
      voltage: { value: 0.2, unit: "V", howKnown: "assumed", source: "chip file" },
      turns: { value: 4, unit: "1", howKnown: "assumed", source: "chip file" },
      limit: { value: Infinity, unit: "1", howKnown: "assumed", source: "chip file" },
      access: {
        price: { value: 2e-12, unit: "J/byte", howKnown: "assumed", source: "chip file" },
        word: { value: "target", unit: "", howKnown: "assumed", source: "chip file" },
        list: { value: [1e-6, 2e-6], unit: "s", howKnown: "assumed", source: "chip file" },
      },
    });
  });

  it("takes how leaves are known from its caller", () => {
    const tree = readKnownTree({ turns: 4 }, file, { howKnown: "derived", source: null });
    expect(tree.turns).toMatchObject({ howKnown: "derived", source: null });
  });

  it.each([
    [{ range: { value: 25, unit: "parsec" } }, 'set.yaml:range: range has the unit "parsec", expected a unit'],
    [{ range: { value: "much", unit: "uS" } }, "set.yaml:range: range is much uS, expected a number in uS"],
    [{ range: Number.NaN }, "set.yaml:range: range is NaN, expected a number"],
    [{ a: { b: null } }, "set.yaml:a.b: a.b is nothing, expected"],
    [
      { range: { value: 1, howknown: "paper" } },
      'has the key "howknown", expected value, unit, howKnown, source, note; near: howKnown',
    ],
    [{ range: { value: 1, howKnown: "papr" } }, 'is known "papr", expected measured, paper'],
    [{ list: ["1 us", "2 uS"] }, "list is [1 us, 2 uS]"],
    [{ flag: true }, "flag is true"],
    [{ word: { value: 3, unit: "" } }, "word is 3"],
    [[1, 2], "set.yaml: [1, 2], expected keys with values"],
    [null, "set.yaml: nothing, expected keys with values"],
  ])("refuses %j", (tree, message) => {
    expect(() => readKnownTree(tree, file)).toThrow(InputError);
    expect(() => readKnownTree(tree, file)).toThrow(message);
  });

  it("names the line where the file has lines", () => {
    const lineOf = (path: readonly string[]) => (path.join(".") === "a.b" ? 7 : undefined);
    expect(() => readKnownTree({ a: { b: null } }, file, { lineOf })).toThrow("set.yaml:7: a.b is nothing");
  });

  it("is walked, asked and changed by dotted paths", () => {
    const tree = readKnownTree({ a: { b: 1, c: { d: 2 } }, e: 3 }, file);
    expect(leavesOf(tree).map(([path]) => path)).toEqual(["a.b", "a.c.d", "e"]);
    expect(leafAt(tree, "a.c.d")?.value).toBe(2);
    for (const none of ["a", "a.c.d.value", "x", "constructor"]) expect(leafAt(tree, none)).toBeUndefined();
    const changed = withLeaf(tree, "a.c.d", { ...leafAt(tree, "e")!, value: 9 });
    expect(leafAt(changed, "a.c.d")?.value).toBe(9);
    expect(leafAt(tree, "a.c.d")?.value).toBe(2);
    expect(leafAt(changed, "a.b")).toBe(leafAt(tree, "a.b"));
  });

  it("shows what a user wrote", () => {
    expect(shown({ value: 512, unit: "uS" })).toBe("512 uS");
    expect(shown([1, "x"])).toBe("[1, x]");
    expect(shown({ rows: 1, columns: 2 })).toBe("a group of keys (rows, columns)");
    expect(shown(null)).toBe("nothing");
  });
});
