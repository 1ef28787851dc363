import type { Engine } from "../../src/ground/kernels/index.ts";

/** How the activations of one tensor shape become the vectors of a product, and its results a tensor again. */
export interface Layout {
  /** Vectors for each group. */
  readonly vectors: number;
  readonly outputShape: readonly number[];
  /** The tensor is [vector][row] already: `gather` would copy it unchanged. */
  readonly inputInPlace: boolean;
  /** [vector][column] is the tensor already: `scatter` would copy it unchanged. */
  readonly outputInPlace: boolean;
  /**
   * Lays out this tensor's vectors first .. first + count - 1 of one group.
   *
   * @param engine  whose memory `target` lies in; null: plain code
   * @param target  receives [vector][row]
   */
  gather(
    engine: Engine | null,
    source: Float32Array,
    group: number,
    first: number,
    count: number,
    target: Float32Array,
  ): void;
  /**
   * Writes the tensor from its vectors' results, [group][vector][column] of `total` vectors, where several tensors share one call.
   *
   * @param first  place of this tensor's first vector among them
   * @param bias  is added, [group][column]; null for none
   */
  scatter(results: Float32Array, target: Float32Array, first: number, total: number, bias: Float32Array | null): void;
}

/** The transpose of a matrix of `rows` x `columns`, row-major. */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!;
  }
  return result;
}

/** The same, computed once for a shape. Batches come in few: those of a run, its last one, and a single image. */
export function remembered(layoutOf: (shape: readonly number[]) => Layout): (shape: readonly number[]) => Layout {
  const most = 4;
  const known = new Map<string, Layout>();
  return (shape) => {
    const key = shape.join(" ");
    const layout = known.get(key) ?? layoutOf(shape);
    if (!known.has(key)) {
      if (known.size === most) known.clear();
      known.set(key, layout);
    }
    return layout;
  };
}
