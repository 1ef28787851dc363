import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { type Boundary, imageSize, inputNames } from "./boundary.ts";
import { type Feeds, type Ort, type OrtPlace, type OrtSession, type OrtTensor, runSession } from "./ort.ts";

/**
 * How images go through the graph: all in one run, or, where the graph takes one at a time, in one each, stage by stage side
 * by side.
 */
export interface Lanes {
  readonly batched: boolean;
  /**
   * What the entries are fed, for each lane.
   *
   * @param images  [image][the numbers of all inputs, one input after another]
   */
  feeds(ort: Ort, images: Float32Array, count: number): Feeds[];
}

function lanesBy({ inputs }: Boundary, batched: boolean): Lanes {
  const whole = imageSize(inputs);
  return {
    batched,
    feeds(ort, images, count) {
      const inLane = batched ? count : 1;
      return Array.from({ length: count / inLane }, (_, lane) => {
        const own = images.subarray(lane * inLane * whole, (lane + 1) * inLane * whole);
        let before = 0;
        const tensors = inputs.map(({ entry, shape, size, batchAxis }) => {
          const values = partOf(own, inLane, whole, before, size);
          before += size;
          return [entry, new ort.Tensor("float32", values, batchAxis ? [inLane, ...shape] : shape)] as const;
        });
        return Object.fromEntries(tensors);
      });
    },
  };
}

/** `size` numbers of each image from `before` on; where an image has no others, the images themselves. */
function partOf(images: Float32Array, count: number, whole: number, before: number, size: number): Float32Array {
  if (size === whole) return images;
  const part = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const from = i * whole + before;
    part.set(images.subarray(from, from + size), i * size);
  }
  return part;
}

/**
 * Finds out whether the graph takes several images at once: two probe images together must give what each gives alone
 * (a Reshape to one image, or a normalisation over the batch, would not).
 *
 * @returns  how images go, scores of each, and the first probe image
 */
export async function lanesOf(
  where: OrtPlace,
  ort: Ort,
  whole: OrtSession,
  boundary: Boundary,
): Promise<{ readonly lanes: Lanes; readonly classes: number; readonly probe: Feeds }> {
  const { file } = where;
  const single = lanesBy(boundary, false);
  const together = lanesBy(boundary, true);
  const probe = probeImages(boundary);
  const first = single.feeds(ort, probe, 1)[0]!;
  const scores = async (by: Lanes, place: OrtPlace = where): Promise<OrtTensor[]> => {
    const results: OrtTensor[] = [];
    for (const feeds of by.feeds(ort, probe, 2)) {
      results.push((await runSession(whole, feeds, place))[boundary.exit]!);
    }
    return results;
  };
  const batchAxis = boundary.inputs.every((input) => input.batchAxis);
  const fixed = boundary.inputs.find(({ fixedBatch }) => (fixedBatch ?? 1) > 1);
  if (fixed) {
    const fits = batchAxis && (await scores(together, { file }).catch(() => null));
    const alone = fits && (await scores(single, { file }).catch(() => null));
    if (fits && alone && sameScores(fits, alone)) {
      return { lanes: together, classes: classesOf(file, boundary, alone), probe: first };
    }
    const found = `a batch fixed at ${fixed.fixedBatch} images`;
    throw inputError({ file, place: fixed.name, found, expected: "an open batch axis, or batches of one image" });
  }
  const alone = await scores(single);
  const classes = classesOf(file, boundary, alone);
  if (!batchAxis) return { lanes: single, classes, probe: first };
  const both = await scores(together, { file }).catch(() => null);
  return { lanes: both && sameScores(both, alone) ? together : single, classes, probe: first };
}

/** Two images that differ: numbers from 0 to 1, whole ones (tokens) 0 and 1. */
function probeImages({ inputs }: Boundary): Float32Array {
  const whole = inputs.flatMap(({ size, type }) => Array<boolean>(size).fill(!type.includes("float")));
  return Float32Array.from({ length: 2 * whole.length }, (_, i) => {
    const fraction = ((i + 1) * 0.6180339887498949) % 1;
    return whole[i % whole.length] ? Math.round(fraction) : fraction;
  });
}

function sameScores(together: readonly OrtTensor[], alone: readonly OrtTensor[]): boolean {
  const both = together[0]!.data as Float32Array;
  const each = alone.flatMap(({ data }) => Array.from(data as Float32Array));
  const largest = each.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  // Kernels of other sizes add in another order; a graph that mixes images is off by far more.
  return both.length === each.length && each.every((value, i) => Math.abs(value - both[i]!) <= 1e-4 * largest);
}

function classesOf(file: string, boundary: Boundary, results: readonly OrtTensor[]): number {
  const [first] = results;
  if (first!.type === "float32" && elementsOf(first!.dims) > 0) return elementsOf(first!.dims);
  const found = `${first!.type} of shape ${first!.dims.join(" x ")}`;
  throw inputError({ file, place: boundary.output.name, found, expected: "a tensor of scores" });
}

/** What the lanes are fed for these images. */
export function checkedFeeds(
  { where: { file }, boundary, lanes, ort }: { where: OrtPlace; boundary: Boundary; lanes: Lanes; ort: Ort },
  images: Float32Array,
  count: number,
): Feeds[] {
  const size = imageSize(boundary.inputs);
  if (images.length < count * size) {
    const found = `${images.length} numbers for ${count} images`;
    throw inputError({ file, place: inputNames(boundary.inputs), found, expected: `${size} for each image` });
  }
  return lanes.feeds(ort, images, count);
}
