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

/**
 * Reads a table of numbers. The separator is what the first row has: comma, semicolon, tab, else spaces. A first row with
 * words is a header. Empty lines and lines that begin with # are passed over. A ragged row, an empty field,
 * a word, NaN and infinity are refused with line and column.
 */
export function readCsvTable(text: string, file: string): CsvTable {
  let names: string[] | null = null;
  let columns = -1;
  let rows = 0;
  let values = new Float64Array(1024);
  const take = (record: readonly string[], line: number): void => {
    if (columns < 0) {
      columns = record.length;
      if (isHeader(record)) {
        names = record.map((field) => field.trim());
        return;
      }
    }
    if (record.length !== columns) {
      throw inputError({
        file,
        place: line,
        found: `${record.length} columns`,
        expected: `${columns} as in the first row`,
      });
    }
    if ((rows + 1) * columns > values.length) values = grown(values, (rows + 1) * columns);
    for (let j = 0; j < columns; j++) {
      const value = numberOf(record[j]!);
      if (!Number.isFinite(value)) {
        const found = `column ${names ? `"${names[j]}"` : j + 1} holds "${record[j]!.trim()}"`;
        throw inputError({ file, place: line, found, expected: "a number" });
      }
      values[rows * columns + j] = value;
    }
    rows++;
  };
  eachRecord(text.replace(/^\ufeff/, ""), file, take);
  if (rows === 0) {
    throw inputError({ file, found: names ? "a header and no rows" : "an empty table", expected: "rows of numbers" });
  }
  return { names, rows, columns, values: values.slice(0, rows * columns) };
}

/** Tables of numbers seldom have quotes, and splitting is eight times as fast as a parser that looks for them. */
function eachRecord(text: string, file: string, take: (record: string[], line: number) => void): void {
  const lines = text.split(/\r\n|\n|\r/);
  const isData = (line: string): boolean => line.trim() !== "" && !line.startsWith("#");
  const separator = separatorOf(lines.find(isData) ?? "");
  if (text.includes('"')) {
    eachQuotedRecord(text, file, separator, take);
    return;
  }
  for (const [i, line] of lines.entries()) {
    if (isData(line)) take(separator === " " ? line.trim().split(/ +/) : line.split(separator), i + 1);
  }
}

function eachQuotedRecord(
  text: string,
  file: string,
  separator: string,
  take: (record: string[], line: number) => void,
): void {
  try {
    parse(text, {
      delimiter: separator,
      comment: "#",
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      on_record: ({ record, info }: { record: string[]; info: { lines: number } }) => {
        if (record.length > 1 || record[0]!.trim() !== "") take(record, info.lines);
        return null;
      },
    } as unknown as Options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as unknown as { lines?: number }).lines;
    throw inputError({ file, place: line, found: error.message, expected: "closed quotes" });
  }
}

function separatorOf(line: string): string {
  return [",", ";", "\t"].find((candidate) => line.includes(candidate)) ?? " ";
}

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
