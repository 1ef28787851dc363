import { basename, dirname, join } from "node:path";
import type { ImageData } from "../../experiments/network/index.ts";
import { inputError, namesNear } from "../ground/errors.ts";
import type { NumberArray, StoredArray } from "../ground/formats/array.ts";
import { readCsvTable } from "../ground/formats/csv-table.ts";
import { looksLikeIdx, readIdx } from "../ground/formats/idx.ts";
import { looksLikeZip, npzNames, readNpz } from "../ground/formats/npz.ts";
import { kindOf, namesIn, readBytes, readText } from "./files.ts";

export interface DataSetRequest {
  /** A folder with MNIST's file names, an IDX file of images, an npz or a CSV. */
  readonly data: string;
  readonly split: "train" | "test";
  /** The first so many of the test; null: all. */
  readonly images: number | null;
  /** Most images that calibration will look at. */
  readonly calibrationImages: number;
  /** null: 1/255 and 0 for IDX and bytes, 1 and 0 otherwise. */
  readonly inputScale: readonly number[] | null;
  readonly inputShift: readonly number[] | null;
}

export interface DataSet {
  readonly test: ImageData;
  readonly calibration: ImageData;
}

/** Images and labels of one part, checked against each other. */
interface Labelled {
  /** Where its images came from, for errors. */
  readonly file: string;
  readonly values: NumberArray;
  readonly size: number;
  readonly shape: readonly number[];
  readonly labels: Int32Array;
}

/**
 * Reads the images of an evaluation. A folder's train files calibrate and its t10k files test; a single file calibrates on its
 * first tenth, which the test leaves out, and so does the train split.
 */
export function readDataSet(request: DataSetRequest): DataSet {
  const { data, split, calibrationImages } = request;
  const kind = kindOf(data);
  if (kind === "none")
    throw inputError({ file: data, found: "no such file or folder", expected: "MNIST files, IDX, npz or CSV" });
  if (kind !== "folder" && split === "train") {
    throw inputError({
      file: "--split",
      found: "train",
      expected: `a folder with train files as --data, not the file ${data}`,
    });
  }
  if (kind === "folder" && split === "test") {
    const test = readIdxPart(data, "t10k");
    const train = readIdxPart(data, "train");
    if (train.size !== test.size) {
      throw inputError({
        file: train.file,
        found: `images of ${train.size} values`,
        expected: `${test.size} as in ${test.file}`,
      });
    }
    return {
      test: part(test, 0, request.images, request),
      calibration: part(train, 0, calibrationImages, request, true),
    };
  }
  const all = kind === "folder" ? readIdxPart(data, "train") : readSingle(data);
  const count = all.labels.length;
  if (count < 2)
    throw inputError({
      file: all.file,
      found: `${count} image`,
      expected: "one to calibrate and one to test at least",
    });
  const tenth = Math.max(1, Math.floor(count / 10));
  const first = { ...all, values: all.values.subarray(0, tenth * all.size), labels: all.labels.subarray(0, tenth) };
  return {
    test: part(all, tenth, request.images, request),
    calibration: part(first, 0, calibrationImages, request, true),
  };
}

