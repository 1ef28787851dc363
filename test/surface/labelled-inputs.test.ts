import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageBatch } from "../../experiments/network/images.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { NumberArray } from "../../src/ground/formats/array.ts";
import { writeNpz } from "../../src/ground/formats/npz.ts";
import { type DataSetRequest, readDataSet } from "../../src/surface/data-set.ts";

let folder = "";
const file = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossohm-inputs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Ten images, of which the first calibrates. */
const count = 10;
const upTo = (length: number) => Array.from({ length }, (_, i) => i);
const arrays = {
  labels: [[count], Int32Array.from(upTo(count), (i) => i % 3)],
  tokens: [[count, 2], Int32Array.from(upTo(20), (i) => 7 * i)],
  pixels: [[count, 1, 2, 2], Uint8Array.from(upTo(40), (i) => 5 * i)],
  gain: [[count], Float32Array.from(upTo(count), (i) => i / 4)],
} satisfies Record<string, [number[], NumberArray]>;
type Stored = Record<string, [number[], NumberArray] | null>;

const several = [
  { name: "tokens", type: "int64" },
  { name: "pixels", type: "float32" },
  { name: "gain", type: "float16" },
];

function read(change: Stored = {}, more: Partial<DataSetRequest> = {}) {
  const stored = Object.entries({ ...arrays, ...change }).flatMap(([name, array]) =>
    array ? [[name, { shape: array[0], values: array[1] }] as const] : [],
  );
  writeFileSync(file("data.npz"), writeNpz(stored));
  return readDataSet({
    ...{ data: file("data.npz"), split: "test", images: null, calibrationImages: 1e6, inputs: several },
    ...{ inputScale: null, inputShift: null },
    ...more,
  });
}
const seen = (...of: Parameters<typeof read>) => [...imageBatch(read(...of).test, 0, 1)];
const single = Math.fround;

describe("a network of several inputs", () => {
  it("is given an image as the numbers of all, in its order: whole ones as they stand, bytes as shares of 255", () => {
    const { test, calibration } = read();
    expect([test.size, test.shapes]).toEqual([7, [[2], [1, 2, 2], []]]);
    expect(test.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...imageBatch(calibration, 0, 1)]).toEqual([
      0,
      7,
      0,
      single(5 / 255),
      single(10 / 255),
      single(15 / 255),
      0,
    ]);
    expect([...imageBatch(test, 0, 1)]).toEqual([14, 21, ...[20, 25, 30, 35].map((byte) => single(byte / 255)), 0.25]);
    expect([...test.labels]).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 0]);
  });

  it("sees scale and shift on floats and bytes alone", () => {
    const images = seen({}, { inputScale: [0.5], inputShift: [-1] });
    expect(images).toEqual([14, 21, 9, 11.5, 14, 16.5, single(0.25 * 0.5 - 1)]);
  });

  it("sees booleans as 0 and 1, whatever type they are for", () => {
    // NumPy writes them as bytes of their own kind, which are no shares of 255.
    const mask = { shape: [count, 2], values: Uint8Array.from(upTo(20), (i) => i % 2), boolean: true };
    const archive = writeNpz([
      ["mask", mask],
      ["labels", { shape: arrays.labels[0], values: arrays.labels[1] }],
    ]);
    writeFileSync(file("data.npz"), archive);
    for (const type of ["bool", "float32", "int64"]) {
      const { test } = readDataSet({
        ...{ data: file("data.npz"), split: "test", images: null, calibrationImages: 1e6, inputScale: null },
        ...{ inputs: [{ name: "mask", type }], inputShift: null },
      });
      expect([...imageBatch(test, 0, 1)]).toEqual([0, 1]);
    }
  });

  it.each<[string, Stored, Partial<DataSetRequest>, string]>([
    ["a missing array", { pixels: null }, {}, "data.npz: arrays labels, tokens, gain, expected one named pixels"],
    ["a name that is near", { pixels: null, pixles: arrays.pixels }, {}, "expected one named pixels; near: pixles"],
    ["no labels", { labels: null }, {}, "expected one named labels"],
    [
      "too few images of one",
      { gain: [[9], new Float32Array(9)] },
      {},
      "data.npz:gain: an array of 9, expected 10 images as in tokens",
    ],
    [
      "a single number",
      { gain: [[], new Float32Array(1)] },
      {},
      "data.npz:gain: an array of no dimensions, expected images x values",
    ],
    [
      "an empty array",
      { pixels: [[10, 0], new Uint8Array(0)] },
      {},
      "data.npz:pixels: an array of 10 x 0, expected images x values",
    ],
    ["too few labels", { labels: [[9], new Int32Array(9)] }, {}, "data.npz:labels: labels of 9, expected 10"],
    [
      "half a token",
      { tokens: [[10, 2], Float32Array.from(upTo(20), (i) => i / 2)] },
      {},
      'data.npz:tokens:image 0: value 0.5, expected whole numbers up to 16777216 for the network\'s input "tokens" of int64',
    ],
    [
      "a token beyond single precision",
      { tokens: [[10, 2], Float64Array.from(upTo(20), (i) => i + 2 ** 24)] },
      {},
      "data.npz:tokens:image 0: value 16777217",
    ],
    [
      "a number that is none",
      { gain: [[10], Float32Array.from(upTo(10), (i) => 1 / (i - 4) - 1 / (i - 4))] },
      {},
      "data.npz:gain:image 4: value NaN, expected finite numbers",
    ],
    [
      "scales for channels",
      {},
      { inputScale: [1, 2, 3] },
      "--input-scale: 3 numbers for 3 inputs, expected one for all of them",
    ],
    [
      "shifts for channels",
      {},
      { inputShift: [1, 2] },
      "--input-shift: 2 numbers for 3 inputs, expected one for all of them",
    ],
  ])("refuses %s in one line", (_, change, more, line) => {
    expect(() => read(change, more)).toThrow(InputError);
    expect(() => read(change, more)).toThrow(line);
  });

  it("refuses data without names", () => {
    writeFileSync(file("data.csv"), "label,a,b\n0,1,2\n1,2,3\n");
    writeFileSync(file("images.gz"), gzipSync("images"));
    for (const [data, found] of [
      ["data.csv", "another file"],
      ["images.gz", "another file"],
      ["", "a folder"],
    ] as const) {
      expect(() => read({}, { data: file(data) })).toThrow(
        `${file(data)}: ${found} for 3 inputs, expected an npz with arrays tokens, pixels, gain and labels`,
      );
    }
  });
});

