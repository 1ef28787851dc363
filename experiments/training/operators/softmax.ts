import { type DigitalStep, sizeOfShape } from "../step.ts";

/** exp(x - largest) over their sum, for every run of `length` numbers. */
export function softmaxStep(name: string, reads: string, shape: readonly number[], length: number): DigitalStep {
  const size = sizeOfShape(shape);
  return {
    kind: "digital",
    name,
    operator: "Softmax",
    reads: [reads],
    shape,
    // Maximum, subtract, exponential, sum, divide; backward two for the sum, a difference and a product.
    operations: { forward: 5 * size, backward: 4 * size },
    forward: ([x]) => softmax(x!, length),
    backward(_, y, gradient, _images, [into]) {
      if (!into) return;
      for (let first = 0; first < y.length; first += length) {
        let along = 0;
        for (let i = first; i < first + length; i++) along += y[i]! * gradient[i]!;
        for (let i = first; i < first + length; i++) into[i]! += y[i]! * (gradient[i]! - along);
      }
    },
  };
}

/** @returns shares that sum to 1 in every run of `length` */
export function softmax(x: Float32Array, length: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let first = 0; first < x.length; first += length) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = first; i < first + length; i++) largest = Math.max(largest, x[i]!);
    let sum = 0;
    for (let i = first; i < first + length; i++) {
      const share = Math.exp(x[i]! - largest);
      y[i] = share;
      sum += share;
    }
    for (let i = first; i < first + length; i++) y[i] = y[i]! / sum;
  }
  return y;
}
