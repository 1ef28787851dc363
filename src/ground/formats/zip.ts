import { inflateSync } from "fflate";
import { inputError } from "../errors.ts";
import { crc32 } from "./checksum.ts";

/** Bytes of a file, in memory or read from a disk piece by piece. */
export interface ByteSource {
  readonly length: number;
  /** `length` of them from `offset`, all of which must be there. */
  read(offset: number, length: number): Uint8Array;
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A file in an archive, by the archive's directory. */
interface Listed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const signature = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  wideEnd: 0x06064b50,
  wideLocator: 0x07064b50,
} as const;
/** What a 32-bit field holds whose value stands among the 64-bit ones, and what a 16-bit field does. */
const elsewhere = 0xffffffff;
const elsewhereShort = 0xffff;
const wideFields = 1;
const namesAreUtf8 = 0x800;
const encrypted = 1;

export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** A zip archive, of more than 4 GB too (Zip64): stored and deflated files, each checked against its checksum. */
export class ZipArchive {
  readonly #source: ByteSource;
  readonly #file: string;
  readonly #listed: ReadonlyMap<string, Listed>;

  /** @param file  name for error messages */
  constructor(source: ByteSource, file: string) {
    this.#source = source;
    this.#file = file;
    this.#listed = new Map(directoryOf(source, file).map((entry) => [entry.name, entry]));
  }

  get names(): string[] {
    return [...this.#listed.keys()];
  }

  /** The whole file of that name, which must be there. */
  read(name: string): Uint8Array {
    const entry = this.#listed.get(name)!;
    const bytes = this.#unpacked(entry);
    if (bytes.length !== entry.size || crc32(bytes) !== entry.checksum) {
      throw this.#refusal(entry, "a checksum that does not match", "a whole archive");
    }
    return bytes;
  }

  #unpacked(entry: Listed): Uint8Array {
    const { flags, method, packed, size } = entry;
    if (flags & encrypted) throw this.#refusal(entry, "an encrypted file", "one that is not");
    if (method !== 0 && method !== 8) throw this.#refusal(entry, `compression ${method}`, "0 (stored) or 8 (deflate)");
    const content = this.#content(entry);
    if (method === 0) return content;
    try {
      return inflateSync(content, { out: new Uint8Array(size) });
    } catch (error) {
      const found = `${packed} bytes that do not unpack (${(error as Error).message})`;
      throw this.#refusal(entry, found, "a whole archive");
    }
  }

  #content(entry: Listed): Uint8Array {
    const { offset, packed } = entry;
    const whole = "a whole archive";
    if (offset + 30 > this.#source.length) throw this.#refusal(entry, "a place beyond the file's end", whole);
    const header = viewOf(this.#source.read(offset, 30));
    const start = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    if (header.getUint32(0, true) !== signature.local || start + packed > this.#source.length) {
      throw this.#refusal(entry, "a place where it is not", whole);
    }
    try {
      return this.#source.read(start, packed);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw this.#refusal(entry, `${packed} bytes`, "an array that fits into memory");
    }
  }

  #refusal({ name }: Listed, found: string, expected: string): Error {
    return inputError({ file: this.#file, place: name.replace(/\.npy$/, ""), found, expected });
  }
}

/** Lists an archive's files from the directory at its end; a cut archive has none. */
function directoryOf(source: ByteSource, file: string): Listed[] {
  const cut = inputError({ file, found: `${source.length} bytes without a directory`, expected: "a whole archive" });
  // The end record has 22 bytes and a comment of up to 65,535; before it, the place of its 64-bit twin.
  const tailStart = Math.max(0, source.length - 22 - 0xffff - 20);
  const tail = viewOf(source.read(tailStart, source.length - tailStart));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== signature.end) end--;
  if (end < 0) throw cut;
  let count = tail.getUint16(end + 10, true);
  let size = tail.getUint32(end + 12, true);
  let start = tail.getUint32(end + 16, true);
  if (end >= 20 && tail.getUint32(end - 20, true) === signature.wideLocator) {
    const at = Number(tail.getBigUint64(end - 12, true));
    if (at + 56 > source.length) throw cut;
    const wide = viewOf(source.read(at, 56));
    if (wide.getUint32(0, true) !== signature.wideEnd) throw cut;
    count = Number(wide.getBigUint64(32, true));
    size = Number(wide.getBigUint64(40, true));
    start = Number(wide.getBigUint64(48, true));
  }
  if (start + size > tailStart + end) throw cut;
  const directory = viewOf(source.read(start, size));
  const listed: Listed[] = [];
  for (let at = 0; listed.length < count; ) {
    if (at + 46 > size || directory.getUint32(at, true) !== signature.central) throw cut;
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (next > size) throw cut;
    const name = new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameLength);
    const wide = wideValues(directory, at + 46 + nameLength, extraLength);
    const value = (offset: number): number => {
      const short = directory.getUint32(at + offset, true);
      return short === elsewhere ? (wide.shift() ?? short) : short;
    };
    const [unpacked, packed, offset] = [value(24), value(20), value(42)] as const;
    listed.push({
      name: new TextDecoder().decode(name),
      flags: directory.getUint16(at + 8, true),
      method: directory.getUint16(at + 10, true),
      checksum: directory.getUint32(at + 16, true),
      packed,
      size: unpacked,
      offset,
    });
    at = next;
  }
  return listed;
}

