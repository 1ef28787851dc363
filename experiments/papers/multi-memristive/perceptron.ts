import type { Digits } from "../paper.ts";
import type { TrainedWeights } from "./trained-weights.ts";

/** Numbers of an image, and of classes. */
export const pixels = 784;
export const classes = 10;

/** A perceptron of one hidden layer: tanh neurons, soft maximum and cross entropy; a neuron that is always 1 on the input and the hidden layer. */
export interface Perceptron {
  /** [pixels + 1][hidden]. */
  readonly hidden: TrainedWeights;
  /** [hidden + 1][classes]. */
  readonly output: TrainedWeights;
  /** Slope of hidden neurons at 0. */
  readonly slope: number;
}

/** What a batch came to. */
export interface BatchResult {
  readonly correct: number;
  /** Sum over the images of -ln p(label). */
  readonly loss: number;
}

/** Images of a batch with a 1 behind each, [images][pixels + 1]. @param which  places in the data set */
export function inputsOf(digits: Digits, which: ArrayLike<number>): Float32Array {
  const x = new Float32Array(which.length * (pixels + 1));
  for (let v = 0; v < which.length; v++) {
    const first = which[v]! * pixels;
    x.set(digits.images.subarray(first, first + pixels), v * (pixels + 1));
    x[v * (pixels + 1) + pixels] = 1;
  }
  return x;
}

/** Values of neurons for a batch. */
interface Values {
  readonly x: Float32Array;
  /** [images][hidden + 1]. */
  readonly hidden: Float32Array;
  /** Probabilities, [images][classes]. */
  readonly output: Float32Array;
}

function forward({ hidden, output, slope }: Perceptron, x: Float32Array, images: number): Values {
  const sums = hidden.multiply(x, images);
  const neurons = hidden.columns;
  const h = new Float32Array(images * (neurons + 1));
  for (let v = 0; v < images; v++) {
    for (let j = 0; j < neurons; j++) h[v * (neurons + 1) + j] = Math.tanh(slope * sums[v * neurons + j]!);
    h[v * (neurons + 1) + neurons] = 1;
  }
  const y = output.multiply(h, images);
  softMaximum(y);
  return { x, hidden: h, output: y };
}

/** Rows of scores become probabilities. @param scores  [vectors][classes] */
export function softMaximum(scores: Float32Array): void {
  for (let first = 0; first < scores.length; first += classes) {
    const own = scores.subarray(first, first + classes);
    const largest = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      own[c] = Math.exp(own[c]! - largest);
      sum += own[c]!;
    }
    for (let c = 0; c < classes; c++) own[c]! /= sum;
  }
}

/** Turns probabilities into minus the gradient of the loss by the scores, and says how good they were. */
export function differences(probabilities: Float32Array, labels: ArrayLike<number>): BatchResult {
  let [correct, loss] = [0, 0];
  for (let v = 0; v < labels.length; v++) {
    const own = probabilities.subarray(v * classes, (v + 1) * classes);
    const label = labels[v]!;
    if (greatestOf(own) === label) correct++;
    loss -= Math.log(Math.max(own[label]!, Number.MIN_VALUE));
    for (let c = 0; c < classes; c++) own[c] = (c === label ? 1 : 0) - own[c]!;
  }
  return { correct, loss };
}

/** Place of the greatest number, the first of equal ones. */
export function greatestOf(values: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c]! > values[best]!) best = c;
  return best;
}

/**
 * One step of back-propagation on a batch: the gradient of its summed loss.
 *
 * @param rates  of the hidden and of the output layer's weights
 */
export function trainBatch(
  perceptron: Perceptron,
  x: Float32Array,
  labels: ArrayLike<number>,
  rates: { readonly hidden: number; readonly output: number },
): BatchResult {
  const images = labels.length;
  const { hidden, output, slope } = perceptron;
  const values = forward(perceptron, x, images);
  const d = values.output;
  const result = differences(d, labels);
  const errors = output.multiplyTransposed(d, images);
  const neurons = hidden.columns;
  const back = new Float32Array(images * neurons);
  for (let v = 0; v < images; v++) {
    for (let j = 0; j < neurons; j++) {
      const h = values.hidden[v * (neurons + 1) + j]!;
      back[v * neurons + j] = errors[v * (neurons + 1) + j]! * slope * (1 - h * h);
    }
  }
  output.step(values.hidden, d, images, rates.output);
  hidden.step(x, back, images, rates.hidden);
  return result;
}

/** How many of a batch are told rightly, and the loss. */
export function testBatch(perceptron: Perceptron, x: Float32Array, labels: ArrayLike<number>): BatchResult {
  return differences(forward(perceptron, x, labels.length).output, labels);
}
