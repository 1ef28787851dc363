import { basename, dirname, join } from "node:path";
import type { ImageData } from "../../experiments/network/index.ts";
import { inputError } from "../ground/errors.ts";
import { looksLikeIdx, readIdx } from "../ground/formats/idx.ts";
import { looksLikeZip } from "../ground/formats/npz.ts";
import { kindOf, readBytes, readPart, sizeOf } from "./files.ts";
import { imageFolder, isPacked, refusePacked } from "./image-folder.ts";
import { type Labelled, labelled } from "./labelled.ts";
import { asTheyStand, checkScaling, readArchive, type Scaling } from "./labelled-inputs.ts";
import { readLabelledTable } from "./labelled-table.ts";
import type { GraphInput } from "./network-file.ts";

export interface DataSetRequest extends Scaling {
  /** A folder with MNIST's or CIFAR's file names, an IDX file of images, an npz or a CSV. */
  readonly data: string;
  readonly split: "train" | "test";
  /** The first so many of the test; null: all. */
  readonly images: number | null;
  /** Most images that calibration will look at. */
  readonly calibrationImages: number;
  /** What the network is fed, in the graph's order. */
  readonly inputs: readonly GraphInput[];
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
  checkScaling(request.inputs, request);
  if (kind === "none" || kind === "other") {
    const found = kind === "none" ? "no such file or folder" : "neither a file nor a folder";
    throw inputError({ file: data, found, expected: "files of MNIST or CIFAR, IDX, npz or CSV" });
  }
  if (request.inputs.length > 1 && !(kind === "file" && isArchive(data))) {
    const names = request.inputs.map(({ name }) => name);
    const found = `${kind === "folder" ? "a folder" : "another file"} for ${names.length} inputs`;
    throw inputError({ file: data, found, expected: `an npz with arrays ${names.join(", ")} and labels` });
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
  const all = kind === "folder" ? imageFolder(data).train(Infinity) : readSingle(request);
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
  images: Labelled,
  first: number,
  count: number | null,
  { inputs, inputScale, inputShift }: DataSetRequest,
  atMost = false,
): ImageData {
  const { file, values, size, shapes, labels, scale } = inputs.length > 1 ? images : asTheyStand(images, inputs[0]);
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
    shapes,
    scale: scale === null ? [1] : (inputScale ?? [scale]),
    shift: scale === null ? [0] : (inputShift ?? [0]),
  };
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function isArchive(file: string): boolean {
  return looksLikeZip(readPart(file, 0, Math.min(4, sizeOf(file))));
}

function readSingle({ data: file, inputs, ...scaling }: DataSetRequest): Labelled {
  if (isPacked(file)) refusePacked(file);
  const start = readPart(file, 0, Math.min(4, sizeOf(file)));
  if (start.length === 0) throw inputError({ file, found: "an empty file", expected: "images with labels" });
  if (looksLikeZip(start)) return readArchive(readBytes(file), file, inputs, scaling);
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
