import { inputError } from "../errors.ts";
import type { NumberKind, StoredArray, WrittenArray } from "./array.ts";
import { joined, npyPieces, readNpy } from "./npy.ts";
import { type ByteSource, bytesInMemory, looksLikeZip, ZipArchive, zipPieces } from "./zip.ts";

export { looksLikeZip } from "./zip.ts";

/** A NumPy archive, whose arrays are read one by one. */
export class NpzArchive {
  readonly #archive: ZipArchive;
  readonly #file: string;

  /** @param file  name for error messages */
  constructor(source: Uint8Array | ByteSource, file: string) {
    const bytes = source instanceof Uint8Array ? bytesInMemory(source) : source;
    if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: "a NumPy archive" });
    if (!looksLikeZip(bytes.read(0, Math.min(4, bytes.length))))
      throw inputError({ file, place: "byte 0", found: "another magic", expected: "a NumPy archive (zip)" });
    this.#archive = new ZipArchive(bytes, file);
    this.#file = file;
  }

  get names(): string[] {
    return this.#archive.names.filter((entry) => entry.endsWith(".npy")).map((entry) => entry.slice(0, -4));
  }

  /** The array of that name, which must be there, and of one of `kinds` where these are given. */
  read(name: string, kinds?: readonly NumberKind[]): StoredArray {
    return readNpy(this.#archive.read(`${name}.npy`), `${this.#file}:${name}`, kinds);
  }
}

/** Reads the arrays of a NumPy archive by name; with `wanted`, only those are unpacked. */
export function readNpz(bytes: Uint8Array, file: string, wanted?: readonly string[]): Map<string, StoredArray> {
  const archive = new NpzArchive(bytes, file);
  const names = archive.names.filter((name) => wanted === undefined || wanted.includes(name));
  return new Map(names.map((name) => [name, archive.read(name)]));
}

/** Names of the arrays in an archive, without unpacking them. */
export function npzNames(bytes: Uint8Array, file: string): string[] {
  return new NpzArchive(bytes, file).names;
}

/** The arrays as a NumPy archive, in pieces, not compressed. Equal arrays give equal bytes: no time is written. */
export function npzPieces(arrays: Iterable<readonly [name: string, array: WrittenArray]>): Iterable<Uint8Array> {
  return zipPieces([...arrays].map(([name, array]) => ({ name: `${name}.npy`, ...npyPieces(array) })));
}

/** The same in one piece. */
export function writeNpz(arrays: Iterable<readonly [name: string, array: WrittenArray]>): Uint8Array {
  return joined(npzPieces(arrays));
}
