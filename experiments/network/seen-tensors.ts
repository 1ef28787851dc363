import { elementBits, elementTypeName, tensorShape, writeModel } from "../../src/ground/formats/onnx.ts";
import { integerAttribute, namedOutput, onnxGraph, onnxModel, valueInfo } from "../../src/ground/formats/onnx-nodes.ts";
import type { CutGraph } from "./cut-graph.ts";
import type { Graph } from "./graph.ts";
import { type Feeds, type Ort, openSession, runSession } from "./ort.ts";
import type { Shape } from "./work.ts";

/** What one image makes of a tensor. */
export interface Seen {
  readonly shape: Shape;
  /** Of one element. */
  readonly bytes: number;
}

/** Shapes and element sizes of all tensors of the graph, constants and those of the cut graph included, from one run of the whole. */
export async function showTensors(graph: Graph, cut: CutGraph, ort: Ort, feeds: Feeds): Promise<Map<string, Seen>> {
  const names = graph.nodes.flatMap(({ node }) => node.output.filter((name) => name !== ""));
  const body = onnxGraph("profile", {
    nodes: graph.nodes.map(({ node }) => node),
    inputs: graph.entries.map((entry) => valueInfo(entry, 1, openAxes(feeds[entry]!.dims))),
    outputs: names.map(namedOutput),
    initializers: [...graph.initializers.values()],
  });
  const where = { file: graph.file };
  const model = writeModel(onnxModel(body, graph.irVersion, graph.opsetImport));
  const session = await openSession(ort, model, "disabled", where);
  const shown = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  const results = await runSession(session, feeds, where, shown);
  await session.release();

  const seen = new Map<string, Seen>();
  for (const [entry, { dims }] of Object.entries(feeds)) seen.set(entry, { shape: dims, bytes: 4 });
  for (const tensor of graph.initializers.values()) {
    seen.set(tensor.name, { shape: tensorShape(tensor), bytes: bytesOf(elementTypeName(tensor.dataType)) });
  }
  for (const [name, { dims, type }] of Object.entries(results)) seen.set(name, { shape: dims, bytes: bytesOf(type) });
  nameCutTensors(seen, cut);
  return seen;
}

/** Axes of any length, as many: what a Scan must know of its inputs. */
export function openAxes(shape: Shape): null[] {
  return shape.map(() => null);
}

/** "float32" is 4 bytes, "int4" one half, a word one. */
function bytesOf(type: string): number {
  return (elementBits(type) ?? 8) / 8;
}

/** Tensors that only the cut graph has lie between a product's input or output and a Cast or Add: the same shapes. */
function nameCutTensors(tensors: Map<string, Seen>, cut: CutGraph): void {
  for (const { product, output } of cut.levels.flatMap(({ products }) => products)) {
    const named = tensors.get(product.name);
    if (named && !tensors.has(output)) tensors.set(output, { shape: named.shape, bytes: 4 });
  }
  for (const { node } of cut.nodes) {
    const read = tensors.get(node.input[0]!);
    const made = node.output[0]!;
    if (tensors.has(made) || !read) continue;
    const type = integerAttribute(node, "to", 0);
    tensors.set(made, type === 0 ? read : { shape: read.shape, bytes: bytesOf(elementTypeName(type)) });
  }
}
