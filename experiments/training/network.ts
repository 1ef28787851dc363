import type { LearningProduct } from "../../circuits/index.ts";
import type { Loss } from "./loss.ts";
import { addToInput, putResults, takeResults, vectorsOf } from "./product-step.ts";
import { type ProductStep, type Step, sizeOfShape } from "./step.ts";

/** A network whose products learn: its steps in the order of computation. */
export interface TrainableNetwork {
  /** Axes of one image. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly output: string;
  readonly classes: number;
  readonly loss: Loss;
  readonly steps: readonly Step[];
}

/** One product of a step's group, as it is to be made. */
export interface ProductPlan {
  /** "h", or "h.2" for the third group of a convolution. */
  readonly name: string;
  readonly step: ProductStep;
  readonly group: number;
  /** Bias's row included. */
  readonly rows: number;
  readonly columns: number;
  /** Start, [row][column]. */
  readonly weights: Float32Array;
}

/** Every product of a network in the order of computation. */
export function plansOf({ steps }: TrainableNetwork): ProductPlan[] {
  return steps.flatMap((step) => {
    if (step.kind === "digital") return [];
    return step.weights.map((weights, group) => ({
      name: step.groups > 1 ? `${step.name}.${group}` : step.name,
      step,
      group,
      rows: step.bias ? step.rows + 1 : step.rows,
      columns: step.columns,
      weights,
    }));
  });
}

/** What a batch left on its way forward. */
export interface Pass {
  readonly images: number;
  readonly tensors: ReadonlyMap<string, Float32Array>;
  /** What each product was driven with, in the order of `plansOf`. */
  readonly inputs: readonly Float32Array[];
  /** [image][class]. */
  readonly scores: Float32Array;
}

/** @param images  [image][numbers] */
export function forward(
  network: TrainableNetwork,
  products: readonly LearningProduct[],
  images: Float32Array,
  count: number,
): Pass {
  const tensors = new Map([[network.input.name, images]]);
  const inputs: Float32Array[] = [];
  for (const step of network.steps) {
    const read = step.reads.map((name) => tensors.get(name)!);
    if (step.kind === "digital") {
      tensors.set(step.name, step.forward(read, count));
      continue;
    }
    const output = new Float32Array(count * sizeOfShape(step.shape));
    for (let group = 0; group < step.groups; group++) {
      const x = vectorsOf(step, group, read[0]!, count);
      const y = products[inputs.length]!.multiply(x, count * step.vectors);
      inputs.push(x);
      putResults(step, group, y, count, output);
    }
    tensors.set(step.name, output);
  }
  return { images: count, tensors, inputs, scores: tensors.get(network.output)! };
}

/**
 * Leads the loss's gradient back through the network; every product is read transposed, but those that the image alone drives.
 *
 * @param gradient  of the scores, [image][class]
 * @returns what each product's outputs should change by, minus the gradient, in the order of `plansOf`
 */
export function backward(
  network: TrainableNetwork,
  products: readonly LearningProduct[],
  { images, tensors, inputs }: Pass,
  gradient: Float32Array,
): Float32Array[] {
  const gradients = new Map([[network.output, gradient]]);
  const asked = (name: string): Float32Array | null => {
    if (name === network.input.name) return null;
    const own = gradients.get(name) ?? new Float32Array(tensors.get(name)!.length);
    gradients.set(name, own);
    return own;
  };
  const changes: Float32Array[] = new Array(inputs.length);
  let product = inputs.length;
  for (const step of [...network.steps].reverse()) {
    const own = gradients.get(step.name)!;
    const into = step.reads.map(asked);
    if (step.kind === "digital") {
      const read = step.reads.map((name) => tensors.get(name)!);
      step.backward(read, tensors.get(step.name)!, own, images, into);
      continue;
    }
    product -= step.groups;
    for (let group = 0; group < step.groups; group++) {
      const d = takeResults(step, group, own, images, -1);
      changes[product + group] = d;
      if (!into[0]) continue;
      const e = products[product + group]!.multiplyTransposed(d, images * step.vectors);
      for (let i = 0; i < e.length; i++) e[i] = -e[i]!;
      addToInput(step, group, e, images, into[0]);
    }
  }
  return changes;
}
