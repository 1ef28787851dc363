import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { cifar10, cifar100, readCifar } from "../../../src/ground/formats/cifar.ts";

/** Records by the published layout: labels, then 1,024 red, green and blue bytes; each byte told apart by record and place. */
const byteAt = (record: number, place: number) => (record * 59 + place * 7) % 256;
function records(labels: number[][]): Uint8Array {
  return Uint8Array.from(labels.flatMap((own, i) => [...own, ...Array.from({ length: 3072 }, (_, j) => byteAt(i, j))]));
}

describe("CIFAR's binary files", () => {
  it.each([
    ["CIFAR-10", cifar10, [[7], [0], [9]], [7, 0, 9]],
    [
      "CIFAR-100, by the fine label",
      cifar100,
      [
        [19, 99],
        [3, 0],
        [0, 42],
      ],
      [99, 0, 42],
    ],
  ])("are labels before three planes of 32 x 32: %s", (_, kind, stored, wanted) => {
    const bytes = records(stored);
    for (const file of [bytes, new Uint8Array(gzipSync(bytes))]) {
      const { images, labels } = readCifar(file, "a.bin", kind);
      expect([images.shape, labels.shape]).toEqual([[3, 3, 32, 32], [3]]);
      expect([...labels.values]).toEqual(wanted);
      expect([...images.values]).toEqual(
        stored.flatMap((__, i) => Array.from({ length: 3072 }, (___, j) => byteAt(i, j))),
      );
    }
  });

  it.each([
    ["an empty file", new Uint8Array(0), "a.bin: an empty file, expected records of 3073 bytes"],
    [
      "a cut record",
      records([[1]]).subarray(0, 3072),
      "a.bin: 3072 bytes, expected records of 3073 bytes (1 of label, 3 x 32 x 32 of image)",
    ],
    [
      "records of CIFAR-100",
      records([
        [1, 2],
        [1, 3],
      ]),
      "a.bin: 6148 bytes",
    ],
    ["a label beyond nine", records([[1], [10]]), "a.bin:record 1: label 10, expected 0 to 9"],
    ["cut gzip", new Uint8Array(gzipSync(records([[1]]))).subarray(0, 40), "a.bin: gzip"],
  ])("are refused: %s", (_, bytes, message) => {
    expect(() => readCifar(bytes, "a.bin", cifar10)).toThrow(InputError);
    expect(() => readCifar(bytes, "a.bin", cifar10)).toThrow(message);
  });
});
