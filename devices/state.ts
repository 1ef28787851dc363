import { InputError } from "../src/ground/errors.ts";
import type { Engine } from "../src/ground/kernels/index.ts";

/** Fields of a population's state, in order; float64 for clocks, which must stay exact over years. */
export type StateLayout = Readonly<Record<string, "float32" | "float64">>;

export type StateFields<Layout extends StateLayout> = {
  readonly [Name in keyof Layout]: Layout[Name] extends "float64" ? Float64Array : Float32Array;
};

export interface State<Layout extends StateLayout> {
  readonly count: number;
  readonly fields: StateFields<Layout>;
  /** Numbers of the whole population, saved with it. */
  readonly common: Float64Array;
  /** Copy of the whole state, header first. */
  save(clock: number): Uint8Array;
  /** Puts a saved state back and returns its clock; refuses bytes of another layout, count or version. */
  restore(bytes: Uint8Array): number;
}

const magic = 0x4f484d53; // "OHMS"
const version = 1;
const firstNumber = 24;

/**
 * Struct of arrays for `count` cells in the engine's memory. A saved state starts with a header: magic, version,
 * layout checksum, count (uint32 each, little endian), the clock (float64, s) and the numbers of the population (float64), on to whole 64 bytes.
 */
export function allocateState<Layout extends StateLayout>(
  engine: Engine,
  layout: Layout,
  count: number,
  numbers = 4,
): State<Layout> {
  const names = Object.keys(layout);
  const fields: Record<string, Float32Array | Float64Array> = {};
  for (const name of names) {
    fields[name] = layout[name] === "float64" ? engine.memory.float64(count) : engine.memory.float32(count);
  }
  const headerBytes = 64 * Math.ceil((firstNumber + 8 * numbers) / 64);
  const size = headerBytes + names.reduce((sum, name) => sum + fields[name]!.byteLength, 0);
  const checksum = layoutChecksum(layout);
  const common = new Float64Array(numbers);
  return {
    count,
    common,
    fields: fields as StateFields<Layout>,
    save(clock) {
      const bytes = new Uint8Array(size);
      const header = new DataView(bytes.buffer);
      for (const [index, word] of [magic, version, checksum, count].entries()) header.setUint32(4 * index, word, true);
      header.setFloat64(16, clock, true);
      for (const [index, value] of common.entries()) header.setFloat64(firstNumber + 8 * index, value, true);
      let offset = headerBytes;
      for (const name of names) {
        const field = fields[name]!;
        bytes.set(new Uint8Array(field.buffer, field.byteOffset, field.byteLength), offset);
        offset += field.byteLength;
      }
      return bytes;
    },
    restore(bytes) {
      if (bytes.byteLength !== size) {
        throw new InputError(`saved state: ${bytes.byteLength} bytes, expected ${size} for ${count} cells`);
      }
      const header = new DataView(bytes.buffer, bytes.byteOffset);
      for (const [index, word] of [magic, version, checksum, count].entries()) {
        if (header.getUint32(4 * index, true) !== word) {
          throw new InputError(
            `saved state: word ${index} of its header is ${header.getUint32(4 * index, true)}, expected ${word}`,
          );
        }
      }
      let offset = headerBytes;
      for (const name of names) {
        const field = fields[name]!;
        new Uint8Array(field.buffer, field.byteOffset, field.byteLength).set(
          bytes.subarray(offset, offset + field.byteLength),
        );
        offset += field.byteLength;
      }
      for (const index of common.keys()) common[index] = header.getFloat64(firstNumber + 8 * index, true);
      return header.getFloat64(16, true);
    },
  };
}

function layoutChecksum(layout: StateLayout): number {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(layout)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  return hash;
}
