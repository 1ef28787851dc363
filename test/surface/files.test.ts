import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/ground/errors.ts";
import { writeNpy } from "../../src/ground/formats/npy.ts";
import { writeNpz } from "../../src/ground/formats/npz.ts";
import { checkWritable, readBytes, readText, textIfThere, version, writeWhole } from "../../src/surface/files.ts";
import { readMatrix } from "../../src/surface/matrix-file.ts";

let folder = "";
const file = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossohm-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("reading", () => {
  it("refuses what is not there, with near names, and folders", () => {
    writeFileSync(file("network.onnx"), "");
    expect(() => readBytes(file("netwrk.onnx"), "a network")).toThrow(
      `${file("netwrk.onnx")}: no such file, expected a network; near: network.onnx`,
    );
    expect(() => readBytes(folder)).toThrow(`${folder}: a folder, expected a file`);
    expect(() => readBytes(file("network.onnx", "x"))).toThrow(InputError);
    expect(() => checkWritable(file("network.onnx", "x"), "--json")).toThrow(
      `--json: no folder "${file("network.onnx")}"`,
    );
  });

  it("refuses bytes that are no text", () => {
    writeFileSync(file("a.yaml"), Uint8Array.of(0xc3, 0x28));
    expect(() => readText(file("a.yaml"))).toThrow("bytes that are no UTF-8 text");
  });

  it("looks for a file beside the one that names it", () => {
    mkdirSync(file("chips"));
    writeFileSync(file("chips", "set.yaml"), "here");
    expect(textIfThere("set.yaml", file("chips", "chip.yaml"))).toBe("here");
    expect(textIfThere(file("chips", "set.yaml"), "elsewhere/chip.yaml")).toBe("here");
    expect(textIfThere(file("none.yaml"))).toBeUndefined();
  });
});

