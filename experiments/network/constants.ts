import { type TensorProto, TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import {
  type ElementType,
  elementTypeNamed,
  isFloatType,
  readFloats,
  tensorShape,
  writeModel,
} from "../../src/ground/formats/onnx.ts";
import { bodiesOf, namedOutput, onnxGraph, onnxModel, onnxNode } from "../../src/ground/formats/onnx-nodes.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { type Ort, type OrtSession, openSession, runSession, UnsupportedType } from "./ort.ts";

// Their outputs differ from run to run although no input does.
const random = new Set([
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Bernoulli",
  "Multinomial",
  "Dropout",
]);

/** A constant tensor as numbers, with the type that it has in the graph. */
export interface Constant {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Names of all tensors that do not depend on the image: initialisers, and outputs of nodes that read nothing else.
 * Covers Transpose, Cast, Reshape, DequantizeLinear and weight norms of weights without naming them.
 */
export function constantNames(graph: Graph): Set<string> {
  const constant = new Set(graph.initializers.keys());
  for (const item of graph.nodes) {
    if (!isConstantNode(item, constant)) continue;
    for (const name of item.node.output) if (name !== "") constant.add(name);
  }
  return constant;
}

function isConstantNode({ node, reads }: GraphNode, constant: ReadonlySet<string>): boolean {
  return reads.every((name) => constant.has(name)) && !isRandom(node);
}

function isRandom(node: GraphNode["node"]): boolean {
  return random.has(node.opType) || bodiesOf(node).some((body) => body.node.some(isRandom));
}

/** What some constants are computed from: the nodes in the graph's order, and the initialisers they read. */
export function ancestorsOf(
  graph: Graph,
  wanted: Iterable<string>,
): { readonly nodes: GraphNode[]; readonly initializers: TensorProto[] } {
  const needed = new Set(wanted);
  const nodes: GraphNode[] = [];
  for (const item of [...graph.nodes].reverse()) {
    if (!item.node.output.some((name) => needed.has(name))) continue;
    for (const name of item.reads) needed.add(name);
    nodes.push(item);
  }
  const initializers = [...needed].flatMap((name) => graph.initializers.get(name) ?? []);
  return { nodes: nodes.reverse(), initializers };
}

/**
 * The value of one constant: read from the file where it is stored as it is used, computed once by ONNX Runtime
 * otherwise.
 */
export async function foldConstant(graph: Graph, ort: Ort, name: string): Promise<Constant> {
  const stored = graph.initializers.get(name);
  if (stored && isFloatType(stored.dataType)) {
    return { type: stored.dataType, shape: tensorShape(stored), values: readFloats(graph.file, stored) };
  }
  const where = { file: graph.file, place: name };
  const { nodes, initializers } = ancestorsOf(graph, [name]);
  const value = `${name} as float32`;
  const cast = onnxNode("Cast", [name], [value], { to: BigInt(TensorProto_DataType.FLOAT) });
  const model = (outputs: ValueInfoProto[]): Uint8Array => {
    const body = onnxGraph("constant", {
      nodes: [...nodes.map(({ node }) => node), cast],
      inputs: [],
      outputs,
      initializers,
    });
    return writeModel(onnxModel(body, graph.irVersion, graph.opsetImport));
  };
  const type = stored?.dataType ?? (await typeOf(ort, model([namedOutput(name)]), where));
  const session = await openSession(ort, model([namedOutput(value)]), "disabled", where);
  const result = (await runSession(session, {}, where))[value]!;
  await session.release();
  return { type, shape: [...result.dims], values: result.data as Float32Array };
}

async function typeOf(ort: Ort, model: Uint8Array, where: { file: string; place: string }): Promise<ElementType> {
  let session: OrtSession;
  try {
    session = await openSession(ort, model, "disabled", where);
  } catch (error) {
    if (error instanceof UnsupportedType) return error.elementType;
    throw error;
  }
  const [metadata] = session.outputMetadata;
  await session.release();
  const type = metadata?.isTensor && metadata.type ? elementTypeNamed(metadata.type) : undefined;
  if (type !== undefined) return type;
  throw inputError({ ...where, found: "a sequence or optional value", expected: "a constant tensor" });
}

/** Refuses weights that no conductance can stand for. */
export function checkFinite(file: string, name: string, values: Float32Array): void {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  throw inputError({ file, place: name, found: `${values[index]} at element ${index}`, expected: "finite weights" });
}
