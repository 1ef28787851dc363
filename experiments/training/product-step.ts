import type { PlacedProduct } from "../network/index.ts";
import { type ProductStep, sizeOfShape } from "./step.ts";

/**
 * A product of a cut graph as one that learns: what its layout does to an image's places says where each number of a vector comes from and
 * where each result goes, forward and backward alike.
 *
 * @param shape  axes of one image's input
 * @param bias  [group][column]; null for none
 */
export function productStep(
  { product, input, layoutOf }: PlacedProduct,
  shape: readonly number[],
  bias: Float32Array | null,
  name: string,
): ProductStep {
  const layout = layoutOf([1, ...shape]);
  const { groups, rows, columns } = product;
  const inputSize = sizeOfShape(shape);
  // Places from 1: what a layout leaves at 0 is padding.
  const places = Float32Array.from({ length: inputSize }, (_, place) => place + 1);
  const sources = new Int32Array(groups * layout.vectors * rows);
  const field = new Float32Array(layout.vectors * rows);
  for (let group = 0; group < groups; group++) {
    field.fill(0);
    layout.gather(null, places, group, 0, layout.vectors, field);
    for (let i = 0; i < field.length; i++) sources[group * field.length + i] = field[i]! - 1;
  }
  const results = Float32Array.from({ length: groups * layout.vectors * columns }, (_, place) => place);
  const outputs = new Float32Array(results.length);
  layout.scatter(results, outputs, 0, layout.vectors, null);
  return {
    kind: "product",
    name,
    operator: product.operator,
    reads: [input],
    // The batch's axis is first.
    shape: layout.outputShape.slice(1),
    groups,
    vectors: layout.vectors,
    rows,
    columns,
    bias: bias !== null,
    weights: product.weights.map((weights, group) =>
      withBias(weights, bias ? bias.subarray(group * columns, (group + 1) * columns) : null),
    ),
    sources: inOrder(sources) ? null : sources,
    places: inOrder(outputs) ? null : Int32Array.from(outputs),
    inputSize,
  };
}

/** Rows of weights, and the bias's behind them. */
export function withBias(weights: Float32Array, bias: Float32Array | null): Float32Array {
  const all = new Float32Array(weights.length + (bias?.length ?? 0));
  all.set(weights);
  if (bias) all.set(bias, weights.length);
  return all;
}

function inOrder(places: Int32Array | Float32Array): boolean {
  return places.every((place, index) => place === index);
}

/** One group's vectors of a batch, each with the bias's 1 behind its rows: [image and vector][row]. */
export function vectorsOf(step: ProductStep, group: number, input: Float32Array, images: number): Float32Array {
  const { vectors, rows, bias, sources, inputSize } = step;
  const width = bias ? rows + 1 : rows;
  const laid = new Float32Array(images * vectors * width);
  const first = group * vectors * rows;
  for (let image = 0, to = 0; image < images; image++) {
    const origin = image * inputSize;
    for (let vector = 0; vector < vectors; vector++) {
      const own = first + vector * rows;
      for (let row = 0; row < rows; row++) {
        const place = sources ? sources[own + row]! : own + row;
        laid[to++] = place < 0 ? 0 : input[origin + place]!;
      }
      if (bias) laid[to++] = 1;
    }
  }
  return laid;
}

/** The other way: adds gradients of vectors to those of the tensor that they were laid out from; the bias's row leads nowhere. */
export function addToInput(
  step: ProductStep,
  group: number,
  gradient: Float32Array,
  images: number,
  into: Float32Array,
): void {
  const { vectors, rows, bias, sources, inputSize } = step;
  const first = group * vectors * rows;
  for (let image = 0, from = 0; image < images; image++) {
    const origin = image * inputSize;
    for (let vector = 0; vector < vectors; vector++) {
      const own = first + vector * rows;
      for (let row = 0; row < rows; row++, from++) {
        const place = sources ? sources[own + row]! : own + row;
        if (place >= 0) into[origin + place]! += gradient[from]!;
      }
      if (bias) from++;
    }
  }
}

/** Writes one group's results, [image and vector][column], into the output, [image][output]. */
export function putResults(
  step: ProductStep,
  group: number,
  results: Float32Array,
  images: number,
  output: Float32Array,
): void {
  eachResult(step, group, images, (from, to) => {
    output[to] = results[from]!;
  });
}

/** The other way: one group's part of the output's gradient, [image and vector][column], times `factor`. */
export function takeResults(
  step: ProductStep,
  group: number,
  gradient: Float32Array,
  images: number,
  factor: number,
): Float32Array {
  const taken = new Float32Array(images * step.vectors * step.columns);
  eachResult(step, group, images, (from, to) => {
    taken[from] = factor * gradient[to]!;
  });
  return taken;
}

function eachResult(step: ProductStep, group: number, images: number, see: (from: number, to: number) => void): void {
  const { groups, vectors, columns, places } = step;
  const own = vectors * columns;
  const size = groups * own;
  for (let image = 0; image < images; image++) {
    for (let at = 0; at < size; at++) {
      const place = places ? places[at]! : at;
      const within = place - group * own;
      if (within >= 0 && within < own) see(image * own + within, image * size + at);
    }
  }
}
