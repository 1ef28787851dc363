import { unzipSync, zipSync } from "fflate";
import { inputError } from "../errors.ts";
import type { StoredArray } from "./array.ts";
import { crc32 } from "./checksum.ts";
import { readNpy, writeNpy } from "./npy.ts";

export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Reads the arrays of a NumPy archive by name; with `wanted`, only those are unpacked. */
export function readNpz(bytes: Uint8Array, file: string, wanted?: readonly string[]): Map<string, StoredArray> {
  if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: "a NumPy archive" });
  if (!looksLikeZip(bytes))
    throw inputError({ file, place: "byte 0", found: "another magic", expected: "a NumPy archive (zip)" });
  const checksums = checksumsOf(bytes, file);
  const arrays = new Map<string, StoredArray>();
  for (const [entry, content] of Object.entries(entriesOf(bytes, file, wanted))) {
    const name = entry.replace(/\.npy$/, "");
    if (checksums.get(entry) !== crc32(content)) {
      throw inputError({ file, place: name, found: "a checksum that does not match", expected: "a whole archive" });
    }
    arrays.set(name, readNpy(content, `${file}:${name}`));
  }
  return arrays;
}

/** The arrays as a compressed NumPy archive. Equal arrays give equal bytes: no time is written. */
export function writeNpz(arrays: Iterable<readonly [name: string, array: StoredArray]>): Uint8Array {
  const entries = Object.fromEntries([...arrays].map(([name, array]) => [`${name}.npy`, writeNpy(array)]));
  return zipSync(entries, { level: 6, mtime: new Date(1980, 0, 1) });
}

/** Names of the arrays in an archive, without unpacking them. */
export function npzNames(bytes: Uint8Array, file: string): string[] {
  return [...checksumsOf(bytes, file).keys()]
    .filter((entry) => entry.endsWith(".npy"))
    .map((entry) => entry.slice(0, -4));
}

function entriesOf(bytes: Uint8Array, file: string, wanted: readonly string[] | undefined): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {
      filter: ({ name }) => name.endsWith(".npy") && (wanted === undefined || wanted.includes(name.slice(0, -4))),
    });
  } catch (error) {
    const found = `an archive that does not unpack (${(error as Error).message})`;
    throw inputError({ file, found, expected: "a whole archive" });
  }
}

/** CRC-32 by entry, from the archive's directory at its end; a cut archive has none. */
function checksumsOf(bytes: Uint8Array, file: string): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cut = inputError({ file, found: `${bytes.length} bytes without a directory`, expected: "a whole archive" });
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw cut;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const checksums = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw cut;
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    checksums.set(name, view.getUint32(at + 16, true));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return checksums;
}
