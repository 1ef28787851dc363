import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { joined } from "../../../src/ground/formats/npy.ts";
import { type ByteSource, bytesInMemory, ZipArchive, zipPieces } from "../../../src/ground/formats/zip.ts";

const content = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * seed) ^ (i >> 3));
const files: Record<string, Uint8Array> = {
  "plain.npy": content(1000, 7),
  "/net/conv 1.npy": content(37, 3),
  "Größe µS.npy": content(256, 5),
  empty: new Uint8Array(0),
};
/** In pieces of 100 bytes, as arrays of several chips come. */
const entries = Object.entries(files).map(([name, bytes]) => ({
  name,
  size: bytes.length,
  *pieces() {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  },
}));

function contents(archive: ZipArchive): Record<string, Uint8Array> {
  return Object.fromEntries(archive.names.map((name) => [name, archive.read(name).slice()]));
}

describe("zip archives", () => {
  // Another library reads them; 64-bit sizes and places are valid for small files too.
  it.each([
    ["with 32-bit sizes", undefined],
    ["with 64-bit sizes of some files and all places after them", 300],
    ["with 64-bit places", 38],
    ["with 64-bit sizes and places throughout", 0],
  ])("are written %s so that others read them, and read back", (_, largest) => {
    const bytes = joined(zipPieces(entries, largest));
    expect(unzipSync(bytes)).toEqual(files);
    expect(contents(new ZipArchive(bytesInMemory(bytes), "a.zip"))).toEqual(files);
  });

  it("hold more files than 16 bits count", () => {
    const many = Array.from({ length: 66_000 }, (_, i) => ({ name: `${i}`, size: 1, pieces: () => [content(1, i)] }));
    const bytes = joined(zipPieces(many));
    expect(new ZipArchive(bytesInMemory(bytes), "a.zip").names).toHaveLength(66_000);
    expect(Object.keys(unzipSync(bytes, { filter: ({ name }) => name === "65999" }))).toEqual(["65999"]);
  });

  // A file of 5 GB is never there whole: the archive's beginning, its end, and zeros between them.
  it("of more than 4 GB are read where they lie", () => {
    const gap = 5e9;
    const [first, second] = [...zipPieces(entries.slice(0, 2), 0)].reduce<[Uint8Array[], Uint8Array[]]>(
      ([before, after], piece, i) => {
        // The second file begins after the first one's header, name, extra field and ten pieces.
        if (i < 13) before.push(piece);
        else after.push(piece);
        return [before, after];
      },
      [[], []],
    );
    const [head, tail] = [joined(first), moved(joined(second), gap)];
    const source: ByteSource = {
      length: gap + head.length + tail.length,
      read(offset, length) {
        const [from, bytes] = offset < head.length ? [0, head] : [gap + head.length, tail];
        const part = bytes.subarray(Math.max(0, offset - from), offset - from + length);
        if (part.length === length) return part;
        const padded = new Uint8Array(length);
        padded.set(part, length - part.length);
        return padded;
      },
    };
    const archive = new ZipArchive(source, "a.zip");
    expect(contents(archive)).toEqual(Object.fromEntries(Object.entries(files).slice(0, 2)));
  });

  it("that are deflated are unpacked", () => {
    const bytes = zipSync(files, { level: 9 });
    expect(contents(new ZipArchive(bytesInMemory(bytes), "a.zip"))).toEqual(files);
  });

  it("cut anywhere, or with any byte bent, give an input error or what they held", () => {
    for (const [whole, step] of [
      [joined(zipPieces(entries.slice(0, 2), 0)), 1],
      [zipSync(files, { level: 9 }), 1],
    ] as const) {
      for (let at = 0; at < whole.length; at += step) {
        expect(() => new ZipArchive(bytesInMemory(whole.subarray(0, at)), "a.zip"), `${at}`).toThrow(InputError);
        const bent = whole.slice();
        bent[at]! ^= 0x81;
        try {
          const found = contents(new ZipArchive(bytesInMemory(bent), "a.zip"));
          // A bent name is another name, and a bent version or time says nothing.
          for (const [name, bytes] of Object.entries(found)) if (files[name]) expect(bytes).toEqual(files[name]);
        } catch (error) {
          expect(error, `${at}`).toBeInstanceOf(InputError);
        }
      }
    }
  });
});

/** An archive's end with all places after the first file moved: its directory's second entry, its end records. */
function moved(tail: Uint8Array, by: number): Uint8Array {
  const bytes = tail.slice();
  const view = new DataView(bytes.buffer);
  const add = (at: number) => view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(by), true);
  const find = (signature: number, from = 0): number => {
    for (let at = from; ; at++) if (view.getUint32(at, true) === signature) return at;
  };
  const second = find(0x02014b50, find(0x02014b50) + 4);
  add(second + 46 + view.getUint16(second + 28, true) + 4 + 16);
  const end = find(0x06064b50);
  add(end + 48);
  add(end + 56 + 8);
  return bytes;
}
