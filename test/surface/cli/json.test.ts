import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonOf } from "../../../src/surface/cli/json.ts";

describe("JSON of a result", () => {
  it("has finite numbers only", () => {
    const written = jsonOf({
      a: Number.NaN,
      b: Infinity,
      c: -Infinity,
      d: -0,
      e: undefined,
      f: [Number.NaN, undefined],
      g: 1e-300,
    });
    expect(JSON.parse(written)).toEqual({ a: null, b: "Infinity", c: "-Infinity", d: 0, f: [null, null], g: 1e-300 });
  });

  it("writes typed arrays as lists, and lists of numbers on one line", () => {
    expect(jsonOf({ outputs: [Float32Array.of(1, 0.5), [2, 3]], none: [], empty: {} })).toBe(
      '{\n  "outputs": [\n    [1, 0.5],\n    [2, 3]\n  ],\n  "none": [],\n  "empty": {}\n}\n',
    );
  });

  it("says what JSON.stringify says of everything finite", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jsonOf(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 2 },
    );
  });
});