/** The 64-bit values in a directory entry's extra fields, in their order: size, packed size, offset, those that need them. */
function wideValues(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== wideFields) continue;
    const count = Math.min(view.getUint16(at + 2, true), start + length - at - 4) >> 3;
    return Array.from({ length: Math.min(3, count) }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
  }
  return [];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A file to be put into an archive; its bytes are asked for twice, since the checksum stands before them. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  pieces(): Iterable<Uint8Array>;
}

/**
 * An archive of these files as they are, not compressed, in pieces. The same files give the same bytes: no time is written.
 *
 * @param largest  sizes and places from here on are written with 64 bits
 */
export function* zipPieces(entries: Iterable<ZipEntry>, largest = elsewhere): Generator<Uint8Array> {
  const directory: Uint8Array[] = [];
  const short = (value: number): number => (value >= largest ? elsewhere : value);
  const wide = (values: readonly number[]): Field[] =>
    values.length === 0 ? [] : [[2, wideFields], [2, 8 * values.length], ...values.map((value) => [8, value] as const)];
  let place = 0;
  for (const { name, size, pieces } of entries) {
    let checksum = 0;
    for (const piece of pieces()) checksum = crc32(piece, checksum);
    const bytes = new TextEncoder().encode(name);
    const flags = bytes.length > name.length ? namesAreUtf8 : 0;
    const sizes = size >= largest ? [size, size] : [];
    const common = (extra: number): Field[] => [
      [2, sizes.length > 0 || place >= largest ? 45 : 20],
      [2, flags],
      [2, 0],
      [4, firstDay],
      [4, checksum],
      [4, short(size)],
      [4, short(size)],
      [2, bytes.length],
      [2, extra],
    ];
    const local = record(wide(sizes));
    const head = record([[4, signature.local], ...common(local.length)]);
    const central = record(wide(place >= largest ? [...sizes, place] : sizes));
    directory.push(
      record([
        [4, signature.central],
        [2, 45],
        ...common(central.length),
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, short(place)],
      ]),
      bytes,
      central,
    );
    yield* [head, bytes, local];
    yield* pieces();
    place += head.length + bytes.length + local.length + size;
  }
  yield* directory;
  const count = directory.length / 3;
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  if (count >= elsewhereShort || length >= largest || place >= largest) {
    const sized: Field[] = [
      [8, count],
      [8, count],
      [8, length],
      [8, place],
    ];
    yield record([[4, signature.wideEnd], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], ...sized]);
    yield record([
      [4, signature.wideLocator],
      [4, 0],
      [8, place + length],
      [4, 1],
    ]);
  }
  const shortCount = Math.min(count, elsewhereShort);
  yield record([
    [4, signature.end],
    [4, 0],
    [2, shortCount],
    [2, shortCount],
    [4, short(length)],
    [4, short(place)],
    [2, 0],
  ]);
}

/** 1 January 1980 as zip files write time and day. */
const firstDay = 0x00210000;

/** Bytes of a whole number and its value. */
type Field = readonly [bytes: 2 | 4 | 8, value: number];

function record(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = viewOf(bytes);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}
