import { type GraphProto, type NodeProto, TensorProto_DataType } from "onnx-buf";
import { integerAttribute, onnxNode, tensorAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import { isOperator } from "./graph.ts";
import { nodePlace } from "./refusals.ts";

const { FLOAT, DOUBLE } = TensorProto_DataType;
const inner = " inside";

/**
 * Brings recurrent nodes of the main graph into the one form that ONNX Runtime computes: time before images (layout 0)
 * and, where W is stored in double precision, float32; both by nodes around them.
 *
 * @returns the added nodes
 */
export function runRecurrentNodes(graph: GraphProto): ReadonlySet<NodeProto> {
  const added = new Set<NodeProto>();
  const doubles = new Set(doubleTensors(graph));
  graph.node = graph.node.flatMap((node) => {
    if (!isOperator(node, "LSTM", "GRU", "RNN")) return [node];
    const before: NodeProto[] = [];
    const after: NodeProto[] = [];
    if (integerAttribute(node, "layout", 0) === 1) turn(node, before, after);
    if (doubles.has(node.input[1] ?? "")) narrow(node, before, after);
    for (const item of [...before, ...after]) added.add(item);
    return [...before, node, ...after];
  });
  return added;
}

/** What the user calls a node: its first output, as the file has it. */
export function ownPlace(node: NodeProto): string {
  return (nodePlace(node) ?? node.opType).replaceAll(inner, "");
}

function doubleTensors(graph: GraphProto): string[] {
  const stored = graph.initializer.filter(({ dataType }) => dataType === DOUBLE).map(({ name }) => name);
  const constants = graph.node.filter((node) => tensorAttribute(node, "value")?.dataType === DOUBLE);
  return [...stored, ...constants.map(({ output }) => output[0]!)];
}

/** X and both initial states, and all outputs, have images before time in layout 1. */
function turn(node: NodeProto, before: NodeProto[], after: NodeProto[]): void {
  node.attribute = node.attribute.filter(({ name }) => name !== "layout");
  const swap = [1n, 0n, 2n];
  for (const position of [0, 5, 6]) wrapInput(node, position, before, "Transpose", { perm: swap });
  for (const position of node.output.keys()) {
    wrapOutput(node, position, after, "Transpose", { perm: position === 0 ? [2n, 0n, 1n, 3n] : swap });
  }
}

function narrow(node: NodeProto, before: NodeProto[], after: NodeProto[]): void {
  // Input 4 counts steps.
  for (const position of [0, 1, 2, 3, 5, 6, 7]) wrapInput(node, position, before, "Cast", { to: BigInt(FLOAT) });
  for (const position of node.output.keys()) wrapOutput(node, position, after, "Cast", { to: BigInt(DOUBLE) });
}

type Attributes = Parameters<typeof onnxNode>[3];

function wrapInput(
  node: NodeProto,
  position: number,
  before: NodeProto[],
  operator: string,
  attributes: Attributes,
): void {
  const name = node.input[position] ?? "";
  if (name === "") return;
  const wrapped = `${ownPlace(node)} input ${position} ${operator}`;
  before.push(onnxNode(operator, [name], [wrapped], attributes));
  node.input[position] = wrapped;
}

function wrapOutput(
  node: NodeProto,
  position: number,
  after: NodeProto[],
  operator: string,
  attributes: Attributes,
): void {
  const name = node.output[position]!;
  if (name === "") return;
  const inside = `${name}${inner}`;
  after.unshift(onnxNode(operator, [inside], [name], attributes));
  node.output[position] = inside;
}
