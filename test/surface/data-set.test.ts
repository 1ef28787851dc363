import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageBatch } from "../../experiments/network/images.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { NumberArray } from "../../src/ground/formats/array.ts";
import { writeNpz } from "../../src/ground/formats/npz.ts";
import { type DataSetRequest, readDataSet } from "../../src/surface/data-set.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-data-"));
const file = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const all: Omit<DataSetRequest, "data"> = {
  split: "test",
  images: null,
  calibrationImages: 1e6,
  inputs: [{ name: "images", type: "float32" }],
  inputScale: null,
  inputShift: null,
};
const read = (data: string, more: Partial<DataSetRequest> = {}) => readDataSet({ ...all, data, ...more });

/** An IDX file of bytes by its layout: magic, big-endian lengths, bytes. */
function idx(shape: number[], bytes: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  for (const [i, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * i);
  return Buffer.concat([header, Buffer.from(bytes)]);
}
const count = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);
const npz = (images: NumberArray, labels: NumberArray, shape: number[]) =>
  writeNpz([
    ["images", { shape, values: images }],
    ["labels", { shape: [labels.length], values: labels }],
  ]);

beforeAll(() => {
  mkdirSync(file("mnist"));
  writeFileSync(file("mnist", "train-images.idx3-ubyte"), idx([20, 1, 2], count(40, 100)));
  writeFileSync(
    file("mnist", "train-labels.idx1-ubyte"),
    idx(
      [20],
      count(20).map((i) => i % 10),
    ),
  );
  writeFileSync(file("mnist", "t10k-images-idx3-ubyte.gz"), gzipSync(idx([3, 1, 2], [0, 51, 102, 153, 204, 255])));
  writeFileSync(file("mnist", "t10k-labels-idx1-ubyte.gz"), gzipSync(idx([3], [7, 2, 1])));
  mkdirSync(file("empty"));
});

describe("a folder with MNIST's names", () => {
  it("tests on t10k, calibrates on train, and keeps bytes as bytes", () => {
    const { test, calibration } = read(file("mnist"));
    expect(test.values).toBeInstanceOf(Uint8Array);
    expect(test.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...test.values]).toEqual([0, 51, 102, 153, 204, 255]);
    expect([...test.labels]).toEqual([7, 2, 1]);
    expect([test.size, test.scale, test.shift]).toEqual([2, [1 / 255], [0]]);
    expect([...imageBatch(test, 1, 2)]).toEqual([0.4, 0.6, 0.8, 1].map(Math.fround));
    expect([...calibration.values]).toEqual(count(40, 100));
  });

  it("takes the first so many, and no more calibration images than are looked at", () => {
    const { test, calibration } = read(file("mnist"), { images: 2, calibrationImages: 3 });
    expect([...test.labels]).toEqual([7, 2]);
    expect([...calibration.labels]).toEqual([0, 1, 2]);
    expect(() => read(file("mnist"), { images: 4 })).toThrow("--images: 4, expected at most the 3 of");
  });

  it("tests on train but its first tenth where that split is asked for", () => {
    const { test, calibration } = read(file("mnist"), { split: "train" });
    expect([...calibration.labels]).toEqual([0, 1]);
    expect(test.labels).toHaveLength(18);
    expect([...test.values.subarray(0, 2)]).toEqual([104, 105]);
  });

  it("scales as told", () => {
    const { test } = read(file("mnist"), { inputScale: [2], inputShift: [-1] });
    expect([...imageBatch(test, 0, 1)]).toEqual([-1, 101]);
  });

  it("is refused where a file is missing", () => {
    expect(() => read(file("empty"))).toThrow(
      `${file("empty")}: no file t10k-images-idx3-ubyte, expected the files of MNIST`,
    );
  });
});