/** The images from `first` on, `count` of them; where threads can share memory, in memory that they share. */
function part(
  { file, values, size, shape, labels }: Labelled,
  first: number,
  count: number | null,
  { inputScale, inputShift }: DataSetRequest,
  atMost = false,
): ImageData {
  const there = labels.length - first;
  if (count !== null && count > there && !atMost) {
    throw inputError({ file: "--images", found: String(count), expected: `at most the ${there} of ${file}` });
  }
  const end = first + Math.min(count ?? there, there);
  const bytes = values instanceof Uint8Array;
  const kept = bytes
    ? new Uint8Array(shared((end - first) * size))
    : new Float32Array(shared(4 * (end - first) * size));
  kept.set(values.subarray(first * size, end * size));
  return {
    values: kept,
    labels: new Int32Array(labels.subarray(first, end)),
    size,
    shape,
    scale: inputScale ?? [bytes ? 1 / 255 : 1],
    shift: inputShift ?? [0],
  };
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function readIdxPart(folder: string, start: "train" | "t10k"): Labelled {
  const images = mnistFile(folder, `${start}-images`, "idx3");
  const labels = mnistFile(folder, `${start}-labels`, "idx1");
  return labelled(images, readIdx(readBytes(images), images), labels, readIdx(readBytes(labels), labels));
}

/** The file of one of MNIST's names, with the two spellings in use, plain or gzipped. */
function mnistFile(folder: string, start: string, kind: string): string {
  const names = namesIn(folder);
  const spellings = [`${start}-${kind}-ubyte`, `${start}.${kind}-ubyte`].flatMap((name) => [name, `${name}.gz`]);
  const name = spellings.find((spelling) => names.includes(spelling));
  if (name !== undefined) return join(folder, name);
  const expected = `the files of MNIST (${spellings[0]}, plain or .gz)`;
  throw inputError({ file: folder, found: `no file ${spellings[0]}`, expected, near: namesNear(spellings[0]!, names) });
}

function readSingle(file: string): Labelled {
  const bytes = readBytes(file);
  if (bytes.length === 0) throw inputError({ file, found: "an empty file", expected: "images with labels" });
  if (looksLikeZip(bytes)) return readArchive(bytes, file);
  if (looksLikeIdx(bytes) || (bytes[0] === 0x1f && bytes[1] === 0x8b)) return readIdxPair(bytes, file);
  return readTable(file);
}

function readIdxPair(bytes: Uint8Array, file: string): Labelled {
  const name = basename(file);
  const labelName = name.replace("images", "labels").replace("idx3", "idx1");
  const labels = join(dirname(file), labelName);
  if (labelName === name || kindOf(labels) !== "file") {
    const found = labelName === name ? "an IDX file without images in its name" : `no file ${labelName} beside it`;
    throw inputError({ file, found, expected: "images and labels named alike, such as train-images-idx3-ubyte" });
  }
  return labelled(file, readIdx(bytes, file), labels, readIdx(readBytes(labels), labels));
}

function readArchive(bytes: Uint8Array, file: string): Labelled {
  const names = npzNames(bytes, file);
  for (const wanted of ["images", "labels"]) {
    if (names.includes(wanted)) continue;
    const found = `arrays ${names.join(", ") || "none"}`;
    throw inputError({ file, found, expected: `one named ${wanted}`, near: namesNear(wanted, names) });
  }
  const arrays = readNpz(bytes, file, ["images", "labels"]);
  return labelled(`${file}:images`, arrays.get("images")!, `${file}:labels`, arrays.get("labels")!);
}

function readTable(file: string): Labelled {
  const { names, rows, columns, values } = readCsvTable(readText(file, "IDX, npz or CSV"), file);
  const at = names?.indexOf("label") ?? -1;
  if (at < 0) {
    const found = names ? `columns ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", .." : ""}` : "no header";
    throw inputError({ file, place: 1, found, expected: 'a column "label"', near: namesNear("label", names ?? []) });
  }
  const size = columns - 1;
  const pixels = new Float32Array(rows * size);
  const labels = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0, k = i * size; j < columns; j++) {
      if (j === at) labels[i] = values[i * columns + j]!;
      else pixels[k++] = values[i * columns + j]!;
    }
  }
  return labelled(file, { shape: [rows, size], values: pixels }, file, { shape: [rows], values: labels });
}

/** Images and labels that fit each other: as many, finite, labels whole and not negative. */
function labelled(imageFile: string, images: StoredArray, labelFile: string, labels: StoredArray): Labelled {
  const [count = 0, ...shape] = images.shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const written = images.shape.join(" x ");
  if (images.shape.length < 2 || count === 0 || size === 0) {
    throw inputError({
      file: imageFile,
      found: `an array of ${written || "no dimensions"}`,
      expected: "images x values",
    });
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    const found = `labels of ${labels.shape.join(" x ")}`;
    throw inputError({ file: labelFile, found, expected: `${count}, one for each image of ${imageFile}` });
  }
  const bad = firstUnfit(images.values);
  if (bad >= 0) {
    const place = `image ${Math.floor(bad / size)}`;
    throw inputError({ file: imageFile, place, found: `value ${images.values[bad]}`, expected: "finite numbers" });
  }
  const wrong = labels.values.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < 2 ** 31));
  if (wrong >= 0) {
    const found = `label ${labels.values[wrong]}`;
    throw inputError({ file: labelFile, place: `image ${wrong}`, found, expected: "a whole number from 0" });
  }
  return { file: imageFile, values: images.values, size, shape, labels: Int32Array.from(labels.values) };
}

/** Where an array stops being finite in single precision; -1: nowhere. Whole numbers always are. */
function firstUnfit(values: NumberArray): number {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return -1;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i]!))) return i;
  return -1;
}
