import { inputError, namesNear } from "../ground/errors.ts";
import { csvRows } from "../ground/formats/csv-table.ts";
import { textPieces } from "./files.ts";
import { isLabel, type Labelled } from "./labelled.ts";

/**
 * Reads images from a CSV, a row each: the column `label`, wherever it is, and values in the order of the other columns. The file is
 * read row by row; values that are all whole numbers from 0 to 255 are kept as bytes, others in single precision.
 */
export function readLabelledTable(file: string): Labelled {
  let at = 0;
  let size = 0;
  let values: Uint8Array | Float32Array = new Uint8Array(2 ** 16);
  const labels: number[] = [];
  for (const { names, line, values: row } of csvRows(textPieces(file, "IDX, npz or CSV"), file)) {
    if (labels.length === 0) {
      at = labelColumn(names, file);
      size = row.length - 1;
    }
    const label = row[at]!;
    if (!isLabel(label)) {
      const found = `column "label" holds ${label}`;
      throw inputError({ file, place: line, found, expected: "a whole number from 0" });
    }
    const first = labels.push(label) * size - size;
    if (first + size > values.length) values = lengthened(values, first + size);
    for (let column = 0, i = first; column < row.length; column++) {
      if (column === at) continue;
      const value = row[column]!;
      values[i] = value;
      if (values[i] !== value) {
        if (values instanceof Uint8Array) values = Float32Array.from(values);
        values[i] = value;
        if (!Number.isFinite(values[i])) {
          const found = `column "${names![column]}" holds ${value}`;
          throw inputError({ file, place: line, found, expected: "a number of single precision" });
        }
      }
      i++;
    }
  }
  if (size === 0) throw inputError({ file, found: 'a column "label" alone', expected: "columns of values beside it" });
  return {
    file,
    values: values.subarray(0, labels.length * size),
    size,
    shapes: [[size]],
    labels: Int32Array.from(labels),
    scale: 1,
  };
}

function labelColumn(names: readonly string[] | null, file: string): number {
  const columns = names ?? [];
  const at = columns.indexOf("label");
  if (at >= 0 && at === columns.lastIndexOf("label")) return at;
  const some = `columns ${columns.slice(0, 4).join(", ")}${columns.length > 4 ? ", .." : ""}`;
  const found = at >= 0 ? 'two columns "label"' : names ? some : "no header";
  const near = at >= 0 ? [] : namesNear("label", columns);
  throw inputError({ file, place: "header", found, expected: 'a column "label"', near });
}

function lengthened<T extends Uint8Array | Float32Array>(values: T, least: number): T {
  const longer = new (values.constructor as new (length: number) => T)(Math.max(least, 2 * values.length));
  longer.set(values);
  return longer;
}
