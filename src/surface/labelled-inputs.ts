import { inputError, namesNear } from "../ground/errors.ts";
import { type StoredArray, sizeOf } from "../ground/formats/array.ts";
import { npzNames, readNpz } from "../ground/formats/npz.ts";
import { checkFinite, type Labelled, labelled, usualScale } from "./labelled.ts";
import type { GraphInput } from "./network-file.ts";

/** What the user wants of values before the network sees them. */
export interface Scaling {
  /** One number or one a channel; null: 1/255 and 0 for IDX, CIFAR and bytes, 1 and 0 otherwise. */
  readonly inputScale: readonly number[] | null;
  readonly inputShift: readonly number[] | null;
}

/** Whole numbers up to there are exact in single precision. */
const mostExact = 2 ** 24;

/** Reads an archive: `images`, or an array named as the network's only input, or one for each of its inputs; and `labels`. */
export function readArchive(
  bytes: Uint8Array,
  file: string,
  inputs: readonly GraphInput[],
  scaling: Scaling,
): Labelled {
  const names = npzNames(bytes, file);
  const own = inputs.map(({ name }) => name);
  const single = names.includes(own[0] ?? "images") ? own[0]! : "images";
  const arrays = inputs.length > 1 ? own : [single];
  for (const wanted of [...arrays, "labels"]) {
    if (names.includes(wanted)) continue;
    const found = `arrays ${names.join(", ") || "none"}`;
    const or = wanted === "images" && own[0] !== undefined && own[0] !== "images" ? ` or ${own[0]}` : "";
    throw inputError({ file, found, expected: `one named ${wanted}${or}`, near: namesNear(wanted, names) });
  }
  const stored = readNpz(bytes, file, [...new Set([...arrays, "labels"])]);
  const labels = stored.get("labels")!;
  if (inputs.length > 1) {
    const parts = inputs.map((input) => ({ input, array: stored.get(input.name)! }));
    return joinedInputs(file, parts, labels, scaling);
  }
  return labelled(`${file}:${single}`, stored.get(single)!, `${file}:labels`, labels);
}

interface Part {
  readonly input: GraphInput;
  readonly array: StoredArray;
}

/** An image is the values of all inputs, one input after another, as the network sees them. */
function joinedInputs(file: string, parts: readonly Part[], labels: StoredArray, scaling: Scaling): Labelled {
  const [scale, shift] = [scaling.inputScale, scaling.inputShift].map((numbers, i) => {
    if (numbers === null || numbers.length === 1) return numbers?.[0] ?? null;
    const found = `${numbers.length} numbers for ${parts.length} inputs`;
    throw inputError({ file: i === 0 ? "--input-scale" : "--input-shift", found, expected: "one for all of them" });
  }) as [number | null, number | null];
  const [first] = parts;
  const count = first!.array.shape[0] ?? 0;
  const shapes = parts.map(({ input: { name }, array: { shape } }) => {
    const written = shape.join(" x ") || "no dimensions";
    const refuse = (expected: string) =>
      inputError({ file: `${file}:${name}`, found: `an array of ${written}`, expected });
    if (shape.length === 0 || sizeOf(shape) === 0) throw refuse("images x values");
    if (shape[0] !== count) throw refuse(`${count} images as in ${first!.input.name}`);
    return shape.slice(1);
  });
  const sizes = shapes.map(sizeOf);
  const size = sizes.reduce((sum, of) => sum + of, 0);
  const values = new Float32Array(count * size);
  let before = 0;
  for (const [k, { input, array }] of parts.entries()) {
    const width = sizes[k]!;
    const whole = isWhole(input);
    if (whole) checkWhole(`${file}:${input.name}`, array, width, input);
    else checkFinite(`${file}:${input.name}`, array.values, width);
    const factor = whole ? 1 : (scale ?? usualScale(array.values));
    const offset = whole ? 0 : (shift ?? 0);
    for (let i = 0, from = 0; i < count; i++) {
      for (let j = 0, to = i * size + before; j < width; j++) values[to++] = array.values[from++]! * factor + offset;
    }
    before += width;
  }
  const image = { shape: [count, size], values };
  return { ...labelled(file, image, `${file}:labels`, labels), shapes, scale: null };
}

/** True for an input of tokens, masks or counts: its values are taken as they stand. */
function isWhole({ type }: GraphInput): boolean {
  return !type.includes("float");
}

/** The images of a network's only input; whole numbers are taken as they stand. */
export function asTheyStand(images: Labelled, input: GraphInput | undefined): Labelled {
  if (input === undefined || !isWhole(input)) return images;
  checkWhole(images.file, { shape: [], values: images.values }, images.size, input);
  return { ...images, scale: null };
}

/** Refuses to scale what no network input would see scaled. */
export function checkScaling(inputs: readonly GraphInput[], { inputScale, inputShift }: Scaling): void {
  if (inputs.length === 0 || !inputs.every(isWhole)) return;
  for (const [option, numbers] of [
    ["--input-scale", inputScale],
    ["--input-shift", inputShift],
  ] as const) {
    if (numbers === null) continue;
    const { name, type } = inputs[0]!;
    const found = `${numbers.join(",")} for the network's input "${name}" of ${type}`;
    throw inputError({ file: option, found, expected: "none: whole numbers are taken as they stand" });
  }
}

function checkWhole(file: string, { values }: StoredArray, size: number, { name, type }: GraphInput): void {
  const bad = values.findIndex((value) => !(Number.isInteger(value) && Math.abs(value) <= mostExact));
  if (bad < 0) return;
  const expected = `whole numbers up to ${mostExact} for the network's input "${name}" of ${type}`;
  throw inputError({ file, place: `image ${Math.floor(bad / size)}`, found: `value ${values[bad]}`, expected });
}
