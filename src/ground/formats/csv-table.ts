import { CsvError, type Options, parse } from "csv-parse/browser/esm/sync";
import { inputError } from "../errors.ts";

export interface CsvTable {
  /** Header names, or null where the first row is numbers already. */
  readonly names: readonly string[] | null;
  readonly rows: number;
  readonly columns: number;
  /** [row][column]. */
  readonly values: Float64Array;
}

export interface CsvRow {
  /** The same in every row. */
  readonly names: readonly string[] | null;
  /** Line of the file, from 1, that the row begins on. */
  readonly line: number;
  /** Finite numbers, [column]; the next row takes their place. */
  readonly values: Float64Array;
}

/** Reads a whole table of numbers, as `csvRows` reads its rows. */
export function readCsvTable(pieces: Iterable<string>, file: string): CsvTable {
  let names: readonly string[] | null = null;
  let rows = 0;
  let columns = 0;
  let values = new Float64Array(1024);
  for (const row of csvRows(pieces, file)) {
    names = row.names;
    columns = row.values.length;
    if ((rows + 1) * columns > values.length) values = grown(values, (rows + 1) * columns);
    values.set(row.values, rows * columns);
    rows++;
  }
  return { names, rows, columns, values: values.slice(0, rows * columns) };
}

/**
 * The rows of a table of numbers, one after another, from pieces of its text cut anywhere. The separator is what the first row
 * has: comma, semicolon, tab, else spaces. A first row with words is a header. Empty lines and lines that begin with # are
 * passed over. No rows, a ragged row, an empty field, a word, NaN and infinity are refused with line and column.
 */
export function* csvRows(pieces: Iterable<string>, file: string): Generator<CsvRow> {
  let separator = "";
  let names: readonly string[] | null = null;
  let values: Float64Array | undefined;
  let empty = true;
  for (const record of recordsOf(pieces, file)) {
    separator ||= separatorOf(record.text);
    if (!values) {
      const fields = fieldsOf(record, separator, file);
      values = new Float64Array(fields.length);
      if (isHeader(fields)) {
        names = fields.map((field) => field.trim());
        continue;
      }
    }
    const { line } = record;
    const found = readNumbers(record, separator, file, values);
    if (found !== values.length) {
      const expected = `${values.length} as in the first row`;
      throw inputError({ file, place: line, found: `${found} columns`, expected });
    }
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const field = fieldsOf(record, separator, file)[wrong]!.trim();
      const holds = `column ${names ? `"${names[wrong]}"` : wrong + 1} holds "${field}"`;
      throw inputError({ file, place: line, found: holds, expected: "a number" });
    }
    empty = false;
    yield { names, line, values };
  }
  if (empty) {
    throw inputError({ file, found: names ? "a header and no rows" : "an empty table", expected: "rows of numbers" });
  }
}

/** A line of the table, or several where a quoted field runs on. */
interface CsvRecord {
  readonly text: string;
  readonly line: number;
}

/** Lines with something in them; one whose quotes are open goes on to the line that closes them. */
function* recordsOf(pieces: Iterable<string>, file: string): Generator<CsvRecord> {
  let line = 0;
  let open: { text: string[]; line: number } | null = null;
  for (const text of linesOf(pieces)) {
    line++;
    const closes = text.includes('"') && (text.split('"').length - 1) % 2 === 1;
    if (open) {
      open.text.push(text);
      if (closes) yield { text: open.text.join("\n"), line: open.line };
      if (closes) open = null;
    } else if (text.trim() !== "" && !text.startsWith("#")) {
      if (closes) open = { text: [text], line };
      else yield { text, line };
    }
  }
  if (open)
    throw inputError({ file, place: open.line, found: "a quote that nothing closes", expected: "closed quotes" });
}

function* linesOf(pieces: Iterable<string>): Generator<string> {
  let rest = "";
  // A carriage return at a piece's end may be the first half of a line's end.
  let held = "";
  let first = true;
  for (const piece of pieces) {
    const text = held + (first ? piece.replace(/^\ufeff/, "") : piece);
    if (text === "") continue;
    first = false;
    held = text.endsWith("\r") ? "\r" : "";
    const lines = (held ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}

function separatorOf(line: string): string {
  return [",", ";", "\t"].find((candidate) => line.includes(candidate)) ?? " ";
}

function fieldsOf({ text, line }: CsvRecord, separator: string, file: string): string[] {
  if (!text.includes('"')) return separator === " " ? text.trim().split(/ +/) : text.split(separator);
  try {
    const options = { delimiter: separator, relax_column_count: true } as unknown as Options;
    return (parse(text, options) as unknown as string[][])[0]!;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw inputError({ file, place: line, found: error.message, expected: "closed quotes" });
  }
}

/** The fields of a record as numbers, NaN where one is none; returns how many fields there are. */
function readNumbers(record: CsvRecord, separator: string, file: string, into: Float64Array): number {
  if (separator !== " " && !record.text.includes('"')) return readPlainNumbers(record.text, separator, into);
  const fields = fieldsOf(record, separator, file);
  if (fields.length === into.length) for (const [i, field] of fields.entries()) into[i] = numberOf(field);
  return fields.length;
}

/**
 * The same for a line without quotes, in one pass. A whole number below 10^15 over a power of ten up to 10^15 is rounded once,
 * so it is the number that the decimal means; what is written otherwise goes the slow way.
 */
function readPlainNumbers(line: string, separator: string, into: Float64Array): number {
  const end = separator.charCodeAt(0);
  let column = 0;
  for (let at = 0; at <= line.length; at++, column++) {
    const start = at;
    const negative = line.charCodeAt(at) === minus;
    if (negative) at++;
    let whole = 0;
    let digits = 0;
    let point = -1;
    let code = line.charCodeAt(at);
    while ((code >= zero && code <= nine) || (code === dot && point < 0)) {
      if (code === dot) point = digits;
      else {
        whole = whole * 10 + code - zero;
        digits++;
      }
      code = line.charCodeAt(++at);
    }
    const ended = code === end || at >= line.length;
    let value = point < 0 ? whole : whole / tenTo[digits - point]!;
    if (negative) value = -value;
    if (!ended || digits === 0 || digits > 15) {
      at = line.indexOf(separator, start);
      if (at < 0) at = line.length;
      value = numberOf(line.slice(start, at));
    }
    if (column < into.length) into[column] = value;
  }
  return column;
}

const [minus, dot, zero, nine] = ["-", ".", "0", "9"].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const tenTo = Array.from({ length: 16 }, (_, power) => Number(`1e${power}`));
/** Words alone, or words among numbers that only count the columns (0, 1, 2, .. as data frames write them). */
function isHeader(record: readonly string[]): boolean {
  const counts = record.filter((field) => decimal.test(field)).map(Number);
  const word = counts.length === 0 ? /[a-z_]/i : /^\s*[a-z_]/i;
  const words = record.filter((field) => word.test(field) && !/^\s*[+-]?(nan|inf|infinity|n\/a)\s*$/i.test(field));
  const first = counts[0] ?? 0;
  return (
    words.length + counts.length === record.length &&
    words.length > 0 &&
    (first === 0 || first === 1) &&
    counts.every((count, i) => count === first + i)
  );
}

/** NaN where the field is no decimal number: Number() alone would take "", "0x1F" and "Infinity". */
function numberOf(field: string): number {
  return decimal.test(field) ? Number(field) : Number.NaN;
}

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function grown(values: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(least, 2 * values.length));
  larger.set(values);
  return larger;
}
