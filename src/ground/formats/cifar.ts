import { inputError } from "../errors.ts";
import type { StoredArray } from "./array.ts";
import { unzipped } from "./gzip.ts";

/** A data set in CIFAR's binary form. */
export interface CifarKind {
  /** Bytes of labels before each image; the last one is the class. */
  readonly labelBytes: number;
  readonly classes: number;
}

export const cifar10: CifarKind = { labelBytes: 1, classes: 10 };
/** A coarse label of 20, then the fine one of 100. */
export const cifar100: CifarKind = { labelBytes: 2, classes: 100 };

const imageBytes = 3 * 32 * 32;

/**
 * Reads a file of CIFAR's binary version, plain or gzipped: records of labels and 3 x 32 x 32 bytes, red, green and blue one
 * after another, each row by row.
 *
 * @returns images [count][3][32][32] and labels [count]
 * @source Krizhevsky, Learning multiple layers of features from tiny images (2009), "binary version"
 */
export function readCifar(
  stored: Uint8Array,
  file: string,
  { labelBytes, classes }: CifarKind,
): { readonly images: StoredArray; readonly labels: StoredArray } {
  const record = labelBytes + imageBytes;
  const bytes = unzipped(stored, file);
  const count = bytes.length / record;
  if (count === 0 || !Number.isInteger(count)) {
    const found = bytes.length === 0 ? "an empty file" : `${bytes.length} bytes`;
    const expected = `records of ${record} bytes (${labelBytes} of label, 3 x 32 x 32 of image)`;
    throw inputError({ file, found, expected });
  }
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * record + labelBytes;
    const label = bytes[start - 1]!;
    if (label >= classes) {
      throw inputError({ file, place: `record ${i}`, found: `label ${label}`, expected: `0 to ${classes - 1}` });
    }
    labels[i] = label;
    images.set(bytes.subarray(start, start + imageBytes), i * imageBytes);
  }
  return { images: { shape: [count, 3, 32, 32], values: images }, labels: { shape: [count], values: labels } };
}
