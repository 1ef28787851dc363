import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inputError, namesNear } from "../ground/errors.ts";
import type { ByteSource } from "../ground/formats/zip.ts";

/** The bytes of a file the user named. */
export function readBytes(file: string, expected = "a file"): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw refusal(error, file, expected);
  }
}

/** `length` bytes from `offset` on, which must be there. */
export function readPart(file: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(length);
  try {
    const open = openSync(file, "r");
    try {
      for (let at = 0; at < length; ) {
        const count = readSync(open, part, at, Math.min(length - at, 2 ** 30), offset + at);
        if (count === 0) throw inputError({ file, found: `an end at byte ${offset + at}`, expected: "a whole file" });
        at += count;
      }
    } finally {
      closeSync(open);
    }
  } catch (error) {
    throw refusal(error, file, "a file");
  }
  return part;
}

/** A file the user named, whose bytes are read as they are asked for, so that it may be larger than memory. */
export function fileSource(file: string, expected: string): ByteSource {
  const kind = kindOf(file);
  if (kind === "folder") throw inputError({ file, found: "a folder", expected });
  // What is no file of a size comes whole.
  if (kind !== "file") {
    const bytes = readBytes(file, expected);
    return { length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  }
  return { length: sizeOf(file), read: (offset, length) => readPart(file, offset, length) };
}

/** Bytes of a file that is there. */
export function sizeOf(file: string): number {
  return statSync(file).size;
}

/** The text of a file the user named; bytes that are no UTF-8 are refused. */
export function readText(file: string, expected = "a text file"): string {
  return textOf(readBytes(file, expected), file, expected);
}

/** The text that a file's bytes are; refused where they are no UTF-8. */
export function textOf(bytes: Uint8Array, file: string, expected: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw inputError({ file, found: "bytes that are no UTF-8 text", expected });
  }
}

/** The text of a file the user named in pieces of a million bytes, so that no file is too large; refused like `readText`. */
export function* textPieces(file: string, expected = "a text file"): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const bytes = new Uint8Array(2 ** 20);
  let open: number | undefined;
  try {
    open = openSync(file, "r");
    for (let count = 1; count > 0; ) {
      count = readSync(open, bytes);
      yield decoder.decode(bytes.subarray(0, count), { stream: count > 0 });
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw refusal(error, file, expected);
    throw inputError({ file, found: "bytes that are no UTF-8 text", expected });
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

/** The text of a file if there is one of that name. A file that another one names lies beside it. */
export function textIfThere(name: string, beside?: string): string | undefined {
  const file = beside === undefined || isAbsolute(name) ? name : join(dirname(beside), name);
  return kindOf(file) === "none" ? undefined : readText(file);
}

export function kindOf(path: string): "file" | "folder" | "other" | "none" {
  const there = statusOf(path);
  if (!there) return "none";
  return there.isFile() ? "file" : there.isDirectory() ? "folder" : "other";
}

/** Nothing where no file is, and where a path leads through a file, a folder that is closed or a link to itself. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Names in a folder the user named. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw refusal(error, folder, "a folder");
  }
}

/** Refuses a path that a result cannot be written to: asked before the work starts, not after it. */
export function checkWritable(file: string, option: string): void {
  const refuse = (found: string, expected: string) => inputError({ file: option, found, expected });
  const kind = kindOf(file);
  if (kind === "folder") throw refuse(`"${file}" is a folder`, "a file");
  const folder = dirname(resolve(file));
  if (kindOf(folder) !== "folder") throw refuse(`no folder "${dirname(file)}"`, "a file in a folder that is there");
  try {
    accessSync(kind === "other" ? file : folder, constants.W_OK);
    if (kind === "file") accessSync(file, constants.W_OK);
  } catch {
    throw refuse(`"${file}" cannot be written`, "a file that can be");
  }
}

/** Whether two paths are one file, by whatever names; devices may be written to twice. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map(statusOf);
  if (!a || !b) return resolve(one) === resolve(other);
  return a.isFile() && a.dev === b.dev && a.ino === b.ino;
}

/** Bytes that a file may have on its disk; Infinity where nobody knows. */
export function freeBytes(file: string): number {
  if (kindOf(file) === "other") return Infinity;
  try {
    const { bavail, bsize } = statfsSync(dirname(resolve(file)));
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** Writes a whole file or none: beside its place first, then renamed into it. Pieces are written one after another. */
export function writeWhole(file: string, content: string | Uint8Array | Iterable<string | Uint8Array>): void {
  const kind = kindOf(file);
  const target = kind === "file" ? realpathSync(file) : file;
  // A device or pipe cannot be replaced; a link keeps pointing where it does.
  const beside = kind === "other" ? target : `${target}.${process.pid}.part`;
  try {
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(beside, content);
    else writePieces(beside, content);
    if (beside !== target) renameSync(beside, target);
  } catch (error) {
    if (beside !== target) rmSync(beside, { force: true });
    throw refusal(error, file, "a file that can be written");
  }
}

function writePieces(file: string, pieces: Iterable<string | Uint8Array>): void {
  const open = openSync(file, "w");
  const encoder = new TextEncoder();
  try {
    for (const part of gathered(pieces)) {
      const bytes = typeof part === "string" ? encoder.encode(part) : part;
      for (let at = 0; at < bytes.length; ) at += writeSync(open, bytes, at, Math.min(bytes.length - at, 2 ** 30));
    }
  } finally {
    closeSync(open);
  }
}

/** Pieces of text joined to about a million characters each; bytes are large as they are. */
export function* gathered<Piece extends string | Uint8Array>(pieces: Iterable<Piece>): Generator<Piece | string> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      waiting.push(piece);
      length += piece.length;
    }
    if (length > 0 && (length >= 2 ** 20 || typeof piece !== "string")) {
      yield waiting.join("");
      waiting = [];
      length = 0;
    }
    if (typeof piece !== "string") yield piece;
  }
  if (length > 0) yield waiting.join("");
}

/** The package's version. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (kindOf(manifest) !== "file") continue;
    const { name, version: number } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; version?: string };
    if (name === "crossohm" && number) return number;
  }
  throw new Error("the package's own package.json is not above its code");
}

function refusal(error: unknown, file: string, expected: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    const folder = dirname(file);
    const names = kindOf(folder) === "folder" ? readdirSync(folder) : [];
    return inputError({ file, found: "no such file", expected, near: namesNear(basename(file), names) });
  }
  if (code === "EISDIR") return inputError({ file, found: "a folder", expected });
  if (code === "EACCES" || code === "EPERM") return inputError({ file, found: "no permission", expected });
  if (code === "ENOSPC" || code === "EROFS" || code === "EMFILE" || code === "ENAMETOOLONG" || code === "ELOOP") {
    return inputError({ file, found: (error as Error).message, expected });
  }
  if (code === "ERR_FS_FILE_TOO_LARGE") return inputError({ file, found: "a file above 2 GB", expected });
  return error as Error;
}
