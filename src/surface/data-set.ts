import { basename, dirname, join } from "node:path";
import type { ImageData } from "../../experiments/network/index.ts";
import { inputError, namesNear } from "../ground/errors.ts";
import { looksLikeIdx, readIdx } from "../ground/formats/idx.ts";
import { looksLikeZip, npzNames, readNpz } from "../ground/formats/npz.ts";
import { kindOf, readBytes, readPart, sizeOf } from "./files.ts";
import { imageFolder, isPacked, refusePacked } from "./image-folder.ts";
import { type Labelled, labelled } from "./labelled.ts";
import { readLabelledTable } from "./labelled-table.ts";

export interface DataSetRequest {
  /** A folder with MNIST's or CIFAR's file names, an IDX file of images, an npz or a CSV. */
  readonly data: string;
  readonly split: "train" | "test";
  /** The first so many of the test; null: all. */
  readonly images: number | null;
  /** Most images that calibration will look at. */
  readonly calibrationImages: number;
  /** One number or one a channel; null: 1/255 and 0 for IDX, CIFAR and bytes, 1 and 0 otherwise. */
  readonly inputScale: readonly number[] | null;
  readonly inputShift: readonly number[] | null;
}

export interface DataSet {
  readonly test: ImageData;
  readonly calibration: ImageData;
}

/**
 * Reads the images of an evaluation. A folder's train files calibrate and its test files test; a single file calibrates on its
 * first tenth, which the test leaves out, and so does the train split.
 */
export function readDataSet(request: DataSetRequest): DataSet {
  const { data, split, calibrationImages } = request;
  const kind = kindOf(data);
  if (kind === "none" || kind === "other") {
    const found = kind === "none" ? "no such file or folder" : "neither a file nor a folder";
    throw inputError({ file: data, found, expected: "files of MNIST or CIFAR, IDX, npz or CSV" });
  }
  if (kind !== "folder" && split === "train") {
    throw inputError({
      file: "--split",
      found: "train",
      expected: `a folder with train files as --data, not the file ${data}`,
    });
  }
  if (kind === "folder" && split === "test") {
    const folder = imageFolder(data);
    const test = folder.test();
    const train = folder.train(calibrationImages);
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
  const all = kind === "folder" ? imageFolder(data).train(Infinity) : readSingle(data);
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
  { file, values, size, shape, labels, scale }: Labelled,
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
  const kept =
    values instanceof Uint8Array
      ? new Uint8Array(shared((end - first) * size))
      : new Float32Array(shared(4 * (end - first) * size));
  kept.set(values.subarray(first * size, end * size));
  return {
    values: kept,
    labels: new Int32Array(labels.subarray(first, end)),
    size,
    shapes: [shape],
    scale: inputScale ?? [scale],
    shift: inputShift ?? [0],
  };
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function readSingle(file: string): Labelled {
  if (isPacked(file)) refusePacked(file);
  const start = readPart(file, 0, Math.min(4, sizeOf(file)));
  if (start.length === 0) throw inputError({ file, found: "an empty file", expected: "images with labels" });
  if (looksLikeZip(start)) return readArchive(readBytes(file), file);
  if (looksLikeIdx(start) || (start[0] === 0x1f && start[1] === 0x8b)) return readIdxPair(readBytes(file), file);
  return readLabelledTable(file);
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
