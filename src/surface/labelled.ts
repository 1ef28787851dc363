import { inputError } from "../ground/errors.ts";
import type { NumberArray, StoredArray } from "../ground/formats/array.ts";

/** Images and labels of one part, checked against each other. */
export interface Labelled {
  /** Where its images came from, for errors. */
  readonly file: string;
  /** [image][value]. */
  readonly values: NumberArray;
  /** Values of one image, and its axes, for each input of the network. */
  readonly size: number;
  readonly shapes: readonly (readonly number[])[];
  readonly labels: Int32Array;
  /** What the network sees is value * scale where the user does not say otherwise; null: the value, whatever is said. */
  readonly scale: number | null;
}

/** Images and labels that fit each other: as many, finite, labels whole and not negative. Bytes are shares of 255. */
export function labelled(imageFile: string, images: StoredArray, labelFile: string, labels: StoredArray): Labelled {
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
  checkFinite(imageFile, images.values, size);
  const wrong = labels.values.findIndex((label) => !isLabel(label));
  if (wrong >= 0) {
    const found = `label ${labels.values[wrong]}`;
    throw inputError({ file: labelFile, place: `image ${wrong}`, found, expected: "a whole number from 0" });
  }
  const scale = usualScale(images.values);
  return {
    file: imageFile,
    values: images.values,
    size,
    shapes: [shape],
    labels: Int32Array.from(labels.values),
    scale,
  };
}

/** Unsigned bytes are shares of 255. */
export function usualScale(values: NumberArray): number {
  return values instanceof Uint8Array ? 1 / 255 : 1;
}

/** Refuses values that single precision has no number for; `size` of them are an image. */
export function checkFinite(file: string, values: NumberArray, size: number): void {
  const bad = firstUnfit(values);
  if (bad < 0) return;
  const place = `image ${Math.floor(bad / size)}`;
  throw inputError({ file, place, found: `value ${values[bad]}`, expected: "finite numbers" });
}

export function isLabel(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

/** Where an array stops being finite in single precision; -1: nowhere. Whole numbers always are. */
function firstUnfit(values: NumberArray): number {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return -1;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i]!))) return i;
  return -1;
}
