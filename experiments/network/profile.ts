import { inputError } from "../../src/ground/errors.ts";
import { elementBits, elementsOf, elementTypeName, tensorShape, writeModel } from "../../src/ground/formats/onnx.ts";
import {
  bodiesOf,
  integerAttribute,
  namedOutput,
  onnxGraph,
  onnxModel,
  valueInfo,
} from "../../src/ground/formats/onnx-nodes.ts";
import { imageSize, inputNames } from "./boundary.ts";
import { type CutGraph, gatesName, type Product } from "./cut-graph.ts";
import { type Graph, operatorName } from "./graph.ts";
import { type Feeds, type Ort, openSession, runSession } from "./ort.ts";
import type { Network } from "./partition.ts";
import { type Shape, workOf } from "./work.ts";

/** Digital work of one operator for one image. */
export interface DigitalWork {
  readonly operator: string;
  /** Nodes of it; for the gates of a recurrent node, one a step, direction and phase. */
  readonly count: number;
  /** Elements read (constants included) and written. */
  readonly inputs: number;
  readonly outputs: number;
  /** Arithmetic apart from multiply-accumulates: an output element of an elementwise operator is one. */
  readonly operations: number;
  readonly macs: number;
  /** Read and written, in the types of the tensors; none for operators that only name a tensor anew. */
  readonly bytes: number;
}

/** What one image makes the network do. */
export interface Profile {
  /** Vectors of each product, for each of its groups: 576 for a 5 x 5 convolution of 28 x 28. */
  readonly products: readonly number[];
  /** How often each product is called for them: once a step where it multiplies a recurrent state. */
  readonly calls: readonly number[];
  /** By operator, in the graph's order. The bias of products is not among them. */
  readonly digital: readonly DigitalWork[];
  /** Multiply-accumulates of one inference. */
  readonly macs: { readonly analog: number; readonly digital: number };
  readonly warnings: readonly string[];
}

// A view of what is there already moves nothing.
const views = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Shape", "Size"]);

/**
 * Runs one image with every intermediate tensor shown, and counts the work of products and digital operators.
 *
 * @param image  [...shape]
 */
export async function profileNetwork(network: Network, image: Float32Array): Promise<Profile> {
  const { graph, cut, lanes, ort } = network.inner;
  const size = imageSize(network.inputs);
  if (image.length < size) {
    throw inputError({
      file: network.file,
      place: inputNames(network.inputs),
      found: `${image.length} numbers`,
      expected: `${size} for an image`,
    });
  }
  const tensors = await showTensors(graph, ort, lanes.feeds(ort, image, 1)[0]!);
  nameCutTensors(tensors, cut);
  const uses = usesOf(cut, tensors);
  const products = cut.products.map((product) => uses.get(product)!.vectors);
  const calls = cut.products.map((product) => uses.get(product)!.calls);
  const digital = [...digitalWork(cut, tensors), ...gateWork(cut, tensors)];
  const analog = cut.products.reduce(
    (sum, { groups, rows, columns }, index) => sum + groups * rows * columns * products[index]!,
    0,
  );
  const macs = { analog, digital: digital.reduce((sum, work) => sum + work.macs, 0) };
  return { products, calls, digital, macs, warnings: bodyWarnings(cut) };
}

function usesOf(
  { levels }: CutGraph,
  tensors: ReadonlyMap<string, Seen>,
): Map<Product, { readonly vectors: number; readonly calls: number }> {
  const uses = new Map<Product, { readonly vectors: number; readonly calls: number }>();
  for (const { product, input, layoutOf } of levels.flatMap(({ products }) => products)) {
    uses.set(product, { vectors: layoutOf(tensors.get(input)!.shape).vectors, calls: 1 });
  }
  for (const { input, directions } of levels.flatMap(({ recurrences }) => recurrences)) {
    const [steps, images] = tensors.get(input)!.shape as [number, number];
    for (const product of directions.flatMap((direction) => direction.products)) {
      uses.set(product, { vectors: steps * images, calls: steps });
    }
  }
  return uses;
}

interface Seen {
  readonly shape: Shape;
  /** Of one element. */
  readonly bytes: number;
}

/** Shapes and element sizes of all tensors of the graph, constants included, from one run of the whole of it. */
async function showTensors(graph: Graph, ort: Ort, feeds: Feeds): Promise<Map<string, Seen>> {
  const names = graph.nodes.flatMap(({ node }) => node.output.filter((name) => name !== ""));
  const body = onnxGraph("profile", {
    nodes: graph.nodes.map(({ node }) => node),
    inputs: graph.entries.map((entry) => valueInfo(entry, 1)),
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
  return seen;
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

function digitalWork(cut: CutGraph, tensors: ReadonlyMap<string, Seen>): DigitalWork[] {
  const works = new Map<string, DigitalWork>();
  for (const { node, reads, helper } of cut.nodes) {
    if (helper) continue;
    const operator = operatorName(node);
    const shapes = (names: readonly string[]): (Shape | undefined)[] => names.map((name) => tensors.get(name)?.shape);
    const work = workOf(node, shapes(node.input), shapes(node.output));
    const read = total(reads, tensors);
    const written = total(node.output, tensors);
    const before = works.get(operator);
    works.set(operator, {
      operator,
      count: (before?.count ?? 0) + 1,
      inputs: (before?.inputs ?? 0) + read.elements,
      outputs: (before?.outputs ?? 0) + written.elements,
      operations: (before?.operations ?? 0) + work.operations,
      macs: (before?.macs ?? 0) + work.macs,
      bytes: (before?.bytes ?? 0) + (views.has(node.opType) ? 0 : read.bytes + written.bytes),
    });
  }
  return [...works.values()];
}

/** Gates of recurrent nodes: what a step does for one unit of the state, times units, steps and directions; float32. */
function gateWork({ levels }: CutGraph, tensors: ReadonlyMap<string, Seen>): DigitalWork[] {
  const works = new Map<string, DigitalWork>();
  for (const { operator, input, hidden, directions } of levels.flatMap(({ recurrences }) => recurrences)) {
    const [steps, images] = tensors.get(input)!.shape as [number, number];
    const units = steps * images * hidden;
    const name = gatesName(operator);
    for (const { read, written, operations } of directions.flatMap(({ cell }) => cell.phases)) {
      const before = works.get(name);
      works.set(name, {
        operator: name,
        count: (before?.count ?? 0) + steps,
        inputs: (before?.inputs ?? 0) + units * read,
        outputs: (before?.outputs ?? 0) + units * written,
        operations: (before?.operations ?? 0) + units * operations,
        macs: 0,
        bytes: (before?.bytes ?? 0) + 4 * units * (read + written),
      });
    }
  }
  return [...works.values()];
}

function total(names: readonly string[], tensors: ReadonlyMap<string, Seen>): { elements: number; bytes: number } {
  let [elements, bytes] = [0, 0];
  for (const name of names) {
    const seen = tensors.get(name);
    if (!seen) continue;
    elements += elementsOf(seen.shape);
    bytes += elementsOf(seen.shape) * seen.bytes;
  }
  return { elements, bytes };
}

function bodyWarnings(cut: CutGraph): string[] {
  const holders = cut.nodes.filter(({ node }) => bodiesOf(node).length > 0).map(({ node }) => operatorName(node));
  return holders.length > 0 ? [`work inside ${[...new Set(holders)].join(", ")} is not counted`] : [];
}
