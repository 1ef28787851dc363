import { TensorProto_DataType } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { type ElementType, elementTypeNamed, writeModel } from "../../src/ground/formats/onnx.ts";
import { namedOutput, onnxGraph, onnxModel, valueInfo } from "../../src/ground/formats/onnx-nodes.ts";
import { ancestorsOf } from "./constants.ts";
import type { CutGraph, PlacedProduct } from "./cut-graph.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { type Ort, type OrtSession, openSession } from "./ort.ts";

/** All digital nodes of one product depth: one session. */
export interface Stage {
  readonly name: string;
  readonly session: OrtSession;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One thing a run does, and the tensors that nothing reads after it. */
export interface Action {
  readonly stage?: Stage;
  readonly product?: PlacedProduct;
  readonly lastUse: readonly string[];
}

/**
 * Orders a cut graph by product depth: the depth of a node is the largest of what it reads, a product's output lies one
 * deeper. Digital nodes of one depth are one session; a depth without any needs none.
 */
export async function scheduleStages(
  graph: Graph,
  cut: CutGraph,
  constant: ReadonlySet<string>,
  ort: Ort,
): Promise<Action[]> {
  const types = new Map<string, ElementType>([[graph.entry, TensorProto_DataType.FLOAT]]);
  for (const { output } of cut.products) types.set(output, TensorProto_DataType.FLOAT);
  const readLater = readersOf(graph, cut);
  const actions: Omit<Action, "lastUse">[] = [];
  for (const [depth, { nodes, products }] of cut.levels.entries()) {
    if (nodes.length > 0) {
      const stage = await buildStage(graph, cut, constant, ort, nodes, `stage ${depth}`, types, readLater);
      actions.push({ stage });
    }
    for (const product of products) actions.push({ product });
  }
  return withLastUses(actions, graph.exit);
}

const isConstant = (cut: CutGraph, constant: ReadonlySet<string>, name: string): boolean =>
  constant.has(name) || cut.addedConstants.has(name);

/** For each tensor the steps that read it; the graph's exit is read by its user. */
function readersOf(graph: Graph, cut: CutGraph): Map<string, Set<GraphNode | PlacedProduct | "user">> {
  const readers = new Map<string, Set<GraphNode | PlacedProduct | "user">>([[graph.exit, new Set(["user"])]]);
  const add = (reader: GraphNode | PlacedProduct, names: readonly string[]): void => {
    for (const name of names) {
      const known = readers.get(name);
      if (known) known.add(reader);
      else readers.set(name, new Set([reader]));
    }
  };
  for (const item of cut.nodes) add(item, item.reads);
  for (const product of cut.products) add(product, [product.input]);
  return readers;
}

async function buildStage(
  graph: Graph,
  cut: CutGraph,
  constant: ReadonlySet<string>,
  ort: Ort,
  nodes: readonly GraphNode[],
  name: string,
  types: Map<string, ElementType>,
  readers: ReadonlyMap<string, ReadonlySet<GraphNode | PlacedProduct | "user">>,
): Promise<Stage> {
  const members = new Set<GraphNode | PlacedProduct | "user">(nodes);
  const made = new Set(nodes.flatMap(({ node }) => node.output.filter((output) => output !== "")));
  const reads = new Set(nodes.flatMap((item) => item.reads));
  const inputs = [...reads].filter((read) => !made.has(read) && !isConstant(cut, constant, read));
  const outputs = [...made].filter((output) => [...(readers.get(output) ?? [])].some((reader) => !members.has(reader)));
  const { nodes: before, initializers } = ancestorsOf(
    graph,
    [...reads].filter((read) => constant.has(read)),
  );
  const added = [...reads].flatMap((read) => cut.addedConstants.get(read) ?? []);
  const body = onnxGraph(name, {
    nodes: [...before, ...nodes].map(({ node }) => node),
    inputs: inputs.map((input) => valueInfo(input, types.get(input)!)),
    outputs: outputs.map(namedOutput),
    initializers: [...initializers, ...added],
  });
  const model = writeModel(onnxModel(body, graph.irVersion, graph.opsetImport));
  const where = { file: graph.file, place: `${name} (${outputs.join(", ")})` };
  const session = await openSession(ort, model, "all", where);
  for (const { name: output, isTensor, type } of session.outputMetadata) {
    const element = isTensor && type !== undefined ? elementTypeNamed(type) : undefined;
    if (element === undefined) {
      const found = "a sequence or optional value that crosses a product";
      throw inputError({ file: graph.file, place: output, found, expected: "tensors between products" });
    }
    types.set(output, element);
  }
  return { name, session, inputs, outputs };
}

function withLastUses(actions: readonly Omit<Action, "lastUse">[], exit: string): Action[] {
  const seen = new Set([exit]);
  const reversed = [...actions].reverse().map((action) => {
    const reads = action.stage ? action.stage.inputs : [action.product!.input];
    const lastUse = reads.filter((name) => !seen.has(name));
    for (const name of reads) seen.add(name);
    return { ...action, lastUse };
  });
  return reversed.reverse();
}
