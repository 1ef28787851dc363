import type { ModelProto, ValueInfoProto } from "onnx-buf";
import { InputError } from "../../src/ground/errors.ts";
import { writeModel } from "../../src/ground/formats/onnx.ts";
import { namedOutput, onnxGraph, onnxModel } from "../../src/ground/formats/onnx-nodes.ts";
import { type Graph, operatorName } from "./graph.ts";
import { type FailingNode, type Feeds, type Ort, openSession, runSession, UnsupportedType } from "./ort.ts";
import { ownPlace } from "./recurrent-forms.ts";

/**
 * The node at which ONNX Runtime fails, which its message often does not name: the first one, in the graph's order, up to which
 * the graph does not open, or does not run on these feeds. Undefined where all of it does.
 *
 * @param inputs  the graph's inputs with their shapes
 * @param feeds  null: the graph is opened only
 */
export async function failingNode(
  graph: Graph,
  inputs: readonly ValueInfoProto[],
  ort: Ort,
  feeds: Feeds | null,
): Promise<FailingNode | undefined> {
  // The first `works` nodes do, the first `fails` do not.
  let [works, fails] = [0, graph.nodes.length];
  if (!(await failsUpTo(graph, inputs, ort, feeds, fails))) return undefined;
  while (fails - works > 1) {
    const middle = (works + fails) >> 1;
    if (await failsUpTo(graph, inputs, ort, feeds, middle)) fails = middle;
    else works = middle;
  }
  const { node } = graph.nodes[fails - 1]!;
  return { place: ownPlace(node), operator: operatorName(node) };
}

async function failsUpTo(
  graph: Graph,
  inputs: readonly ValueInfoProto[],
  ort: Ort,
  feeds: Feeds | null,
  count: number,
): Promise<boolean> {
  const where = { file: graph.file };
  try {
    const session = await openSession(ort, writeModel(prefixOf(graph, inputs, count)), "disabled", where);
    const tensors = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
    try {
      if (feeds && tensors.length > 0) await runSession(session, feeds, where, tensors);
    } finally {
      await session.release();
    }
    return false;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The nodes are well; their last tensor cannot be shown.
    return !(error instanceof UnsupportedType);
  }
}

function prefixOf(graph: Graph, inputs: readonly ValueInfoProto[], count: number): ModelProto {
  const nodes = graph.nodes.slice(0, count);
  const read = new Set(nodes.flatMap(({ reads }) => reads));
  const outputs = nodes.at(-1)!.node.output.filter((name) => name !== "");
  const body = onnxGraph("prefix", {
    nodes: nodes.map(({ node }) => node),
    inputs,
    outputs: outputs.map(namedOutput),
    initializers: [...graph.initializers.values()].filter(({ name }) => read.has(name)),
  });
  return onnxModel(body, graph.irVersion, graph.opsetImport);
}
