import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { type Layout, transposed } from "./layout.ts";

/** A constant factor of Gemm or MatMul. */
export interface MatrixFactor {
  /** The factor's own shape, as MatMul takes it: one axis, two, or more for batches. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Which factor it is: y = x W (right) or y = W x (left). */
  readonly side: "left" | "right";
  /** Gemm's transposition of the constant factor, and of the other one. */
  readonly transposed: boolean;
  readonly activationTransposed: boolean;
}

/** A matrix product in the form of the tiles: y = x W for each group. */
export interface MatrixProduct {
  readonly groups: number;
  readonly rows: number;
  readonly columns: number;
  readonly weights: readonly Float32Array[];
  layoutOf(shape: readonly number[]): Layout;
}

/**
 * Brings a constant factor into the form [row][column] of x W. A left factor W x is xᵀ Wᵀ; a factor of more than two
 * axes is one matrix, and one group, for each of its batch positions.
 *
 * @param place  file and tensor for messages about activations whose shape does not fit
 */
export function matrixProduct(factor: MatrixFactor, place: { file: string; place: string }): MatrixProduct {
  const { shape, side } = factor;
  const single = shape.length === 1;
  const batch = shape.slice(0, -2);
  const [first, second] = single
    ? side === "right"
      ? [shape[0]!, 1]
      : [1, shape[0]!]
    : [shape.at(-2)!, shape.at(-1)!];
  // The factor as it lies is [row][column] already where exactly one of the two reasons to transpose holds, or none.
  const turn = (side === "left") !== factor.transposed;
  const [rows, columns] = turn ? [second, first] : [first, second];
  const groups = elementsOf(batch);
  const weights = Array.from({ length: groups }, (_, group) => {
    const matrix = factor.values.subarray(group * rows * columns, (group + 1) * rows * columns);
    return turn ? transposed(matrix, first, second) : matrix;
  });
  const form: Form = {
    rows,
    columns,
    batch,
    // In y = x W the vectors are rows of x, in y = W x its columns; Gemm may turn either.
    inputVectorMajor: (side === "right") !== factor.activationTransposed,
    outputVectorMajor: side === "right",
    dropsColumns: single,
    place,
  };
  return { groups, rows, columns, weights, layoutOf: (activation) => matrixLayout(form, activation) };
}

interface Form {
  readonly rows: number;
  readonly columns: number;
  readonly batch: readonly number[];
  readonly inputVectorMajor: boolean;
  readonly outputVectorMajor: boolean;
  /** A factor of one axis leaves no axis for its columns. */
  readonly dropsColumns: boolean;
  readonly place: { readonly file: string; readonly place: string };
}

function matrixLayout(form: Form, shape: readonly number[]): Layout {
  const { rows, columns, inputVectorMajor, outputVectorMajor } = form;
  const single = shape.length === 1;
  const [p, q] = single ? (inputVectorMajor ? [1, shape[0]!] : [shape[0]!, 1]) : [shape.at(-2)!, shape.at(-1)!];
  const [own, length] = inputVectorMajor ? [p, q] : [q, p];
  if (shape.length === 0 || length !== rows) {
    throw inputError({ ...form.place, found: `activations of shape ${shape.join(" x ")}`, expected: `${rows} rows` });
  }
  const positions = broadcast(shape.slice(0, -2), form.batch);
  const groups = elementsOf(form.batch);
  const repeats = groups === 0 ? 0 : positions.group.length / groups;
  // Which of the activation's matrices each of a group's turns uses.
  const sourceOf = new Int32Array(positions.group.length);
  for (const [b, group] of positions.group.entries())
    sourceOf[group * repeats + positions.slot[b]!] = positions.source[b]!;
  const vectorAxis = single ? [] : [own];
  const columnAxis = form.dropsColumns ? [] : [columns];
  const tail = outputVectorMajor ? [...vectorAxis, ...columnAxis] : [...columnAxis, ...vectorAxis];
  const straight = groups === 1 && positions.inOrder;
  return {
    vectors: repeats * own,
    outputShape: [...positions.shape, ...tail],
    inputInPlace: straight && (inputVectorMajor || own === 1 || rows === 1),
    outputInPlace: straight && (outputVectorMajor || own === 1 || columns === 1),
    gather(_, source, group, first, count, target) {
      for (let vector = first; vector < first + count; ) {
        const slot = Math.floor(vector / own);
        const within = vector - slot * own;
        const some = Math.min(own - within, first + count - vector);
        const matrix = sourceOf[group * repeats + slot]! * own * rows;
        const to = (vector - first) * rows;
        if (inputVectorMajor) {
          const from = matrix + within * rows;
          target.set(source.subarray(from, from + some * rows), to);
        } else {
          for (let v = 0; v < some; v++) {
            const from = matrix + within + v;
            for (let row = 0; row < rows; row++) target[to + v * rows + row] = source[from + row * own]!;
          }
        }
        vector += some;
      }
    },
    scatter(results, target, first, total, bias) {
      for (let b = 0; b < positions.group.length; b++) {
        const from = (positions.group[b]! * total + first + positions.slot[b]! * own) * columns;
        const to = b * own * columns;
        if (outputVectorMajor && !bias) target.set(results.subarray(from, from + own * columns), to);
        else {
          const [alongVectors, alongColumns] = outputVectorMajor ? [columns, 1] : [1, own];
          const added = positions.group[b]! * columns;
          for (let c = 0; c < columns; c++) {
            const more = bias ? bias[added + c]! : 0;
            const line = to + c * alongColumns;
            for (let v = 0; v < own; v++) target[line + v * alongVectors] = results[from + v * columns + c]! + more;
          }
        }
      }
    },
  };
}

interface Positions {
  /** Broadcast batch axes of the result. */
  readonly shape: readonly number[];
  /** For each matrix of the result: which of the activation's it uses, which group's weights, and its turn there. */
  readonly source: Int32Array;
  readonly group: Int32Array;
  readonly slot: Int32Array;
  readonly inOrder: boolean;
}

function broadcast(activation: readonly number[], weights: readonly number[]): Positions {
  const rank = Math.max(activation.length, weights.length);
  const a = [...Array<number>(rank - activation.length).fill(1), ...activation];
  const w = [...Array<number>(rank - weights.length).fill(1), ...weights];
  const shape = a.map((length, axis) => (length === 1 ? w[axis]! : length));
  const count = elementsOf(shape);
  const [source, group, slot] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const turns = new Int32Array(Math.max(1, elementsOf(weights)));
  for (let position = 0; position < count; position++) {
    let rest = position;
    let [aIndex, wIndex, aStride, wStride] = [0, 0, 1, 1];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const at = rest % shape[axis]!;
      rest = (rest - at) / shape[axis]!;
      if (a[axis] !== 1) aIndex += at * aStride;
      if (w[axis] !== 1) wIndex += at * wStride;
      aStride *= a[axis]!;
      wStride *= w[axis]!;
    }
    source[position] = aIndex;
    group[position] = wIndex;
    slot[position] = turns[wIndex]!++;
  }
  return { shape, source, group, slot, inOrder: source.every((index, position) => index === position) };
}
