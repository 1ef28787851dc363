import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { looksLikeSafetensors, openSafetensors } from "../../../src/ground/formats/safetensors.ts";

// A file whose header PyTorch wrote; how is said in it.
const oracle = JSON.parse(readFileSync(new URL("../../oracles/safetensors.json", import.meta.url), "utf8")) as {
  values: Record<string, number[]>;
  file: string;
};
const python = process.env.CROSSOHM_PYTHON ?? "python3";
const hasSafetensors = spawnSync(python, ["-c", "import safetensors.numpy"]).status === 0;

function open(bytes: Uint8Array) {
  const read = (offset: number, length: number) => {
    expect(offset + length).toBeLessThanOrEqual(bytes.length);
    return bytes.slice(offset, offset + length);
  };
  return openSafetensors({ name: "a.safetensors", length: bytes.length, read });
}

/** A file by the format's own words: header length in 8 bytes, least first, the header, the data. */
function made(header: unknown, data: Uint8Array | number[] = [], length?: number): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const first = Buffer.alloc(8);
  first.writeBigUInt64LE(BigInt(length ?? text.length));
  return new Uint8Array(Buffer.concat([first, text, Buffer.from(data)]));
}
const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("files of tensors", () => {
  it("are read as PyTorch wrote them, whatever the number type", () => {
    const tensors = open(new Uint8Array(Buffer.from(oracle.file, "base64")));
    expect(tensors.names).toEqual(Object.keys(oracle.values));
    for (const [name, values] of Object.entries(oracle.values)) {
      const tensor = tensors.tensor(name);
      expect(tensor.shape).toEqual(name === "layer.bias" ? [2] : [2, 3]);
      expect([...tensor.values], name).toEqual(values);
    }
  });

  it.skipIf(!hasSafetensors)("are read as Python's safetensors writes them", () => {
    const folder = mkdtempSync(join(tmpdir(), "crossohm-safetensors-"));
    const script = `
import numpy as np
from safetensors.numpy import save_file
a = np.arange(6).reshape(2, 3)
kinds = "float64 float32 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool".split()
save_file({k: a.astype(k) for k in kinds}, "a.safetensors", metadata={"made": "here"})`;
    try {
      expect(spawnSync(python, ["-c", script], { cwd: folder, encoding: "utf8" }).stderr).toBe("");
      const tensors = open(new Uint8Array(readFileSync(join(folder, "a.safetensors"))));
      expect(tensors.names).toHaveLength(12);
      for (const name of tensors.names) {
        const wanted = name === "bool" ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5];
        expect([...tensors.tensor(name).values], name).toEqual(wanted);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("may have metadata, spaces behind the header, tensors in any order and without numbers", () => {
    const header = {
      __metadata__: { format: "pt" },
      b: entry("I16", [2], 2, 6),
      none: entry("F32", [0, 4], 2, 2),
      a: entry("U8", [2, 1], 0, 2),
    };
    const bytes = made(`${JSON.stringify(header)}   `, [9, 8, 1, 0, 255, 255]);
    expect(looksLikeSafetensors(bytes.subarray(0, 9))).toBe(true);
    const tensors = open(bytes);
    expect(tensors.names).toEqual(["b", "none", "a"]);
    expect(tensors.tensor("a")).toEqual({ shape: [2, 1], values: Uint8Array.of(9, 8) });
    expect(tensors.tensor("b")).toEqual({ shape: [2], values: Int16Array.of(1, -1) });
    expect(tensors.tensor("none").values).toHaveLength(0);
  });

  it("may hold tensors of types that are not read here, as long as none of them is asked for", () => {
    const tensors = open(made({ a: entry("F8_E4M3", [3], 0, 3), b: entry("U8", [1], 3, 4) }, [1, 2, 3, 4]));
    expect([...tensors.tensor("b").values]).toEqual([4]);
    expect(() => tensors.tensor("a")).toThrow("a.safetensors:a: numbers of type F8_E4M3, expected F64, F32, F16, BF16");
  });

  it("say which tensors they have where one is not there", () => {
    const names = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "norm.scale", "norm.shift", "head"];
    const many = made(Object.fromEntries(names.map((name) => [name, entry("U8", [0], 0, 0)])));
    expect(() => open(many).tensor("fc1.wieght")).toThrow(
      'a.safetensors: no tensor "fc1.wieght", expected fc1.weight, fc1.bias, fc2.weight, fc2.bias, norm.scale, norm.shift or one of 1 more; near: fc1.weight, fc2.weight',
    );
    expect(() => open(made({})).tensor("w")).toThrow('no tensor "w", expected a file with tensors');
    expect(() => open(made({})).tensor("toString")).toThrow('no tensor "toString"');
  });

  const two = { a: entry("F32", [1], 0, 4), b: entry("F32", [1], 4, 8) };
  it.each([
    ["nothing", new Uint8Array(0), "a.safetensors:byte 0: 0 bytes, expected 8 of header length at least"],
    ["half a length", new Uint8Array(5), "byte 0: 5 bytes"],
    ["a header longer than the file", made({}, [], 3), "byte 0: a header of 3 bytes, expected 2 to 2"],
    ["a header of no bytes", made({}, [], 0), "byte 0: a header of 0 bytes"],
    ["a length beyond every number", new Uint8Array(20).fill(255), "byte 0: a header of 1844"],
    ["text that is no JSON", made("{'a': 1}"), "header: no JSON object, expected names with their tensors"],
    ["a list", made("[]"), "header: no JSON object"],
    ["bytes that are no text", made("{}").fill(255, 8), "header: no JSON object"],
    [
      "an entry without a type",
      made({ a: { shape: [1], data_offsets: [0, 1] } }, [1]),
      'a: "{"shape":[1],"data_offsets":[0,1]}", expected dtype, shape and two data_offsets',
    ],
    ["an entry that is none", made({ a: null }), 'a: "null", expected dtype'],
    ["a negative length", made({ a: entry("U8", [-1], 0, 1) }, [1]), "a: "],
    ["one offset", made({ a: { dtype: "U8", shape: [1], data_offsets: [1] } }, [1]), "a: "],
    [
      "offsets that its shape does not fill",
      made({ a: entry("F32", [2, 3], 0, 20) }, new Uint8Array(20)),
      "a: 20 bytes, expected 24 for 2 x 3 of type F32",
    ],
    ["an end before its beginning", made({ a: entry("U8", [1], 4, 0) }, new Uint8Array(4)), "a: -4 bytes, expected 1"],
    [
      "offsets beyond the file",
      made(two, new Uint8Array(7)),
      "b: bytes 4 to 8, expected an end within the 7 of the file",
    ],
    [
      "tensors that overlap",
      made({ ...two, b: entry("F32", [1], 2, 6) }, new Uint8Array(6)),
      "b: bytes that are another tensor's too, expected a beginning at byte 4",
    ],
    [
      "a gap",
      made({ ...two, b: entry("F32", [1], 5, 9) }, new Uint8Array(9)),
      "b: a gap of 1 bytes before it, expected a beginning at byte 4",
    ],
    [
      "bytes that nobody has",
      made(two, new Uint8Array(9)),
      "header: tensors of 8 bytes, expected 9, as the file has behind its header",
    ],
  ])("are refused where they are bent: %s", (_, bytes, message) => {
    expect(() => open(bytes)).toThrow(InputError);
    expect(() => open(bytes)).toThrow(message);
  });

  it("cut anywhere are refused", () => {
    const whole = new Uint8Array(Buffer.from(oracle.file, "base64"));
    for (let length = 0; length < whole.length; length++)
      expect(() => open(whole.subarray(0, length))).toThrow(InputError);
  });
});
