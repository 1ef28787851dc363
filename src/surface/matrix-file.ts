import type { Matrix } from "../../experiments/multiply/index.ts";
import { inputError } from "../ground/errors.ts";
import type { StoredArray } from "../ground/formats/array.ts";
import { readCsvTable } from "../ground/formats/csv-table.ts";
import { looksLikeNpy, readNpy } from "../ground/formats/npy.ts";
import { looksLikeZip, npzNames, readNpz } from "../ground/formats/npz.ts";
import { readBytes, textOf } from "./files.ts";

/**
 * A matrix of finite numbers from CSV, npy or npz. An archive holds it alone or under that name. With `vectors`, a single row
 * of numbers is one vector.
 */
export function readMatrix(file: string, name: string, vectors = false): Matrix {
  const array = storedArray(file, name);
  const shape = vectors && array.shape.length === 1 ? [1, ...array.shape] : array.shape;
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows === 0 || columns === 0) {
    const found = `an array of ${array.shape.join(" x ") || "no dimensions"}`;
    throw inputError({ file, found, expected: vectors ? "vectors x values" : "a matrix of rows x columns" });
  }
  const values = Float32Array.from(array.values);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / columns) + 1}, column ${(bad % columns) + 1}`;
    throw inputError({ file, place, found: `${array.values[bad]}`, expected: "a finite number of single precision" });
  }
  return { rows, columns, values };
}

function storedArray(file: string, name: string): StoredArray {
  const bytes = readBytes(file, "CSV, npy or npz");
  if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: "CSV, npy or npz" });
  if (looksLikeNpy(bytes)) return readNpy(bytes, file);
  if (looksLikeZip(bytes)) {
    const names = npzNames(bytes, file);
    const own = names.includes(name) ? name : names.length === 1 ? names[0]! : undefined;
    if (own !== undefined) return readNpz(bytes, file, [own]).get(own)!;
    throw inputError({ file, found: `arrays ${names.join(", ") || "none"}`, expected: `one, or one named ${name}` });
  }
  const { rows, columns, values } = readCsvTable([textOf(bytes, file, "CSV, npy or npz")], file);
  return { shape: [rows, columns], values };
}
