import type { NodeProto } from "onnx-buf";
import { elementTypeName } from "../../src/ground/formats/onnx.ts";
import { integerAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import type { Constant } from "./constants.ts";
import { type Graph, isOperator } from "./graph.ts";

/** Operators between a DequantizeLinear and a product that make no number larger. */
const handingOn = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "MaxPool", "Relu", "Dropout"];

const UINT8 = 2;

/**
 * Finds the largest magnitude that a QuantizeLinear and DequantizeLinear pair before a tensor lets through: its scale times
 * the codes between its zero point and the farther end of its type. A code without a counterpart (-128 of int8) is left out,
 * so that int8 with zero point 0 gives 127 scales, an 8-bit converter's own grid.
 *
 * @param fold  gives the value of a constant
 * @returns for the name of a tensor; null where no such pair with one scale for all stands there
 */
export function quantizedFullScales(
  graph: Graph,
  constant: ReadonlySet<string>,
  fold: (name: string) => Promise<Constant>,
): (tensor: string) => Promise<number | null> {
  const makers = new Map<string, NodeProto>();
  for (const { node } of graph.nodes) for (const output of node.output) makers.set(output, node);
  const single = async (name: string): Promise<Constant | null> => {
    if (!constant.has(name)) return null;
    const value = await fold(name);
    return value.values.length === 1 ? value : null;
  };
  return async (tensor) => {
    let node = makers.get(tensor);
    while (node && isOperator(node, ...handingOn)) node = makers.get(node.input[0]!);
    if (!node || !isOperator(node, "DequantizeLinear")) return null;
    const quantize = makers.get(node.input[0]!);
    if (!quantize || !isOperator(quantize, "QuantizeLinear")) return null;
    const scale = await single(node.input[1]!);
    const zeroName = node.input[2] ?? "";
    const zero = zeroName === "" ? null : await single(zeroName);
    if (!scale || (zeroName !== "" && !zero)) return null;
    const type = zero?.type ?? (integerAttribute(quantize, "output_dtype", 0) || UINT8);
    const codes = /^(u?)int(\d+)$/.exec(elementTypeName(type));
    if (!codes) return null;
    const count = 2 ** Number(codes[2]);
    const lowest = codes[1] === "u" ? 0 : -count / 2;
    const centre = zero?.values[0] ?? 0;
    const [below, above] = [centre - lowest, lowest + count - 1 - centre];
    return Math.abs(scale.values[0]!) * Math.max(above, below - 1);
  };
}
