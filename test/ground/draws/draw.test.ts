import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, drawOf, wordsOfEvent } from "../../../src/ground/draws/index.ts";

const place = fc.oneof(fc.string({ maxLength: 12 }), fc.double({ noNaN: true, noDefaultInfinity: true }));

describe("a draw", () => {
  it("depends on its address alone", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), (places) => {
        expect(at(drawOf(3), ...places)).toEqual(at(drawOf(3), ...places));
      }),
      { seed: 1 },
    );
  });

  it("is the same whether places are given at once or one by one", () => {
    expect(at(at(drawOf(1), "tile"), 3.5)).toEqual(at(drawOf(1), "tile", 3.5));
  });

  it("differs where any place differs", () => {
    const addresses: (string | number)[][] = [
      [],
      [0],
      [1],
      [1.5],
      [-1],
      ["1"],
      [""],
      ["a"],
      ["b"],
      ["ab"],
      ["a", "b"],
      ["b", "a"],
      [1, 2],
      [2, 1],
      [12],
      ["abcdef"],
      ["abcdefg"],
      [3600],
      [3600.000001],
      ["a\0"],
      ["\0a"],
    ];
    const keys = addresses.map((address) => at(drawOf(1), ...address).key.join());
    expect(new Set(keys).size).toBe(addresses.length);
    expect(drawOf(1)).not.toEqual(drawOf(2));
  });

  it("knows one zero, and refuses what is no number", () => {
    expect(at(drawOf(1), -0)).toEqual(at(drawOf(1), 0));
    expect(() => at(drawOf(1), Number.NaN)).toThrow("NaN");
    expect(() => wordsOfEvent(0.5)).toThrow("0.5");
  });

  it("splits an event's number into its words", () => {
    expect(wordsOfEvent(2 ** 53 - 1)).toEqual([0xffffffff, 0x1fffff]);
    expect(wordsOfEvent(5)).toEqual([5, 0]);
  });
});
