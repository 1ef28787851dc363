import { inputError } from "../errors.ts";
import {
  littleEndianBytes,
  type NumberArray,
  type NumberKind,
  numbersOfKind,
  numberTypes,
  type StoredArray,
  sizeOf,
  type WrittenArray,
} from "./array.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export function looksLikeNpy(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a NumPy array: integers of 1 to 8 bytes, floats of 2, 4 and 8, booleans; either byte order; C or Fortran order, which
 * comes out as C order. Integers of 8 bytes become float64 and are refused beyond 2^53; float16 becomes float32.
 *
 * @param kinds  others are refused; unless given, all of the above are read
 */
export function readNpy(bytes: Uint8Array, file: string, kinds?: readonly NumberKind[]): StoredArray {
  if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: "a NumPy array" });
  if (!looksLikeNpy(bytes))
    throw inputError({ file, place: "byte 0", found: "another magic", expected: "a NumPy array" });
  const { header, start } = headerOf(bytes, file);
  const { descr, fortran, shape } = fieldsOf(header, file);
  const type = /^([<>|=])([iu][1248]|f[248]|b1)$/.exec(descr);
  const size = sizeOf(shape);
  const kind = type?.[2] as NumberKind;
  if (!type || kinds?.includes(kind) === false) {
    const expected = `numbers (${kinds?.join(", ") ?? "i1..i8, u1..u8, f2, f4, f8, b1"})`;
    throw inputError({ file, place: "descr", found: `"${descr}"`, expected });
  }
  const whole = start + size * Number(kind[1]);
  if (bytes.length !== whole) {
    const found = `${bytes.length} bytes`;
    throw inputError({ file, found, expected: `${whole} for ${descr} of shape (${shape.join(", ")})` });
  }
  const values = numbersOfKind(kind, bytes, start, size, type[1] !== ">", file);
  return { shape, values: fortran && shape.length > 1 ? rowMajor(values, shape) : values };
}

/**
 * The array as a NumPy file, in pieces: version 1.0, C order, least significant byte first.
 *
 * @returns how many bytes there are, and what gives them, as often as it is asked
 */
export function npyPieces({ shape, values, boolean }: WrittenArray): { size: number; pieces(): Iterable<Uint8Array> } {
  const parts = isPieces(values) ? values : [values];
  const filled = parts.reduce((sum, part) => sum + part.length, 0);
  if (sizeOf(shape) !== filled) throw new Error(`${filled} values do not fill shape ${shape.join(" x ")}`);
  const kinds = new Set(parts.map(kindOf));
  const [kind = "f4"] = kinds;
  if (kinds.size > 1) throw new Error(`pieces of ${[...kinds].join(" and ")} in one array`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const descr = boolean ? "|b1" : `${kind.endsWith("1") ? "|" : "<"}${kind}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // The format asks that numbers start at a multiple of 64 bytes, and the header ends with a line feed.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11, " ")}\n`;
  const header = new Uint8Array(10 + padded.length);
  header.set([...magic, 1, 0, padded.length & 0xff, padded.length >> 8]);
  header.set(new TextEncoder().encode(padded), 10);
  return {
    size: header.length + parts.reduce((sum, part) => sum + part.byteLength, 0),
    *pieces() {
      yield header;
      for (const part of parts) yield littleEndianBytes(part);
    },
  };
}

/** The same in one piece. */
export function writeNpy(array: WrittenArray): Uint8Array {
  return joined(npyPieces(array).pieces());
}

export function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  const parts = [...pieces];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function isPieces(values: WrittenArray["values"]): values is readonly NumberArray[] {
  return Array.isArray(values);
}

function kindOf(values: NumberArray): string {
  return Object.entries(numberTypes).find(([, type]) => values instanceof type.make)![0];
}

function headerOf(bytes: Uint8Array, file: string): { header: string; start: number } {
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3) {
    throw inputError({ file, place: "byte 6", found: `version ${version ?? "missing"}`, expected: "1, 2 or 3" });
  }
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = bytes.length < start ? Infinity : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) {
    throw inputError({ file, found: `${bytes.length} bytes`, expected: "a whole header" });
  }
  return { header: new TextDecoder().decode(bytes.subarray(start, start + length)), start: start + length };
}

function fieldsOf(header: string, file: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    const found = `"${header.trim().slice(0, 80)}"`;
    throw inputError({ file, place: "header", found, expected: "descr (one number type), fortran_order and shape" });
  }
  return {
    descr,
    fortran: order === "True",
    shape: shape
      .split(",")
      .map((text) => text.trim())
      .filter(Boolean)
      .map(Number),
  };
}

/** From first index fastest to last index fastest. */
function rowMajor(values: NumberArray, shape: readonly number[]): NumberArray {
  const out = values.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0; i < out.length; i++) {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) from += index[axis]! * strides[axis]!;
    out[i] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}
