import { inputError } from "../errors.ts";
import { numbersFrom, numberTypes, type StoredArray, sizeOf } from "./array.ts";
import { unzipped } from "./gzip.ts";

const types: Readonly<Record<number, (typeof numberTypes)[keyof typeof numberTypes]>> = {
  8: numberTypes.u1,
  9: numberTypes.i1,
  11: numberTypes.i2,
  12: numberTypes.i4,
  13: numberTypes.f4,
  14: numberTypes.f8,
};

/** Whether the bytes begin as an IDX file does: two zeros, a type, one to eight dimensions. */
export function looksLikeIdx(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2]! in types && bytes[3]! >= 1 && bytes[3]! <= 8
  );
}

/** Reads an IDX array (the format of MNIST: big-endian, magic 00 00 TYPE DIMENSIONS), plain or gzipped. */
export function readIdx(stored: Uint8Array, file: string): StoredArray {
  if (stored.length === 0) throw inputError({ file, found: "an empty file", expected: "an IDX array" });
  const bytes = unzipped(stored, file);
  if (!looksLikeIdx(bytes)) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw inputError({
      file,
      place: "byte 0",
      found: `"${start}"`,
      expected: "an IDX array (00 00, a type, dimensions)",
    });
  }
  const type = types[bytes[2]!]!;
  const dimensions = bytes[3]!;
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) {
    throw inputError({ file, found: `${bytes.length} bytes`, expected: `a header of ${start}` });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i, false));
  const size = sizeOf(shape);
  const whole = start + size * type.bytes;
  if (bytes.length !== whole) {
    const found = `${bytes.length} bytes`;
    throw inputError({ file, found, expected: `${whole} for an array of ${shape.join(" x ")}` });
  }
  return { shape, values: numbersFrom(bytes, start, size, type, false) };
}
