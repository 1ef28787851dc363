import { type DigitalStep, sizeOfShape } from "../step.ts";

export const activations = ["Relu", "Sigmoid", "Tanh"] as const;
export type Activation = (typeof activations)[number];

interface Curve {
  readonly value: (x: number) => number;
  /** Slope, from the output. */
  readonly slope: (y: number) => number;
  /** Operations for one number, forward and backward. */
  readonly operations: readonly [number, number];
}

const curves: Readonly<Record<Activation, Curve>> = {
  Relu: { value: (x) => (x > 0 ? x : 0), slope: (y) => (y > 0 ? 1 : 0), operations: [1, 1] },
  Sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), slope: (y) => y * (1 - y), operations: [1, 3] },
  Tanh: { value: Math.tanh, slope: (y) => 1 - y * y, operations: [1, 3] },
};

/** A function of every number by itself. */
export function activationStep(
  operator: Activation,
  name: string,
  reads: string,
  shape: readonly number[],
): DigitalStep {
  const { value, slope, operations } = curves[operator];
  const size = sizeOfShape(shape);
  return {
    kind: "digital",
    name,
    operator,
    reads: [reads],
    shape,
    operations: { forward: operations[0] * size, backward: operations[1] * size },
    forward([x]) {
      const y = new Float32Array(x!.length);
      for (let i = 0; i < y.length; i++) y[i] = value(x![i]!);
      return y;
    },
    backward(_, y, gradient, _images, [into]) {
      if (!into) return;
      for (let i = 0; i < y.length; i++) into[i]! += gradient[i]! * slope(y[i]!);
    },
  };
}

/** The sum of two tensors of one size, or of one tensor with itself. */
export function addStep(name: string, reads: readonly [string, string], shape: readonly number[]): DigitalStep {
  const size = sizeOfShape(shape);
  return {
    kind: "digital",
    name,
    operator: "Add",
    reads,
    shape,
    operations: { forward: size, backward: 2 * size },
    forward([a, b]) {
      const y = new Float32Array(a!.length);
      for (let i = 0; i < y.length; i++) y[i] = a![i]! + b![i]!;
      return y;
    },
    backward(_, _y, gradient, _images, into) {
      for (const own of into) if (own) for (let i = 0; i < gradient.length; i++) own[i]! += gradient[i]!;
    },
  };
}

/** The same numbers with other axes: Flatten and Reshape. */
export function reshapeStep(
  operator: "Flatten" | "Reshape",
  name: string,
  reads: string,
  shape: readonly number[],
): DigitalStep {
  return {
    kind: "digital",
    name,
    operator,
    reads: [reads],
    shape,
    operations: { forward: 0, backward: 0 },
    forward: ([x]) => x!,
    backward(_, _y, gradient, _images, [into]) {
      if (into) for (let i = 0; i < gradient.length; i++) into[i]! += gradient[i]!;
    },
  };
}
