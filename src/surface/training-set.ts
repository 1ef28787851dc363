import type { ImageData } from "../../experiments/network/index.ts";
import { inputError } from "../ground/errors.ts";
import { type DataSetRequest, readDataSet } from "./data-set.ts";
import { kindOf } from "./files.ts";

export interface TrainingSetRequest extends Pick<DataSetRequest, "data" | "inputs" | "inputScale" | "inputShift"> {
  /** The first so many of each part; null: all. */
  readonly images: number | null;
  readonly testImages: number | null;
}

/** Reads what a network learns from. A folder's train files train and its test files test; of a single file the first tenth tests. */
export function readTrainingSet(request: TrainingSetRequest): { train: ImageData; test: ImageData } {
  const parts = readDataSet({ ...request, split: "test", images: null, calibrationImages: Infinity });
  const folder = kindOf(request.data) === "folder";
  const [train, test] = folder ? [parts.calibration, parts.test] : [parts.test, parts.calibration];
  return {
    train: firstOf(train, request.images, "--images", request.data),
    test: firstOf(test, request.testImages, "--test-images", request.data),
  };
}

function firstOf(images: ImageData, count: number | null, option: string, data: string): ImageData {
  const there = images.labels.length;
  if (count === null) return images;
  if (count > there)
    throw inputError({ file: option, found: String(count), expected: `at most the ${there} of ${data}` });
  return {
    ...images,
    values: images.values.subarray(0, count * images.size),
    labels: images.labels.subarray(0, count),
  };
}
