import fc from "fast-check";
import { evaluate } from "mathjs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import {
  formatDuration,
  formatQuantity,
  parseQuantity,
  parseUnit,
  quantityIn,
  readQuantity,
  toSI,
} from "../../../src/ground/quantities/index.ts";

const here = { file: "chip.yaml", place: 3 };

describe("reading a quantity", () => {
  it.each([
    ["25", "s", 25],
    ["20s", "s", 20],
    ["1h", "s", 3600],
    ["1d", "s", 86_400],
    ["30d", "s", 30 * 86_400],
    ["1y", "s", 365 * 86_400],
    ["2 min", "s", 120],
    ["25 uS", "S", 25e-6],
    ["25 \u00b5S", "S", 25e-6],
    ["25\u03bcS", "S", 25e-6],
    ["250 ns", "s", 250e-9],
    ["1 kohm", "ohm", 1000],
    ["1 k\u03a9", "ohm", 1000],
    ["1 M\u2126", "ohm", 1e6],
    ["-0.2 V", "V", -0.2],
    ["1.5e-3 A", "A", 1.5e-3],
    [".5 %", "1", 0.005],
    ["300 K", "K", 300],
    ["3 fJ", "J", 3e-15],
    ["90 nm", "m", 90e-9],
    ["2 cm", "m", 0.02],
    ["1.2 GHz", "Hz", 1.2e9],
    ["3 pJ/byte", "J/byte", 3e-12],
    ["2 W/mm^2", "W/m^2", 2e6],
    ["1555 GB/s", "byte/s", 1555e9],
    ["1 V/s", "V/s", 1],
    ["1 1/s", "Hz", 1],
    ["2 A/V", "S", 2],
    ["Infinity", "1", Infinity],
  ])("%s in %s is %d", (text, unit, value) => {
    expect(parseQuantity(text, unit, here)).toBe(value);
  });

  it.each([
    ["512 uS", "1"],
    ["25 uA", "S"],
    ["1h", "V"],
    ["1 parsec", "m"],
    ["abc", "1"],
    ["", "1"],
    ["NaN", "1"],
    ["1,5", "1"],
    ["--1", "1"],
    ["1 kh", "s"],
    ["1 cV", "V"],
    ["1 S/", "S"],
    ["1 constructor", "1"],
  ])("%s is not in %s", (text, unit) => {
    expect(quantityIn(unit, text)).toBeUndefined();
    expect(() => parseQuantity(text, unit, here)).toThrow(InputError);
  });

  it("says file, place, found and expected", () => {
    expect(() => parseQuantity("512 uS", "1", { ...here, name: "tile.rows" })).toThrow(
      "chip.yaml:3: tile.rows is 512 uS, expected a number",
    );
    expect(() => parseQuantity("soon", "s", { file: "--times" })).toThrow(
      '--times: "soon", expected a time such as 20s, 1h, 30d or 1y',
    );
  });

  it("takes a bare number as SI and refuses NaN", () => {
    expect(parseQuantity(0.2, "V", here)).toBe(0.2);
    expect(quantityIn("V", Number.NaN)).toBeUndefined();
  });

  // mathjs is an independent reader of units; it rounds along another path, hence 4 units in the last place.
  it.each(["mW/cm^2", "pJ/byte", "kV/mm", "uA/V", "GHz", "fF", "nC/s", "mV*s"])("agrees with mathjs on %s", (unit) => {
    const ours = toSI(1, unit)!;
    const theirs = evaluate(`number(1 ${unit.replace("byte", "B")}, ${ours.unit.replace("byte", "B")})`) as number;
    expect(Math.abs(ours.value / theirs - 1)).toBeLessThan(4 * Number.EPSILON);
  });

  it("knows equal kinds of unit by their base units", () => {
    expect(parseUnit("W*s")!.dimension).toBe(parseUnit("J")!.dimension);
    expect(parseUnit("V*A")!.dimension).toBe(parseUnit("W")!.dimension);
    expect(parseUnit("1/ohm")!.dimension).toBe(parseUnit("S")!.dimension);
    expect(parseUnit("C/V")!.dimension).toBe(parseUnit("F")!.dimension);
    expect(parseUnit("byte")!.dimension).not.toBe(parseUnit("bit")!.dimension);
  });
});

describe("printing a quantity", () => {
  it.each([
    [25e-6, "S", "25 uS"],
    [1.2e-3, "s", "1.2 ms"],
    [3.4e-9, "J", "3.4 nJ"],
    [0.9996e-3, "V", "1 mV"],
    [999.6e-9, "J", "1 uJ"],
    [0, "V", "0 V"],
    [-0.2, "V", "-200 mV"],
    [3e-12, "J/byte", "3 pJ/byte"],
    [0.25, "1", "0.25"],
    [300, "K", "300 K"],
    [2e6, "W/m^2", "2 MW/m^2"],
    [1e-18, "J", "0.001 fJ"],
    [1234, "s", "1230 s"],
    [1e-14, "m^2", "1e-14 m^2"],
  ])("%d %s reads %s", (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });

  it.each([
    [0, "0 s"],
    [20, "20 s"],
    [90, "1.5 min"],
    [3600, "1 h"],
    [86_400, "1 d"],
    [30 * 86_400, "30 d"],
    [365 * 86_400, "1 y"],
    [2.5e-7, "250 ns"],
  ])("%d s reads %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
    expect(parseQuantity(text, "s", here)).toBe(seconds);
  });

  it("with all digits reads back as the very same number, in every unit", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.constantFrom("S", "V", "A", "s", "J", "W", "m", "K", "Hz", "ohm", "1", "J/byte", "W/m^2"),
        (value, unit) => {
          expect(parseQuantity(formatQuantity(value, unit, "all"), unit, here)).toBe(value);
        },
      ),
      { seed: 7, numRuns: 2000 },
    );
  });

  // Three significant digits: half a unit of the third is at most 0.5 % of the value.
  it("with three digits reads back within half a per cent", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-15, max: 1e15, noNaN: true }),
        fc.constantFrom("S", "V", "J", "s"),
        (value, unit) => {
          const back = readQuantity(formatQuantity(value, unit))!;
          expect(back.unit).toBe(unit);
          expect(Math.abs(back.value / value - 1)).toBeLessThanOrEqual(0.00501);
        },
      ),
      { seed: 7, numRuns: 2000 },
    );
  });
});
