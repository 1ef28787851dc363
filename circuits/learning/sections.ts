import { InputError } from "../../src/ground/errors.ts";

const magic = 0x4f484d4c; // "OHML"

/**
 * Named parts of a saved state in one buffer: magic and version (uint32, little endian), the length of a head in bytes, the head as JSON, then
 * the parts one after another.
 */
export function joinSections(owner: string, sections: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.entries(sections).map(([name, bytes]) => [name, bytes.byteLength]);
  const head = new TextEncoder().encode(JSON.stringify({ owner, sections: names }));
  const parts = [head, ...Object.values(sections)];
  const whole = new Uint8Array(12 + parts.reduce((sum, part) => sum + part.byteLength, 0));
  const words = new DataView(whole.buffer);
  for (const [k, word] of [magic, 1, head.byteLength].entries()) words.setUint32(4 * k, word, true);
  let next = 12;
  for (const part of parts) {
    whole.set(part, next);
    next += part.byteLength;
  }
  return whole;
}

/**
 * The parts of a saved state. Refuses what is none, and what another owner saved.
 *
 * @param owner  what the state must be of, in words that tell it from any other
 */
export function sectionsOf(owner: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || words.getUint32(0, true) !== magic || words.getUint32(4, true) !== 1) {
    throw new InputError("saved state: it is not that of a layer that learns");
  }
  const length = words.getUint32(8, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as {
    readonly owner: string;
    readonly sections: readonly (readonly [string, number])[];
  };
  if (head.owner !== owner) throw new InputError(`saved state: it is of ${head.owner}, expected ${owner}`);
  const parts = new Map<string, Uint8Array>();
  let next = 12 + length;
  for (const [name, size] of head.sections) {
    parts.set(name, bytes.slice(next, next + size));
    next += size;
  }
  if (next !== bytes.byteLength) throw new InputError(`saved state: ${bytes.byteLength} bytes, expected ${next}`);
  return parts;
}

/** Numbers as bytes, and back. */
export const bytesOfNumbers = (numbers: readonly number[]): Uint8Array =>
  new Uint8Array(Float64Array.from(numbers).buffer);
export const numbersOfBytes = (bytes: Uint8Array): number[] => [...new Float64Array(bytes.slice().buffer)];
