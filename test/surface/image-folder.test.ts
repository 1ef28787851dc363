import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { InputError } from "../../src/ground/errors.ts";
import { type DataSetRequest, readDataSet } from "../../src/surface/data-set.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-cifar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (data: string, more: Partial<DataSetRequest> = {}) =>
  readDataSet({
    data,
    split: "test",
    images: null,
    calibrationImages: 1e6,
    inputs: [{ name: "images", type: "float32" }],
    inputScale: null,
    inputShift: null,
    ...more,
  });

/** Records whose images hold one value each. */
const records = (entries: [labels: number[], value: number][]) =>
  Uint8Array.from(entries.flatMap(([labels, value]) => [...labels, ...Array<number>(3072).fill(value)]));
function made(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  return place;
}
const first = (data: { values: ArrayLike<number>; size: number }, i: number) => data.values[i * data.size];

/** Five batches of two images; values 11, 12, 21, 22, .. 52 tell batch and place. */
const batches = (end = "", pack = (bytes: Uint8Array): Uint8Array => bytes) =>
  Object.fromEntries([
    ...[1, 2, 3, 4, 5].map((n) => [
      `data_batch_${n}.bin${end}`,
      pack(
        records([
          [[n], 10 * n + 1],
          [[0], 10 * n + 2],
        ]),
      ),
    ]),
    [
      `test_batch.bin${end}`,
      pack(
        records([
          [[7], 200],
          [[9], 255],
          [[0], 0],
        ]),
      ),
    ],
  ]) as Record<string, Uint8Array>;

describe("a folder with CIFAR's binary files", () => {
  const plain = made("plain/cifar-10-batches-bin", { ...batches(), "batches.meta.txt": "airplane\n" });
  const zipped = made(
    "zipped",
    batches(".gz", (bytes) => new Uint8Array(gzipSync(bytes))),
  );

  it.each([
    ["itself", plain],
    ["gzipped", zipped],
    ["around them", join(folder, "plain")],
  ])("tests on the test batch and calibrates on the others, in order: %s", (_, place) => {
    const { test, calibration } = read(place);
    expect([test.size, test.shapes, test.scale, test.shift]).toEqual([3072, [[3, 32, 32]], [1 / 255], [0]]);
    expect([...test.labels]).toEqual([7, 9, 0]);
    expect([0, 1, 2].map((i) => first(test, i))).toEqual([200, 255, 0]);
    expect([...calibration.labels]).toEqual([1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
    expect(Array.from({ length: 10 }, (__, i) => first(calibration, i))).toEqual([
      11, 12, 21, 22, 31, 32, 41, 42, 51, 52,
    ]);
    expect(test.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("calibrates on no more than is looked at, and tests on the first so many", () => {
    const { test, calibration } = read(plain, { images: 2, calibrationImages: 3 });
    expect([[...test.labels], [...calibration.labels]]).toEqual([
      [7, 9],
      [1, 0, 2],
    ]);
    expect(() => read(plain, { images: 4 })).toThrow("--images: 4, expected at most the 3 of");
  });

  it("tests on all training batches but their first tenth where that split is asked for", () => {
    const { test, calibration } = read(plain, { split: "train" });
    expect([...calibration.labels]).toEqual([1]);
    expect([...test.labels]).toEqual([0, 2, 0, 3, 0, 4, 0, 5, 0]);
  });

  it("is CIFAR-100 with its fine labels where the files are named so", () => {
    const place = made("hundred/cifar-100-binary", {
      "train.bin": records([
        [[1, 50], 1],
        [[2, 99], 2],
      ]),
      "test.bin": records([[[19, 42], 3]]),
    });
    for (const data of [place, join(folder, "hundred")]) {
      const { test, calibration } = read(data);
      expect([[...test.labels], [...calibration.labels]]).toEqual([[42], [50, 99]]);
    }
  });

  made("both/cifar-100-binary", {});
  const both = join(made("both/cifar-10-batches-bin", {}), "..");
  const { "data_batch_3.bin": _left, ...four } = batches();
  it.each([
    [
      "a missing batch",
      made("four", four),
      "four: no file data_batch_3.bin, expected the files of CIFAR-10 (data_batch_3.bin, plain or .gz); near: data_batch_1.bin",
    ],
    [
      "a batch cut short",
      made("cut", { ...batches(), "test_batch.bin": new Uint8Array(3000) }),
      "test_batch.bin: 3000 bytes, expected records of 3073",
    ],
    ["an empty batch", made("empty", { ...batches(), "data_batch_1.bin": "" }), "data_batch_1.bin: an empty file"],
    [
      "a label that is none",
      made("label", {
        ...batches(),
        "test_batch.bin": records([
          [[1], 0],
          [[12], 0],
        ]),
      }),
      "test_batch.bin:record 1: label 12, expected 0 to 9",
    ],
    [
      "the version of pickles",
      made("pickles", { data_batch_1: "x" }),
      "CIFAR-10 as Python pickles, expected its binary version (data_batch_1.bin, test_batch.bin)",
    ],
    ["the folder of it", join(made("py/cifar-10-batches-py", {}), ".."), "CIFAR-10 as Python pickles"],
    [
      "an archive in it",
      made("packed", { "cifar-10-binary.tar.gz": "x" }),
      "cifar-10-binary.tar.gz: a packed folder, expected the folder: unpack it (tar -xf",
    ],
    ["an archive", join(folder, "packed", "cifar-10-binary.tar.gz"), "cifar-10-binary.tar.gz: a packed folder"],
    [
      "nothing of the kind",
      made("nothing", {}),
      "nothing: no file t10k-images-idx3-ubyte, expected the files of MNIST (t10k-images-idx3-ubyte, plain or .gz), or of CIFAR (test_batch.bin)",
    ],
    ["two sets", both, "both: cifar-10-batches-bin and cifar-100-binary, expected one of them"],
  ])("is refused: %s", (_, place, message) => {
    expect(() => read(place)).toThrow(InputError);
    expect(() => read(place)).toThrow(message);
  });
});
