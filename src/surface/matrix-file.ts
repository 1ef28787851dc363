import type { Matrix } from "../../experiments/multiply/index.ts";
import { inputError } from "../ground/errors.ts";
import type { StoredArray } from "../ground/formats/array.ts";
import { readCsvTable } from "../ground/formats/csv-table.ts";
import { looksLikeNpy, readNpy } from "../ground/formats/npy.ts";
import { looksLikeZip, npzNames, readNpz } from "../ground/formats/npz.ts";
import { looksLikeSafetensors, missingTensor, openSafetensors, someOf } from "../ground/formats/safetensors.ts";
import { kindOf, readBytes, readPart, sizeOf, textOf } from "./files.ts";

export interface MatrixRequest {
  /** The array's name in a file of several, where the user names none. */
  readonly name: string;
  /** The array's name as the user gave it. */
  readonly tensor?: string | undefined;
  /** The file holds the matrix with rows and columns exchanged. */
  readonly transpose?: boolean;
  /** A single row of numbers is one vector. */
  readonly vectors?: boolean;
}

const formats = "CSV, npy, npz or safetensors";

/** A matrix of finite numbers from CSV, npy, npz or safetensors. */
export function readMatrix(file: string, request: MatrixRequest): Matrix {
  const { vectors, transpose } = request;
  const { array, place } = storedArray(file, request);
  const shape = vectors && array.shape.length === 1 ? [1, ...array.shape] : array.shape;
  const [height = 0, width = 0] = shape;
  if (shape.length !== 2 || height === 0 || width === 0) {
    const found = `an array of ${array.shape.join(" x ") || "no dimensions"}`;
    throw inputError({ file, place, found, expected: vectors ? "vectors x values" : "a matrix of rows x columns" });
  }
  const values = Float32Array.from(array.values);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const entry = `row ${Math.floor(bad / width) + 1}, column ${(bad % width) + 1}`;
    const where = place === undefined ? entry : `${place}:${entry}`;
    const found = `${array.values[bad]}`;
    throw inputError({ file, place: where, found, expected: "a finite number of single precision" });
  }
  if (!transpose) return { rows: height, columns: width, values };
  const turned = values.map((_, i) => values[(i % height) * width + Math.floor(i / height)]!);
  return { rows: width, columns: height, values: turned };
}

/** The array with its name, where the file names it. */
function storedArray(file: string, request: MatrixRequest): { array: StoredArray; place?: string } {
  const parted = kindOf(file) === "file";
  if (parted && (/\.safetensors$/i.test(file) || looksLikeSafetensors(readPart(file, 0, Math.min(9, sizeOf(file)))))) {
    const length = sizeOf(file);
    const tensors = openSafetensors({ name: file, length, read: (offset, count) => readPart(file, offset, count) });
    const place = chosen(file, tensors.names, request);
    return { array: tensors.tensor(place), place };
  }
  const bytes = readBytes(file, formats);
  if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: formats });
  if (looksLikeZip(bytes)) {
    const place = chosen(file, npzNames(bytes, file), request);
    return { array: readNpz(bytes, file, [place]).get(place)!, place };
  }
  if (request.tensor !== undefined) {
    throw inputError({
      file,
      found: "an array without a name",
      expected: `npz or safetensors with "${request.tensor}"`,
    });
  }
  if (looksLikeNpy(bytes)) return { array: readNpy(bytes, file) };
  const { rows, columns, values } = readCsvTable([textOf(bytes, file, formats)], file);
  return { array: { shape: [rows, columns], values } };
}

/** The array that is asked for, else the one of the usual name, else the only one. */
function chosen(file: string, names: readonly string[], { name, tensor }: MatrixRequest): string {
  if (tensor !== undefined) {
    if (names.includes(tensor)) return tensor;
    throw inputError({ file, ...missingTensor(tensor, names) });
  }
  if (names.includes(name)) return name;
  if (names.length === 1) return names[0]!;
  const found = names.length === 0 ? "no arrays" : `arrays ${someOf(names)}`;
  const option = name === "weights" ? ", or --tensor NAME" : "";
  throw inputError({ file, found, expected: `one, or one named ${name}${option}` });
}
