import { inputError, namesNear } from "../errors.ts";
import { type NumberKind, numbersOfKind, type StoredArray, sizeOf } from "./array.ts";

/** A file of which parts are read, since files of tensors may be larger than memory. */
export interface PartedFile {
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  /** That many bytes from there on. */
  read(offset: number, length: number): Uint8Array;
}

/** Where a tensor lies in its file. */
interface Entry {
  readonly type: string;
  readonly shape: readonly number[];
  /** Bytes after the header. */
  readonly begin: number;
  readonly end: number;
}

/** Tensors of a file by name. */
export interface Safetensors {
  readonly names: readonly string[];
  tensor(name: string): StoredArray;
}

const kinds: Readonly<Record<string, NumberKind>> = {
  F64: "f8",
  F32: "f4",
  F16: "f2",
  BF16: "bf2",
  I64: "i8",
  I32: "i4",
  I16: "i2",
  I8: "i1",
  U64: "u8",
  U32: "u4",
  U16: "u2",
  U8: "u1",
  BOOL: "b1",
};

/** Bytes that a header may have, as in the format's reference implementation. */
const longestHeader = 100_000_000;

/** Whether the file begins as one of tensors does: a length, and JSON's brace. */
export function looksLikeSafetensors(start: Uint8Array): boolean {
  return start.length > 8 && start[8] === 0x7b && start[5] === 0 && start[6] === 0 && start[7] === 0;
}

/**
 * Opens a file of tensors: 8 bytes of header length (least significant first), a JSON header, the tensors' bytes one after
 * another. Lengths, offsets and shapes must fit each other; tensors must neither overlap nor leave bytes between them.
 *
 * @source Hugging Face, safetensors, the format
 */
export function openSafetensors(file: PartedFile): Safetensors {
  const { entries, start } = readHeader(file);
  const names = [...entries.keys()];
  return {
    names,
    tensor(name) {
      const entry = entries.get(name);
      if (!entry) throw inputError({ file: file.name, ...missingTensor(name, names) });
      const kind = kinds[entry.type];
      const where = `${file.name}:${name}`;
      if (!kind)
        throw inputError({
          file: where,
          found: `numbers of type ${entry.type}`,
          expected: Object.keys(kinds).join(", "),
        });
      const bytes = file.read(start + entry.begin, entry.end - entry.begin);
      return { shape: entry.shape, values: numbersOfKind(kind, bytes, 0, sizeOf(entry.shape), true, where) };
    },
  };
}

/** What an error says of a name that is none of a file's. */
export function missingTensor(
  name: string,
  names: readonly string[],
): { found: string; expected: string; near: string[] } {
  const expected = names.length === 0 ? "a file with tensors" : someOf(names);
  return { found: `no tensor "${name}"`, expected, near: namesNear(name, names) };
}

/** The first few of many names. */
export function someOf(names: readonly string[]): string {
  const most = 6;
  return names.length > most
    ? `${names.slice(0, most).join(", ")} or one of ${names.length - most} more`
    : names.join(", ");
}

function readHeader(file: PartedFile): { entries: Map<string, Entry>; start: number } {
  const refuse = (found: string, expected: string, place = "header") =>
    inputError({ file: file.name, place, found, expected });
  if (file.length < 8) throw refuse(`${file.length} bytes`, "8 of header length at least", "byte 0");
  const first = file.read(0, 8);
  const length = Number(new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true));
  const most = Math.min(longestHeader, file.length - 8);
  if (length < 2 || length > most) throw refuse(`a header of ${length} bytes`, `2 to ${most}`, "byte 0");
  const start = 8 + length;
  const entries = new Map<string, Entry>();
  for (const [name, raw] of Object.entries(parsed(file, file.read(8, length)))) {
    if (name !== "__metadata__")
      entries.set(
        name,
        entryOf(raw, (found, expected) => refuse(found, expected, name)),
      );
  }
  let filled = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    if (end > file.length - start) {
      throw refuse(`bytes ${begin} to ${end}`, `an end within the ${file.length - start} of the file`, name);
    }
    if (begin !== filled) {
      const found =
        begin < filled ? "bytes that are another tensor's too" : `a gap of ${begin - filled} bytes before it`;
      throw refuse(found, `a beginning at byte ${filled}`, name);
    }
    filled = end;
  }
  if (filled !== file.length - start) {
    throw refuse(`tensors of ${filled} bytes`, `${file.length - start}, as the file has behind its header`);
  }
  return { entries, start };
}

function parsed(file: PartedFile, bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    header = undefined;
  }
  if (isMap(header)) return header;
  throw inputError({ file: file.name, place: "header", found: "no JSON object", expected: "names with their tensors" });
}

function entryOf(raw: unknown, refuse: (found: string, expected: string) => Error): Entry {
  const { dtype, shape, data_offsets: offsets } = isMap(raw) ? raw : {};
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw refuse(`"${JSON.stringify(raw)?.slice(0, 80)}"`, "dtype, shape and two data_offsets");
  }
  const [begin, end] = offsets as [number, number];
  const bytes = Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;
  const needed = Math.ceil(sizeOf(shape) * bytes);
  if (end - begin !== needed) {
    const of = shape.join(" x ") || "a single number";
    throw refuse(`${end - begin} bytes`, `${needed} for ${of} of type ${dtype}`);
  }
  return { type: dtype, shape, begin, end };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whole numbers from 0. */
function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}
