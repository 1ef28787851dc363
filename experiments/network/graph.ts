import type { GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { bodiesOf, floatTensor, integerTensor, tensorAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import type { Boundary } from "./boundary.ts";
import { nodePlace } from "./refusals.ts";

/** A node with every name that it reads, those that its bodies take from outside included. */
export interface GraphNode {
  readonly node: NodeProto;
  readonly reads: readonly string[];
  /** Added by us (a Cast at the edge), not the user's operator. */
  readonly helper: boolean;
}

/** The part of a model that its output depends on, every node after those it reads. */
export interface Graph {
  readonly file: string;
  readonly irVersion: bigint;
  readonly opsetImport: readonly OperatorSetIdProto[];
  /** float32 tensors that go in and the one that comes out. */
  readonly entries: readonly string[];
  readonly exit: string;
  /** Initialisers and the values of Constant nodes, by name. */
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly nodes: readonly GraphNode[];
}

/**
 * Sorts, prunes and reads the Constant nodes of a model whose edge is open and whose functions are inlined.
 *
 * @param helpers  nodes that are not the user's, beside those of the boundary
 */
export function buildGraph(
  file: string,
  model: ModelProto & { graph: GraphProto },
  boundary: Boundary,
  helpers: ReadonlySet<NodeProto>,
): Graph {
  const initializers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const nodes: GraphNode[] = [];
  for (const node of model.graph.node) {
    const value = constantOf(node);
    if (value) initializers.set(value.name, value);
    else nodes.push({ node, reads: namesRead(node), helper: boundary.casts.has(node) || helpers.has(node) });
  }
  const entries = boundary.inputs.map(({ entry }) => entry);
  const sorted = sort(file, nodes, new Set([...entries, ...initializers.keys()]));
  if (!sorted.some(({ node }) => node.output.includes(boundary.exit))) {
    const found = "an output that no node gives";
    throw inputError({ file, place: boundary.exit, found, expected: "scores that the graph computes" });
  }
  return {
    file,
    irVersion: model.irVersion,
    opsetImport: model.opsetImport,
    entries,
    exit: boundary.exit,
    initializers,
    nodes: prune(sorted, boundary.exit),
  };
}

/** Node names may be empty, so repeated ones become empty: the runtime refuses two of a name. */
export function clearRepeatedNames(graph: GraphProto): void {
  const seen = new Set<string>();
  for (const node of graph.node) {
    if (seen.has(node.name)) node.name = "";
    seen.add(node.name);
  }
}

/** The tensor that a Constant node holds; undefined for other nodes and for strings. */
function constantOf(node: NodeProto): TensorProto | undefined {
  if (node.opType !== "Constant" || node.domain !== "") return undefined;
  const name = node.output[0]!;
  const held = tensorAttribute(node, "value");
  if (held) {
    held.name = name;
    return held;
  }
  const attribute = node.attribute.find((candidate) => candidate.name.startsWith("value_"));
  switch (attribute?.name) {
    case "value_float":
      return floatTensor(name, [], [attribute.f]);
    case "value_floats":
      return floatTensor(name, [attribute.floats.length], attribute.floats);
    case "value_int":
      return integerTensor(name, [], [Number(attribute.i)]);
    case "value_ints":
      return integerTensor(name, [attribute.ints.length], attribute.ints.map(Number));
    default:
      return undefined;
  }
}

/** All names a node reads, once each; what bodies define themselves is not among them. */
function namesRead(node: NodeProto): string[] {
  const read = new Set(node.input.filter((name) => name !== ""));
  for (const body of bodiesOf(node)) for (const name of namesCaptured(body)) read.add(name);
  return [...read];
}

function namesCaptured(body: GraphProto): Set<string> {
  const own = new Set<string>([
    ...body.input.map(({ name }) => name),
    ...body.initializer.map(({ name }) => name),
    ...body.node.flatMap((node) => node.output),
  ]);
  const read = [...body.node.flatMap(namesRead), ...body.output.map(({ name }) => name)];
  return new Set(read.filter((name) => !own.has(name)));
}

/** Topological order; ONNX Runtime accepts unsorted graphs, product depth needs sorted ones. */
function sort(file: string, nodes: readonly GraphNode[], known: ReadonlySet<string>): GraphNode[] {
  const ready = new Set(known);
  const waiting = new Map<string, GraphNode[]>();
  const missing = new Map<GraphNode, number>();
  const sorted: GraphNode[] = [];
  const queue: GraphNode[] = [];
  const give = (name: string): void => {
    ready.add(name);
    for (const reader of waiting.get(name) ?? []) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) queue.push(reader);
    }
  };
  for (const item of nodes) {
    const unmet = item.reads.filter((name) => !ready.has(name));
    missing.set(item, unmet.length);
    for (const name of unmet) waiting.set(name, [...(waiting.get(name) ?? []), item]);
    if (unmet.length === 0) queue.push(item);
    while (queue.length > 0) {
      const next = queue.shift()!;
      sorted.push(next);
      for (const name of next.node.output) if (name !== "") give(name);
    }
  }
  const stuck = nodes.find((item) => missing.get(item)! > 0);
  if (stuck) {
    const given = new Set(nodes.flatMap(({ node }) => node.output));
    const lost = nodes.find(({ reads }) => reads.some((read) => !ready.has(read) && !given.has(read)));
    const { node, reads } = lost ?? stuck;
    const name = reads.find((read) => !ready.has(read) && !(lost && given.has(read)));
    const found = `${node.opType} reads "${name}", which nothing gives${lost ? "" : " before it"}`;
    const expected = lost ? "the name of an input, a weight or a node's output" : "a graph without loops";
    throw inputError({ file, place: nodePlace(node), found, expected });
  }
  return sorted;
}

function prune(sorted: readonly GraphNode[], exit: string): GraphNode[] {
  const needed = new Set([exit]);
  const kept: GraphNode[] = [];
  for (const item of [...sorted].reverse()) {
    if (!item.node.output.some((name) => needed.has(name))) continue;
    for (const name of item.reads) needed.add(name);
    kept.push(item);
  }
  return kept.reverse();
}

/** "Gemm", or "com.microsoft.Gelu" outside ONNX's own domain. */
export function operatorName(node: NodeProto): string {
  return node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}.${node.opType}`;
}

/** True for an operator of ONNX's own domain. */
export function isOperator(node: NodeProto, ...types: readonly string[]): boolean {
  return (node.domain === "" || node.domain === "ai.onnx") && types.includes(node.opType);
}
