import type { NodeProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { integerAttribute, integersAttribute, textAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import { isOperator, type Network, nodePlace, operatorName, type PlacedProduct } from "../network/index.ts";
import type { Loss } from "./loss.ts";
import type { TrainableNetwork } from "./network.ts";
import { type Activation, activationStep, activations, addStep, reshapeStep } from "./operators/elementwise.ts";
import { type PoolGeometry, poolStep } from "./operators/pooling.ts";
import { softmaxStep } from "./operators/softmax.ts";
import { productStep } from "./product-step.ts";
import { type DigitalStep, type Step, sizeOfShape } from "./step.ts";

const learned = ["Gemm", "MatMul", "Conv"] as const;
const digital = ["Add", ...activations, "MaxPool", "AveragePool", "Flatten", "Reshape", "Softmax"] as const;
const known = [...learned, ...digital].join(", ");

/**
 * A graph as a network that learns, from the weights that it has: products with constant weights are learned, their biases with them (Gemm's C,
 * Conv's B, or the constant that an Add puts on a product). A Softmax that gives the output belongs to the loss "cross-entropy".
 *
 * @throws InputError naming the first node that has no gradient here
 */
export async function networkOfGraph(network: Network, loss: Loss): Promise<TrainableNetwork> {
  const { file, inner, inputs } = network;
  const { graph, cut } = inner;
  if (inputs.length !== 1) {
    throw inputError({ file, found: `${inputs.length} inputs`, expected: "one, to be trained" });
  }
  const [input] = inputs as [(typeof inputs)[number]];
  const entry = graph.entries[0]!;
  const items = cut.levels.flatMap(({ nodes, products, recurrences }) => {
    const [recurrence] = recurrences;
    if (recurrence) throw refusal(file, recurrence.name, recurrence.operator);
    return [...nodes.map(({ node }) => node), ...products];
  });
  const biases = await biasesOf(items, network);
  const shapes = new Map<string, readonly number[]>([[entry, input.shape]]);
  const steps: Step[] = [];
  for (const item of items) {
    if (!("product" in item)) {
      const [name] = item.output as [string];
      if (biases.taken.has(item)) continue;
      const step = await digitalStep(item, network, shapes);
      steps.push(step);
      shapes.set(name, step.shape);
      continue;
    }
    const added = biases.of.get(item.output);
    const shape = shapes.get(item.input)!;
    const step = productStep(item, shape, added?.bias ?? item.product.bias, added?.name ?? item.output);
    refuseMixed(file, item, shape);
    steps.push(step);
    shapes.set(step.name, step.shape);
  }
  const classes = sizeOfShape(shapes.get(graph.exit)!);
  if (classes < 2) throw inputError({ file, found: `${classes} output for each image`, expected: "scores of classes" });
  const last = steps.at(-1)!;
  // The loss has it, and computes the two together exactly.
  const dropped = loss === "cross-entropy" && last.operator === "Softmax" && last.name === graph.exit;
  return {
    input: { name: entry, shape: input.shape },
    output: dropped ? last.reads[0]! : graph.exit,
    classes,
    loss,
    steps: dropped ? steps.slice(0, -1) : steps,
  };
}

function refusal(file: string, place: string | undefined, operator: string): Error {
  return inputError({ file, place, found: `operator ${operator}`, expected: `for training: ${known}` });
}

/** The batch's axis must come through a product as it went in. */
function refuseMixed(file: string, { layoutOf, output }: PlacedProduct, shape: readonly number[]): void {
  const [images] = layoutOf([1, ...shape]).outputShape;
  if (images === 1) return;
  throw inputError({
    file,
    place: output,
    found: "a product along the batch's axis",
    expected: "one of every image by itself",
  });
}

interface Biases {
  /** By the output of the product that takes it. */
  readonly of: ReadonlyMap<string, { readonly name: string; readonly bias: Float32Array }>;
  /** Nodes that are no step of their own. */
  readonly taken: ReadonlySet<NodeProto>;
}

/** Constants that an Add puts on a product's columns and nobody else sees the product without. */
async function biasesOf(items: readonly (NodeProto | PlacedProduct)[], { inner }: Network): Promise<Biases> {
  const { constant, fold, graph } = inner;
  const of = new Map<string, { name: string; bias: Float32Array }>();
  const taken = new Set<NodeProto>();
  const products = new Map(items.flatMap((item) => ("product" in item ? [[item.output, item] as const] : [])));
  const readers = (name: string): number =>
    items.filter((item) => ("product" in item ? item.input === name : item.input.includes(name))).length;
  for (const item of items) {
    if ("product" in item || !isOperator(item, "Add")) continue;
    const [a, b] = item.input as [string, string];
    const [own, other] = constant.has(b) ? [a, b] : [b, a];
    const placed = products.get(own);
    if (!placed || !constant.has(other) || placed.product.bias || own === graph.exit || readers(own) !== 1) continue;
    const { shape, values } = await fold(other);
    const bias = alongColumns(placed, shape, values);
    if (!bias) continue;
    of.set(own, { name: item.output[0]!, bias });
    taken.add(item);
  }
  return { of, taken };
}

/** A constant as one number a column: the last axis behind a matrix, the channels behind a convolution; null where it is none. */
function alongColumns({ product }: PlacedProduct, shape: readonly number[], values: Float32Array): Float32Array | null {
  const columns = product.groups * product.columns;
  if (values.length === 1) return new Float32Array(columns).fill(values[0]!);
  if (values.length !== columns) return null;
  const axis = shape.indexOf(columns);
  const fits = product.operator === "Conv" ? shape.length >= 3 && axis === shape.length - 3 : axis === shape.length - 1;
  return fits && (product.operator === "Conv" || product.groups === 1) ? values : null;
}

async function digitalStep(
  node: NodeProto,
  { file, inner }: Network,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<DigitalStep> {
  const [reads = ""] = node.input;
  const [name] = node.output as [string];
  const refuse = (found: string, expected: string) =>
    inputError({ file, place: nodePlace(node), found: `${node.opType}: ${found}`, expected });
  if (!isOperator(node, ...digital)) throw refusal(file, nodePlace(node), operatorName(node));
  const operator = node.opType as (typeof digital)[number];
  const shape = shapes.get(reads);
  if (operator === "Add") {
    const [a, b] = node.input.map((input) => shapes.get(input));
    if (!a || !b) throw refuse("a constant that is no bias of a product", "one number a column, right behind it");
    if (a.join() !== b.join()) throw refuse(`${a.join(" x ")} and ${b.join(" x ")}`, "two of one shape");
    return addStep(name, node.input as [string, string], a);
  }
  if (!shape) throw refuse("a constant input", "a tensor that follows from the image");
  switch (operator) {
    case "MaxPool":
    case "AveragePool": {
      if (shape.length < 2 || node.output.length > 1)
        throw refuse("another form", "images x channels x axes, one output");
      const step = poolStep(operator, name, reads, shape, geometryOf(node, shape.length - 1, refuse));
      if (!step) throw refuse(`an input of ${shape.join(" x ")}`, "one as large as the window");
      return step;
    }
    case "Flatten": {
      const axis = integerAttribute(node, "axis", 1);
      if (axis !== 1 && axis !== -shape.length) throw refuse(`axis ${axis}`, "axis 1");
      return reshapeStep(operator, name, reads, [sizeOfShape(shape)]);
    }
    case "Reshape": {
      const asked = node.input[1];
      if (asked === undefined || !inner.constant.has(asked)) throw refuse("a computed shape", "a constant one");
      const { values } = await inner.fold(asked);
      const target = reshaped([1, ...shape], [...values], integerAttribute(node, "allowzero", 0) === 1);
      if (!target) throw refuse(`the shape ${[...values].join(" x ")}`, "one that keeps the batch's axis");
      return reshapeStep(operator, name, reads, target);
    }
    case "Softmax": {
      const opset = Number(
        inner.graph.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")!.version,
      );
      const given = integerAttribute(node, "axis", opset < 13 ? 1 : -1);
      const axis = given < 0 ? given + shape.length + 1 : given;
      // Before opset 13 all axes from there on are one.
      if (axis < 1 || (opset >= 13 && axis !== shape.length)) throw refuse(`axis ${given}`, "the last axis");
      return softmaxStep(name, reads, shape, sizeOfShape(shape.slice(axis - 1)));
    }
    default:
      return activationStep(operator as Activation, name, reads, shape);
  }
}

/** What a Reshape of one image gives, without the batch's axis; null where that axis is lost. */
function reshaped(from: readonly number[], target: readonly number[], zeros: boolean): number[] | null {
  const size = sizeOfShape(from);
  const lengths = target.map((length, axis) => (length === 0 && !zeros ? from[axis]! : length));
  const open = lengths.indexOf(-1);
  const rest = sizeOfShape(lengths.filter((length) => length !== -1));
  // With the batch's axis fixed at several images, one alone says what follows it.
  if (open < 0 && rest !== size) return sizeOfShape(lengths.slice(1)) === size ? lengths.slice(1) : null;
  if (open >= 0) lengths[open] = size / rest;
  return lengths.length > 1 && lengths[0] === 1 && Number.isInteger(size / rest) ? lengths.slice(1) : null;
}

function geometryOf(node: NodeProto, axes: number, refuse: (found: string, expected: string) => Error): PoolGeometry {
  const ones = Array<number>(axes).fill(1);
  const zeros = Array<number>(axes).fill(0);
  const automatic = textAttribute(node, "auto_pad", "NOTSET");
  const given = integersAttribute(node, "pads") ?? [...zeros, ...zeros];
  if (integerAttribute(node, "ceil_mode", 0) === 1) throw refuse("ceil_mode 1", "ceil_mode 0");
  if (given.some((length) => length < 0)) throw refuse("negative pads", "pads from 0");
  const same = automatic === "SAME_UPPER" || automatic === "SAME_LOWER";
  return {
    kernel: integersAttribute(node, "kernel_shape") ?? ones,
    strides: integersAttribute(node, "strides") ?? ones,
    dilations: integersAttribute(node, "dilations") ?? ones,
    pads: same
      ? null
      : automatic === "VALID"
        ? { before: zeros, after: zeros }
        : { before: given.slice(0, axes), after: given.slice(axes) },
    upper: automatic === "SAME_UPPER",
    countsPads: integerAttribute(node, "count_include_pad", 0) === 1,
  };
}
