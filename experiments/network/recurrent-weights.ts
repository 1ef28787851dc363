import type { ElementType } from "../../src/ground/formats/onnx.ts";
import { type Constant, checkFinite } from "./constants.ts";
import { gatesOf, type RecurrentNode } from "./recurrent-node.ts";

/** W, R and B of a recurrent node, taken apart by direction. */
export interface RecurrentWeights {
  readonly type: ElementType;
  /** Units of the state, and numbers of a step's input. */
  readonly hidden: number;
  readonly features: number;
  /** [gate and unit][feature]. */
  ofInput(direction: number): Float32Array;
  /** Rows of each product with the state, [gate and unit][unit]: all, or those of z and r and those of the candidate. */
  ofState(direction: number): Float32Array[];
  /** What is added to x Wᵀ, [gate and unit]: Wb + Rb, without Rb of a candidate that is reset with its product. */
  inputBias(direction: number): Float32Array | null;
  /** Rb of a candidate that is reset with its product, [unit]. */
  candidateBias(direction: number): Float32Array | null;
}

/**
 * Shapes are those of the standard: ONNX Runtime has run the node before.
 *
 * @throws InputError for weights that are not finite
 */
export async function weightsOf(
  file: string,
  node: RecurrentNode,
  fold: (name: string) => Promise<Constant>,
): Promise<RecurrentWeights> {
  const { operator, resetsProduct } = node;
  const w = await fold(node.weights);
  const r = await fold(node.recurrentWeights);
  const b = node.biases === "" ? null : await fold(node.biases);
  const [hidden, features] = [r.shape[2]!, w.shape[2]!];
  const size = gatesOf[operator] * hidden;
  const directions = node.directions.length;
  checkFinite(file, node.weights, w.values);
  checkFinite(file, node.recurrentWeights, r.values);
  if (b) checkFinite(file, node.biases, b.values);

  const isGru = operator === "GRU";
  const candidate = 2 * hidden;
  const part = ({ values }: Constant, direction: number): Float32Array => {
    const length = values.length / directions;
    return values.subarray(direction * length, (direction + 1) * length);
  };
  return {
    ...{ type: w.type, hidden, features },
    ofInput: (direction) => part(w, direction),
    ofState(direction) {
      const rows = part(r, direction);
      if (!isGru || resetsProduct) return [rows];
      return [rows.subarray(0, candidate * hidden), rows.subarray(candidate * hidden)];
    },
    inputBias(direction) {
      if (!b) return null;
      const own = part(b, direction);
      const both = isGru && resetsProduct ? candidate : size;
      return Float32Array.from({ length: size }, (_, i) => own[i]! + (i < both ? own[size + i]! : 0));
    },
    candidateBias: (direction) => (b && isGru && resetsProduct ? part(b, direction).slice(size + candidate) : null),
  };
}
