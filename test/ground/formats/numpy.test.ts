import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { readNpy, writeNpy } from "../../../src/ground/formats/npy.ts";
import { npzNames, readNpz, writeNpz } from "../../../src/ground/formats/npz.ts";

// Files that NumPy itself wrote; how is said in the file.
const oracle = JSON.parse(readFileSync(new URL("../../oracles/numpy-files.json", import.meta.url), "utf8")) as {
  npy: Record<string, string>;
  npz: string;
  npzCompressed: string;
};
const npy = (name: string) => new Uint8Array(inflateSync(Buffer.from(oracle.npy[name]!, "base64")));
const npz = (name: "npz" | "npzCompressed") => new Uint8Array(Buffer.from(oracle[name], "base64"));

describe("NumPy arrays", () => {
  it.each(["<i1", "<u1", "<i2", ">i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">f4", "<f4", "<f8", ">f8"])(
    "of type %s are read as NumPy wrote them",
    (name) => {
      const { shape, values } = readNpy(npy(name), "a.npy");
      expect(shape).toEqual([2, 3]);
      expect([...values]).toEqual([0, 7, 14, 21, 28, 35].map((value) => (name.includes("u") ? value : value - 5)));
    },
  );

  it("of half precision, booleans and a scalar are read", () => {
    const half = [...readNpy(npy("half"), "a.npy").values];
    // 6e-8 rounds to the smallest subnormal, 2^-24.
    expect(half).toEqual([0, -0, 1, -2.5, 65504, 2 ** -24, 0.333251953125, Infinity]);
    expect([...readNpy(npy("bool"), "a.npy").values]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(readNpy(npy("scalar"), "a.npy")).toEqual({ shape: [], values: Float64Array.of(3.5) });
  });

  it("in Fortran order come out row by row", () => {
    const { shape, values } = readNpy(npy("fortran"), "a.npy");
    expect(shape).toEqual([2, 3, 4]);
    expect([...values]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it.each([
    ["big", `entry 0: ${2n ** 60n}, expected a whole number up to 2^53`],
    ["text", 'descr: "<U1", expected numbers'],
    ["struct", "header: "],
  ])("of kind %s are refused", (name, message) => {
    expect(() => readNpy(npy(name), "a.npy")).toThrow(InputError);
    expect(() => readNpy(npy(name), "a.npy")).toThrow(`a.npy:${message}`);
  });

  it("written are read back the same, and start their numbers at a multiple of 64 bytes", () => {
    const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
    const make = fc.constantFrom(
      Int8Array,
      Uint8Array,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
    );
    fc.assert(
      fc.property(shape, make, fc.integer(), (lengths, Type, start) => {
        const size = lengths.reduce((a, b) => a * b, 1);
        const values = new Type(Array.from({ length: size }, (_, i) => start * (i + 1)));
        const bytes = writeNpy({ shape: lengths, values });
        expect((bytes.length - values.byteLength) % 64).toBe(0);
        const back = readNpy(bytes, "a.npy");
        expect(back).toEqual({ shape: lengths, values });
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("cut anywhere are refused", () => {
    const whole = npy("<f8");
    for (let length = 0; length < whole.length; length++) {
      expect(() => readNpy(whole.subarray(0, length), "a.npy")).toThrow(InputError);
    }
    expect(() => readNpy(new Uint8Array([...whole, 0]), "a.npy")).toThrow("expected 176 for <f8 of shape (2, 3)");
  });
});

describe("NumPy archives", () => {
  it.each(["npz", "npzCompressed"] as const)("are read as NumPy wrote them (%s)", (name) => {
    const arrays = readNpz(npz(name), "a.npz");
    expect([...arrays.keys()]).toEqual(["images", "labels"]);
    expect(arrays.get("images")).toEqual({ shape: [3, 2, 2], values: Uint8Array.from({ length: 12 }, (_, i) => i) });
    expect([...arrays.get("labels")!.values]).toEqual([1, 0, 2]);
    expect(npzNames(npz(name), "a.npz")).toEqual(["images", "labels"]);
    expect([...readNpz(npz(name), "a.npz", ["labels"]).keys()]).toEqual(["labels"]);
  });

  it("written are read back, the same bytes every time", () => {
    const arrays = [
      ["layer.target.positive", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
      ["labels", { shape: [0], values: new Int32Array(0) }],
    ] as const;
    const bytes = writeNpz(arrays);
    expect([...readNpz(bytes, "a.npz")]).toEqual(arrays);
    expect(writeNpz(arrays)).toEqual(bytes);
  });

  it("cut anywhere, or with any byte of an array changed, are refused", () => {
    for (const name of ["npz", "npzCompressed"] as const) {
      const whole = npz(name);
      for (let length = 0; length < whole.length; length += 7) {
        expect(() => readNpz(whole.subarray(0, length), "a.npz"), `${length}`).toThrow(InputError);
      }
    }
    const whole = npz("npz");
    const start = Buffer.from(whole).indexOf("NUMPY") + 128;
    const bent = whole.slice();
    bent[start]! ^= 1;
    expect(() => readNpz(bent, "a.npz")).toThrow(InputError);
  });
});
