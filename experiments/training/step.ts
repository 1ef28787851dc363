/**
 * One digital operator of a network that learns. Tensors are float32, [image][the numbers of one image, row-major], and every image goes its
 * own way: nothing is mixed across the batch.
 */
export interface DigitalStep {
  readonly kind: "digital";
  /** Name of its output tensor. */
  readonly name: string;
  readonly operator: string;
  /** Tensors it reads, by name. */
  readonly reads: readonly string[];
  /** Axes of one image's output. */
  readonly shape: readonly number[];
  /** Additions, multiplications, comparisons and functions for one image: forward, and backward. */
  readonly operations: { readonly forward: number; readonly backward: number };
  /** @returns [image][output] */
  forward(inputs: readonly Float32Array[], images: number): Float32Array;
  /**
   * Adds what the loss changes by with each input.
   *
   * @param gradient  of the output, [image][output]
   * @param into  of every input, [image][input], added to; null where nobody asks
   */
  backward(
    inputs: readonly Float32Array[],
    output: Float32Array,
    gradient: Float32Array,
    images: number,
    into: readonly (Float32Array | null)[],
  ): void;
}

/**
 * Products with weights that are learned, one for each group: vectors are laid out from a tensor, multiplied, and written into another. Where
 * there is a bias it is one more row of the product, driven by a constant 1.
 */
export interface ProductStep {
  readonly kind: "product";
  readonly name: string;
  readonly operator: string;
  readonly reads: readonly [string];
  readonly shape: readonly number[];
  readonly groups: number;
  /** Vectors of one image, in each group. */
  readonly vectors: number;
  /** Rows without the bias's. */
  readonly rows: number;
  readonly columns: number;
  readonly bias: boolean;
  /** For each group, [rows, and one for the bias][columns]. */
  readonly weights: readonly Float32Array[];
  /**
   * Where in an image's input each number of its vectors comes from, [group][vector][row]; -1 is padding. null: the image is its vectors.
   */
  readonly sources: Int32Array | null;
  /** Where in the results, [group][vector][column], each number of an image's output comes from; null: they are the output. */
  readonly places: Int32Array | null;
  /** Numbers of one image's input. */
  readonly inputSize: number;
}

export type Step = DigitalStep | ProductStep;

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
