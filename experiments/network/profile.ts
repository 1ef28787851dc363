import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { bodiesOf } from "../../src/ground/formats/onnx-nodes.ts";
import { imageSize, inputNames } from "./boundary.ts";
import { type CutGraph, gatesName, type Product } from "./cut-graph.ts";
import { operatorName } from "./graph.ts";
import type { Network } from "./partition.ts";
import { type Seen, showTensors } from "./seen-tensors.ts";
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
  const tensors = await showTensors(graph, cut, ort, lanes.feeds(ort, image, 1)[0]!);
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
