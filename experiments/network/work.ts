import type { NodeProto } from "onnx-buf";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { integerAttribute, integersAttribute, textAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import { isOperator } from "./graph.ts";

export type Shape = readonly number[];

/** Work of one digital node for one image. */
export interface NodeWork {
  /** Multiply-accumulates of products and recurrent cells. */
  readonly macs: number;
  /** Other arithmetic: comparisons, additions, multiplications, one for each table or function evaluation. */
  readonly operations: number;
}

// Views and copies compute nothing.
const moving = new Set([
  ...["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Shape", "Size", "Transpose", "Concat"],
  ...[
    "Split",
    "Slice",
    "Gather",
    "GatherElements",
    "GatherND",
    "ScatterElements",
    "ScatterND",
    "Pad",
    "Expand",
    "Tile",
  ],
  ...["DepthToSpace", "SpaceToDepth", "ReverseSequence", "ConstantOfShape", "If", "Loop", "Scan"],
]);

/**
 * Operations for each output element where one would be too few, counted from the formula: softmax is maximum, subtract,
 * exponential, sum, divide; layer norm is sum, subtract, square, sum, divide, scale, shift and the root's share.
 */
const perOutput: Readonly<Record<string, number>> = {
  Softmax: 5,
  LogSoftmax: 5,
  LayerNormalization: 8,
  InstanceNormalization: 8,
  GroupNormalization: 8,
  RMSNormalization: 5,
  MeanVarianceNormalization: 7,
  LpNormalization: 4,
  BatchNormalization: 2,
  HardSigmoid: 4,
  HardSwish: 5,
  Gelu: 5,
  Swish: 2,
  Mish: 4,
};

const poolings = ["AveragePool", "MaxPool", "LpPool"] as const;
const globalPoolings = ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"] as const;

/**
 * Counts the work of a node from its shapes.
 *
 * @param inputs  by position; undefined where an input is left out or is no tensor
 * @param outputs  likewise
 */
export function workOf(
  node: NodeProto,
  inputs: readonly (Shape | undefined)[],
  outputs: readonly (Shape | undefined)[],
): NodeWork {
  const macs = macsOf(node, inputs, outputs);
  if (macs > 0) return { macs, operations: 0 };
  const results = outputs.reduce((sum, shape) => sum + (shape ? elementsOf(shape) : 0), 0);
  const first = inputs[0] ? elementsOf(inputs[0]) : 0;
  if (isOperator(node, ...poolings)) {
    const window = elementsOf(integersAttribute(node, "kernel_shape") ?? []);
    return { macs: 0, operations: window * (outputs[0] ? elementsOf(outputs[0]) : 0) };
  }
  if (isOperator(node, ...globalPoolings) || node.opType.startsWith("Reduce") || isOperator(node, "ArgMax", "ArgMin")) {
    return { macs: 0, operations: first };
  }
  if (isOperator(node, ...moving)) return { macs: 0, operations: 0 };
  return { macs: 0, operations: (perOutput[node.opType] ?? 1) * results };
}

function macsOf(
  node: NodeProto,
  inputs: readonly (Shape | undefined)[],
  outputs: readonly (Shape | undefined)[],
): number {
  const [a, b, c, d] = inputs;
  const results = outputs[0] ? elementsOf(outputs[0]) : 0;
  switch (node.opType) {
    case "MatMul":
    case "MatMulInteger":
    case "QLinearMatMul":
      return results * (a?.at(-1) ?? 0);
    case "FusedMatMul":
      return results * (integerAttribute(node, "transA", 0) === 1 ? (a?.at(-2) ?? 0) : (a?.at(-1) ?? 0));
    case "Gemm":
    case "FusedGemm":
      return results * (integerAttribute(node, "transA", 0) === 1 ? (a?.[0] ?? 0) : (a?.[1] ?? 0));
    case "Conv":
    case "FusedConv":
    case "ConvInteger":
      return results * elementsOf(b?.slice(1) ?? [0]);
    case "QLinearConv":
      return results * elementsOf(d?.slice(1) ?? [0]);
    case "ConvTranspose":
      return (a ? elementsOf(a) : 0) * elementsOf(b?.slice(1) ?? [0]);
    case "LSTM":
    case "GRU":
    case "RNN": {
      // Every step multiplies the step's input and the state with all weights of every direction.
      const vectors = (a?.[0] ?? 0) * (a?.[1] ?? 0);
      return vectors * ((b ? elementsOf(b) : 0) + (c ? elementsOf(c) : 0));
    }
    case "Einsum":
      return results * contracted(textAttribute(node, "equation", ""), inputs) * Math.max(0, inputs.length - 1);
    case "Attention":
      return attention(node, inputs, outputs);
    default:
      return 0;
  }
}

/** Product of the lengths of all letters of an Einsum that its result does not have. */
function contracted(equation: string, inputs: readonly (Shape | undefined)[]): number {
  const [left = "", right] = equation.replace(/\s/g, "").split("->");
  const lengths = new Map<string, number>();
  const times = new Map<string, number>();
  for (const [i, term] of left.split(",").entries()) {
    const shape = inputs[i] ?? [];
    const letters = term.replace("...", ".");
    const dots = letters.indexOf(".");
    for (const [at, letter] of [...letters].entries()) {
      if (letter === ".") continue;
      const axis = dots >= 0 && at > dots ? shape.length - letters.length + at : at;
      lengths.set(letter, shape[axis] ?? 1);
      times.set(letter, (times.get(letter) ?? 0) + 1);
    }
  }
  const kept =
    right ??
    [...times]
      .filter(([, count]) => count === 1)
      .map(([letter]) => letter)
      .join("");
  return elementsOf([...lengths].filter(([letter]) => !kept.includes(letter)).map(([, length]) => length));
}

/** ONNX's Attention: queries times keys, and weights times values; other domains' operators of that name are not read. */
function attention(
  node: NodeProto,
  inputs: readonly (Shape | undefined)[],
  outputs: readonly (Shape | undefined)[],
): number {
  const [q, k] = inputs;
  const y = outputs[0];
  if (!isOperator(node, "Attention") || !q || !k || !y) return 0;
  // 4 axes: [batch, heads, sequence, size]; 3 axes: [batch, sequence, heads * size].
  return (elementsOf(q) + elementsOf(y)) * (k.at(-2) ?? 0);
}