describe("one file", () => {
  it("as npz calibrates on its first tenth, which the test leaves out", () => {
    writeFileSync(file("bytes.npz"), npz(Uint8Array.from(count(60)), Int32Array.from(count(30)), [30, 2]));
    const { test, calibration } = read(file("bytes.npz"));
    expect([...calibration.labels]).toEqual([0, 1, 2]);
    expect([...test.labels]).toEqual(count(27, 3));
    expect([test.scale, test.values.constructor]).toEqual([[1 / 255], Uint8Array]);
  });

  it("as npz of floats is taken as it is", () => {
    writeFileSync(
      file("floats.npz"),
      npz(
        Float64Array.from(count(24), (i) => i / 8),
        Float64Array.of(0, 1, 2, 0, 1, 2),
        [6, 2, 2],
      ),
    );
    const { test } = read(file("floats.npz"));
    expect([test.scale, test.shift, test.size]).toEqual([[1], [0], 4]);
    expect([...imageBatch(test, 0, 1)]).toEqual([0.5, 0.625, 0.75, 0.875]);
  });

  it("as CSV has its labels in the column label, wherever that is", () => {
    writeFileSync(
      file("table.csv"),
      `a,label,b\n${count(20)
        .map((i) => `${i},${i % 4},${i / 2}`)
        .join("\n")}\n`,
    );
    const { test, calibration } = read(file("table.csv"));
    expect([...calibration.values]).toEqual([0, 0, 1, 0.5]);
    expect([...test.labels.subarray(0, 3)]).toEqual([2, 3, 0]);
    expect([...imageBatch(test, 0, 1)]).toEqual([2, 1]);
    expect(test.scale).toEqual([1]);
  });

  // Kaggle's digits: pixels as they are, so that only --input-scale makes shares of 255 of them.
  it("as CSV of whole numbers up to 255 keeps them as bytes, at scale 1", () => {
    const rows = count(20).map((i) => [i % 10, 255, i, 0].join(","));
    writeFileSync(file("pixels.csv"), `label,pixel0,pixel1,pixel2\n${rows.join("\n")}\n`);
    const { test } = read(file("pixels.csv"));
    expect(test.values).toBeInstanceOf(Uint8Array);
    expect([...imageBatch(test, 0, 1)]).toEqual([255, 2, 0]);
    const scaled = read(file("pixels.csv"), { inputScale: [1 / 255] }).test;
    expect([...imageBatch(scaled, 0, 1)]).toEqual([255, 2, 0].map((value) => Math.fround(value / 255)));
  });

  it.each([256, -1, 0.5])("as CSV is kept in single precision from the row on that holds %d", (other) => {
    const rows = count(20).map((i) => [i % 10, i, i === 12 ? other : 7].join(","));
    writeFileSync(file("mixed.csv"), `label,a,b\n${rows.join("\n")}\n`);
    const { test } = read(file("mixed.csv"));
    expect(test.values).toBeInstanceOf(Float32Array);
    expect([...test.values]).toEqual(count(18, 2).flatMap((i) => [i, i === 12 ? other : 7]));
  });

  it("as IDX has its labels beside it", () => {
    writeFileSync(file("own-images-idx3-ubyte"), idx([4, 1, 1], [1, 2, 3, 4]));
    writeFileSync(file("own-labels-idx1-ubyte"), idx([4], [0, 1, 0, 1]));
    expect([...read(file("own-images-idx3-ubyte")).test.values]).toEqual([2, 3, 4]);
  });

  const bad = (name: string, content: string | Uint8Array) => {
    writeFileSync(file(name), content);
    return name;
  };
  it.each([
    ["nothing there", () => "absent.csv", "absent.csv: no such file or folder"],
    ["empty", () => bad("e.csv", ""), "e.csv: an empty file"],
    [
      "a CSV without labels",
      () => bad("n.csv", "a,lable\n1,2\n"),
      'n.csv:header: columns a, lable, expected a column "label"; near: lable',
    ],
    ["a CSV without a header", () => bad("h.csv", "1,2\n3,4\n"), 'h.csv:header: no header, expected a column "label"'],
    ["a word in a CSV", () => bad("w.csv", "label,a\n1,x\n"), 'w.csv:2: column "a" holds "x"'],
    [
      "a label between classes",
      () => bad("l.csv", "label,a\n1,2\n1.5,2\n"),
      'l.csv:3: column "label" holds 1.5, expected a whole number from 0',
    ],
    ["a negative label", () => bad("m.csv", "label,a\n1,2\n-1,2\n"), 'm.csv:3: column "label" holds -1'],
    [
      "labels alone",
      () => bad("o.csv", "label\n1\n2\n"),
      'o.csv: a column "label" alone, expected columns of values beside it',
    ],
    ["two labels", () => bad("2.csv", "label,a,label\n1,2,3\n"), '2.csv:header: two columns "label"'],
    ["a ragged row", () => bad("r.csv", "label,a\n1,2\n1,2,3\n"), "r.csv:3: 3 columns, expected 2 as in the first row"],
    ["NaN in a CSV", () => bad("q.csv", "label,a\n1,nan\n"), 'q.csv:2: column "a" holds "nan", expected a number'],
    ["no label in a row", () => bad("p.csv", "label,a\n,2\n"), 'p.csv:2: column "label" holds "", expected a number'],
    [
      "a number beyond single precision",
      () => bad("s.csv", "label,a,b\n1,2,3\n1,2,-1e39\n"),
      's.csv:3: column "b" holds -1e+39, expected a number of single precision',
    ],
    ["one image", () => bad("1.csv", "label,a\n1,2\n"), "1.csv: 1 image, expected one to calibrate and one to test"],
    [
      "another archive",
      () => bad("a.npz", writeNpz([["x", { shape: [1], values: Float32Array.of(1) }]])),
      "a.npz: arrays x, expected one named images",
    ],
    [
      "too few labels",
      () => bad("f.npz", npz(new Uint8Array(8), Int32Array.of(0, 1, 2), [4, 2])),
      "f.npz:labels: labels of 3, expected 4, one for each image of",
    ],
    [
      "NaN",
      () => bad("nan.npz", npz(Float32Array.of(0, 1, 2, Number.NaN), Int32Array.of(0, 1), [2, 2])),
      "nan.npz:images:image 1: value NaN, expected finite numbers",
    ],
    [
      "no images",
      () => bad("0.npz", npz(new Float32Array(0), new Int32Array(0), [0, 4])),
      "0.npz:images: an array of 0 x 4",
    ],
    [
      "labels as images",
      () => bad("1d.npz", npz(new Uint8Array(4), new Int32Array(4), [4])),
      "1d.npz:images: an array of 4, expected images x values",
    ],
    [
      "IDX without labels",
      () => bad("lone-images-idx3-ubyte", idx([2, 1, 1], [1, 2])),
      "no file lone-labels-idx1-ubyte beside it",
    ],
    ["IDX of another name", () => bad("digits.idx", idx([2, 1, 1], [1, 2])), "an IDX file without images in its name"],
    ["cut IDX", () => bad("cut-images-idx3-ubyte", idx([2, 1, 1], [1])), "no file cut-labels"],
    [
      "something else",
      () => bad("data.bin", Uint8Array.of(0xff, 0xfe, 1, 2)),
      "data.bin: bytes that are no UTF-8 text, expected IDX, npz or CSV",
    ],
  ])("is refused: %s", (_, make, message) => {
    const name = make();
    expect(() => read(file(name))).toThrow(InputError);
    expect(() => read(file(name))).toThrow(message);
  });

  it("has no train split", () => {
    expect(() => read(file("table.csv"), { split: "train" })).toThrow(
      "--split: train, expected a folder with train files",
    );
  });
});