describe("writing", () => {
  it("leaves a whole file and nothing beside it, twice over", () => {
    writeWhole(file("a.json"), "one");
    writeWhole(file("a.json"), Uint8Array.of(116, 119, 111));
    expect(readFileSync(file("a.json"), "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  it("writes through a link instead of replacing it", () => {
    writeFileSync(file("real.json"), "old");
    symlinkSync(file("real.json"), file("link.json"));
    writeWhole(file("link.json"), "new");
    expect(readlinkSync(file("link.json"))).toBe(file("real.json"));
    expect(readFileSync(file("real.json"), "utf8")).toBe("new");
  });

  it.skipIf(process.platform === "win32")("writes into a device instead of replacing it", () => {
    writeWhole("/dev/null", "gone");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    if (existsSync("/dev/full")) expect(() => writeWhole("/dev/full", "x")).toThrow(InputError);
  });

  it("is refused before the work where it could not end well", () => {
    expect(() => checkWritable(folder, "--json")).toThrow(`--json: "${folder}" is a folder, expected a file`);
    expect(() => checkWritable(file("none", "a.json"), "--json")).toThrow(`--json: no folder "${file("none")}"`);
    expect(() => writeWhole(file("none", "a.json"), "x")).toThrow(InputError);
    checkWritable(file("a.json"), "--json");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a matrix", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  it("is read from CSV, npy and npz", () => {
    writeFileSync(file("w.csv"), "1,2,3\n4,5,6\n");
    writeFileSync(file("w.npy"), writeNpy({ shape: [2, 3], values: Float64Array.from(values) }));
    writeFileSync(file("one.npz"), writeNpz([["anything", { shape: [2, 3], values }]]));
    writeFileSync(
      file("two.npz"),
      writeNpz([
        ["weights", { shape: [2, 3], values }],
        ["bias", { shape: [3], values: values.subarray(3) }],
      ]),
    );
    for (const name of ["w.csv", "w.npy", "one.npz", "two.npz"]) {
      expect(readMatrix(file(name), { name: "weights" })).toEqual({ rows: 2, columns: 3, values });
    }
  });

  it("is one of several by the name that is asked for, from npz and safetensors", () => {
    writeFileSync(
      file("many.npz"),
      writeNpz([
        ["first", { shape: [2, 3], values }],
        ["second", { shape: [3, 2], values: Float64Array.from(values) }],
        ["bias", { shape: [3], values: values.subarray(3) }],
      ]),
    );
    const header = JSON.stringify({
      second: { dtype: "F32", shape: [3, 2], data_offsets: [0, 24] },
      kernel: { dtype: "F32", shape: [1, 2, 3], data_offsets: [24, 48] },
    });
    const length = Buffer.alloc(8);
    length.writeUInt32LE(header.length);
    const tensors = Buffer.concat([
      length,
      Buffer.from(header),
      Buffer.from(values.buffer),
      Buffer.from(values.buffer),
    ]);
    writeFileSync(file("many.safetensors"), tensors);
    writeFileSync(file("unnamed"), tensors);
    for (const name of ["many.npz", "many.safetensors", "unnamed"]) {
      const one = (tensor?: string, transpose = false) =>
        readMatrix(file(name), { name: "weights", tensor, transpose });
      expect(one("second")).toEqual({ rows: 3, columns: 2, values });
      expect(one("second", true)).toEqual({ rows: 2, columns: 3, values: Float32Array.of(1, 3, 5, 2, 4, 6) });
      expect(() => one("secnod")).toThrow(/no tensor "secnod", expected .*second.*; near: second/);
      expect(() => one()).toThrow(/arrays .*second.*, expected one, or one named weights, or --tensor NAME/);
    }
    expect(() => readMatrix(file("many.npz"), { name: "weights", tensor: "bias" })).toThrow(
      "many.npz:bias: an array of 3, expected a matrix",
    );
    const kernel = { name: "weights", tensor: "kernel" };
    expect(() => readMatrix(file("many.safetensors"), kernel)).toThrow(
      "many.safetensors:kernel: an array of 1 x 2 x 3, expected a matrix of rows x columns",
    );
    writeFileSync(file("lone.csv"), "1,2\n");
    expect(() => readMatrix(file("lone.csv"), kernel)).toThrow(
      'lone.csv: an array without a name, expected npz or safetensors with "kernel"',
    );
  });

  it("of inputs may be one vector", () => {
    writeFileSync(file("x.npy"), writeNpy({ shape: [6], values }));
    expect(readMatrix(file("x.npy"), { name: "inputs", vectors: true })).toMatchObject({ rows: 1, columns: 6 });
    expect(() => readMatrix(file("x.npy"), { name: "weights" })).toThrow(
      "an array of 6, expected a matrix of rows x columns",
    );
  });

  it.each([
    ["w.csv", "1,2\n3\n", "w.csv:2: 1 columns"],
    ["w.csv", "1,2\n3,nan\n", 'w.csv:2: column 2 holds "nan"'],
    ["w.csv", "1,2\n3,1e300\n", "w.csv:row 2, column 2: 1e+300, expected a finite number of single precision"],
    ["w.csv", "", "w.csv: an empty file, expected CSV, npy, npz or safetensors"],
    ["w.npy", writeNpy({ shape: [1, 2], values: Float32Array.of(1, Number.NaN) }), "w.npy:row 1, column 2: NaN"],
    ["w.npy", writeNpy({ shape: [2, 0], values: new Float32Array(0) }), "an array of 2 x 0"],
    ["w.npz", writeNpz([["a", { shape: [6], values }]]).subarray(0, 60), "w.npz: 60 bytes without a directory"],
    [
      "w.npz",
      writeNpz([
        ["a", { shape: [6], values }],
        ["b", { shape: [6], values }],
      ]),
      "w.npz: arrays a, b, expected one, or one named weights, or --tensor NAME",
    ],
  ])("in %s is refused", (name, content, message) => {
    writeFileSync(file(name), content);
    expect(() => readMatrix(file(name), { name: "weights" })).toThrow(InputError);
    expect(() => readMatrix(file(name), { name: "weights" })).toThrow(message);
  });
});

it("the version is the package's", () => {
  expect(version()).toBe(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version);
});
