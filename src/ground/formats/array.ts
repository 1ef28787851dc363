import { inputError } from "../errors.ts";
import { bfloat16, float16 } from "./half.ts";

export type NumberArray =
  | Int8Array<ArrayBufferLike>
  | Uint8Array<ArrayBufferLike>
  | Int16Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | Float32Array<ArrayBufferLike>
  | Float64Array<ArrayBufferLike>;

/** Numbers of a file, row-major. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly values: NumberArray;
}

/** An array to be written, whose numbers may lie in several pieces of one type, one after another. */
export interface WrittenArray {
  readonly shape: readonly number[];
  readonly values: NumberArray | readonly NumberArray[];
  /** Bytes 0 and 1 that are false and true. */
  readonly boolean?: boolean;
}

/** How many numbers an array of that shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

type Reader =
  | "getInt8"
  | "getUint8"
  | "getInt16"
  | "getUint16"
  | "getInt32"
  | "getUint32"
  | "getFloat32"
  | "getFloat64";

interface NumberType {
  readonly bytes: number;
  readonly make: new (length: number) => NumberArray;
  readonly read: Reader;
}

/** The number types that files share, by kind and size. */
export const numberTypes = {
  i1: { bytes: 1, make: Int8Array, read: "getInt8" },
  u1: { bytes: 1, make: Uint8Array, read: "getUint8" },
  i2: { bytes: 2, make: Int16Array, read: "getInt16" },
  u2: { bytes: 2, make: Uint16Array, read: "getUint16" },
  i4: { bytes: 4, make: Int32Array, read: "getInt32" },
  u4: { bytes: 4, make: Uint32Array, read: "getUint32" },
  f4: { bytes: 4, make: Float32Array, read: "getFloat32" },
  f8: { bytes: 8, make: Float64Array, read: "getFloat64" },
} as const satisfies Record<string, NumberType>;

/** `count` numbers from `offset`, which must be there. Single bytes are a view, since image files are large; others a copy. */
export function numbersFrom(
  bytes: Uint8Array,
  offset: number,
  count: number,
  type: NumberType,
  littleEndian: boolean,
): NumberArray {
  if (type.bytes === 1) {
    const Bytes = type.make as Uint8ArrayConstructor;
    return new Bytes(bytes.buffer, bytes.byteOffset + offset, count);
  }
  const values = new type.make(count);
  if (littleEndian === hostIsLittleEndian) {
    new Uint8Array(values.buffer).set(bytes.subarray(offset, offset + count * type.bytes));
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * type.bytes);
  for (let i = 0; i < count; i++) values[i] = view[type.read](i * type.bytes, littleEndian);
  return values;
}

/** Number types by kind and bytes, with those that have no typed array of their own: halves, booleans, wide integers. */
export type NumberKind = keyof typeof numberTypes | "f2" | "bf2" | "b1" | "i8" | "u8";

/**
 * `count` numbers of a kind from `offset`, which must be there. Halves become float32, booleans 0 and 1; integers of 8 bytes
 * become float64 and are refused beyond 2^53.
 */
export function numbersOfKind(
  kind: NumberKind,
  bytes: Uint8Array,
  offset: number,
  count: number,
  littleEndian: boolean,
  file: string,
): NumberArray {
  if (kind === "f2" || kind === "bf2") {
    const bits = numbersFrom(bytes, offset, count, numberTypes.u2, littleEndian);
    return Float32Array.from(bits, kind === "f2" ? float16 : bfloat16);
  }
  if (kind !== "i8" && kind !== "u8") {
    // Unsigned bytes often are shares of 255; booleans are not.
    return numbersFrom(bytes, offset, count, numberTypes[kind === "b1" ? "i1" : kind], littleEndian);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8 * count);
  const read = kind === "i8" ? "getBigInt64" : "getBigUint64";
  return Float64Array.from({ length: count }, (_, i) => {
    const whole = view[read](8 * i, littleEndian);
    const value = Number(whole);
    if (Number.isSafeInteger(value)) return value;
    throw inputError({ file, place: `entry ${i}`, found: `${whole}`, expected: "a whole number up to 2^53" });
  });
}

/** The numbers as bytes, least significant first: a view of their own where the host has them so. */
export function littleEndianBytes(values: NumberArray): Uint8Array {
  const own = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (hostIsLittleEndian) return own;
  const bytes = own.slice();
  const size = values.BYTES_PER_ELEMENT;
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
