/** Labelled images as plain data that workers can be sent; values become floats only in the batch that needs them. */
export interface ImageData {
  /** Raw values, [count][size]; over a SharedArrayBuffer where several threads read them. */
  readonly values: Uint8Array | Float32Array;
  readonly labels: Int32Array;
  /** Values of one image. */
  readonly size: number;
  /** Its axes, where the file has them, [28, 28]; for a network of several inputs those of each, whose numbers follow one another. */
  readonly shapes: readonly (readonly number[])[];
  /** What the network sees is value * scale + shift: one of each for all, or one a channel (equal parts of an image, in order). */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

export function imageCount(images: ImageData): number {
  return images.labels.length;
}

/** The images first .. first + count - 1 as the network sees them, [count][size]; `batch` receives them. */
export function imageBatch(
  images: ImageData,
  first: number,
  count: number,
  batch: Float32Array = new Float32Array(count * images.size),
): Float32Array {
  const { values, size, scale, shift } = images;
  const channels = Math.max(scale.length, shift.length);
  const width = size / channels;
  const from = first * size;
  for (let begin = 0, channel = 0; begin < batch.length; begin += width, channel++) {
    const factor = scale[channel % scale.length]!;
    const offset = shift[channel % shift.length]!;
    for (let i = begin; i < begin + width; i++) batch[i] = values[from + i]! * factor + offset;
  }
  return batch;
}

/** The classes of largest score, [count]; the first of equal ones. */
export function classesOf(scores: Float32Array, count: number): Int32Array {
  const width = scores.length / count;
  const classes = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let best = 0;
    for (let j = 1; j < width; j++) if (scores[i * width + j]! > scores[i * width + best]!) best = j;
    classes[i] = best;
  }
  return classes;
}