describe("a network of one input", () => {
  const one = (type: string, name = "pixels") => ({ inputs: [{ name, type }] });

  it("takes the array of its name, else images", () => {
    expect(seen({}, one("float32"))).toEqual([20, 25, 30, 35].map((byte) => single(byte / 255)));
    expect(seen({ images: [[10, 1], Float32Array.from(upTo(10))] }, one("float32", "x"))).toEqual([1]);
    expect(() => read({}, one("float32", "x"))).toThrow("expected one named images or x");
    expect(() => read({}, one("float32", "images"))).toThrow("expected one named images");
  });

  it("of whole numbers takes them as they stand, bytes too", () => {
    expect(seen({}, one("uint8"))).toEqual([20, 25, 30, 35]);
    expect(seen({}, one("int64", "tokens"))).toEqual([14, 21]);
    writeFileSync(file("data.csv"), "label,a,b\n0,1,2\n1,2,3\n");
    expect([...imageBatch(read({}, { ...one("int32", "x"), data: file("data.csv") }).test, 0, 1)]).toEqual([2, 3]);
  });

  it("of whole numbers refuses others, and to scale them", () => {
    expect(() => read({}, one("int32", "gain"))).toThrow("data.npz:gain: an array of 10, expected images x values");
    const halves: Stored = { x: [[10, 1], Float32Array.from(upTo(10), (i) => i / 2)] };
    expect(() => read(halves, one("int32", "x"))).toThrow("value 0.5, expected whole numbers up to 16777216");
    expect(() => read({}, { ...one("int64", "tokens"), inputScale: [0.5] })).toThrow(
      '--input-scale: 0.5 for the network\'s input "tokens" of int64, expected none: whole numbers are taken as they stand',
    );
    expect(() => read({}, { ...one("bool", "tokens"), inputShift: [1] })).toThrow("--input-shift: 1 for");
  });
});
