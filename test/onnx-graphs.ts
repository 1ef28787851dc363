import { clone, create } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  TensorProtoSchema,
} from "onnx-buf";
import * as ort from "onnxruntime-web";
import { readVectors, type Vectors } from "../circuits/index.ts";
import { type Network, type Product, readNetwork } from "../experiments/network/partition.ts";
import { writeModel } from "../src/ground/formats/onnx.ts";
import {
  floatTensor,
  integerTensor,
  onnxNode as node,
  onnxGraph,
  onnxModel,
  rawTensor,
  valueInfo,
} from "../src/ground/formats/onnx-nodes.ts";

ort.env.wasm.numThreads = 1;

export { floatTensor, integerTensor, node, ort, rawTensor, valueInfo };

/** Numbers from -1 to 1 in a fixed order of their own for every seed (a linear congruence modulo 2^31 - 1). */
export function numbers(count: number, seed = 1, scale = 1): Float32Array {
  let state = (seed * 2654435761) % 2147483647 || 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return scale * ((2 * state) / 2147483647 - 1);
  });
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** A float32 weight whose values follow from its name. */
export function weight(name: string, shape: readonly number[], scale = 1): TensorProto {
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
  return floatTensor(name, shape, numbers(elements(shape), seed, scale));
}

export interface GraphText {
  readonly nodes: readonly NodeProto[];
  /** The axes of "x", a word or null where open. */
  readonly input: readonly (number | string | null)[];
  readonly tensors?: readonly TensorProto[];
  readonly inputType?: number;
  readonly outputType?: number;
  readonly opset?: number;
  readonly domains?: readonly { readonly domain: string; readonly version: bigint }[];
}

/** A model from "x" to "y". */
export function modelOf({
  nodes,
  input,
  tensors = [],
  inputType = 1,
  outputType = 1,
  opset = 17,
  domains = [],
}: GraphText): ModelProto & { graph: GraphProto } {
  const graph = onnxGraph("test", {
    nodes,
    inputs: [valueInfo("x", inputType, input)],
    outputs: [valueInfo("y", outputType)],
    // Tests share tensors and change models.
    initializers: tensors.map((tensor) => clone(TensorProtoSchema, tensor)),
  });
  const imports = [{ domain: "", version: BigInt(opset) }, ...domains];
  return onnxModel(graph, opset > 22 ? 11n : 8n, imports) as ModelProto & { graph: GraphProto };
}

export const bytesOf = (text: GraphText): Uint8Array => writeModel(modelOf(text));

/** A body of If, Loop or Scan. */
export function body(
  nodes: readonly NodeProto[],
  inputs: readonly ReturnType<typeof valueInfo>[],
  outputs: readonly ReturnType<typeof valueInfo>[],
  initializer: readonly TensorProto[] = [],
): GraphProto {
  return create(GraphProtoSchema, {
    name: "body",
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: [...initializer],
  });
}

export const exact =
  (network: Network) =>
  (index: number, inputs: Vectors, vectors: number): Float32Array =>
    exactMultiply(network.products[index]!, inputs, vectors);

/** The file as it is, run by ONNX Runtime without any of our code: the oracle. */
export async function oracle(bytes: Uint8Array, feeds: Record<string, ort.Tensor>): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  const result = await session.run(feeds);
  const { data } = result[session.outputNames[0]!]!;
  await session.release();
  return Float32Array.from(data as Float32Array);
}

/** Largest difference of two results in units of the largest number, 1 at least. */
export function difference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!) / largest), 0);
}

export interface Comparison {
  readonly network: Network;
  /** Largest difference of the cut graph and of our whole graph from the oracle. */
  readonly cut: number;
  readonly whole: number;
}

/** All of a product's inputs, [group][vector][row]. */
export function allVectors(inputs: Vectors, { groups, rows }: Product, vectors: number): Float32Array {
  const all = new Float32Array(groups * vectors * rows);
  for (let group = 0; group < groups; group++) {
    const ofGroup = all.subarray(group * vectors * rows, (group + 1) * vectors * rows);
    readVectors(null, inputs, vectors, rows, group, 0, vectors, ofGroup);
  }
  return all;
}

/** The plain product summed in float64, without bias: what `run` gives with it is the network's own result, to rounding. */
export function exactMultiply(product: Product, inputs: Vectors, vectors: number): Float32Array {
  const { groups, rows, columns, weights } = product;
  const x = allVectors(inputs, product, vectors);
  const results = new Float32Array(groups * vectors * columns);
  const sums = new Float64Array(columns);
  for (let v = 0; v < groups * vectors; v++) {
    const matrix = weights[Math.floor(v / vectors)]!;
    sums.fill(0);
    for (let row = 0; row < rows; row++) {
      const input = x[v * rows + row]!;
      for (let column = 0, w = row * columns; column < columns; column++, w++) sums[column]! += input * matrix[w]!;
    }
    results.set(sums, v * columns);
  }
  return results;
}

/**
 * Runs a model cut with exact products, whole, and by the oracle.
 *
 * @param shape  of all images together as the oracle is given them: [count, ...] for graphs with a batch axis
 * @param images  how many, where axis 0 of `shape` does not say it
 */
export async function compare(
  bytes: Uint8Array,
  shape: readonly number[],
  images = shape[0]!,
  seed = 5,
): Promise<Comparison> {
  const network = await readNetwork("test.onnx", bytes, ort);
  const data = numbers(elements(shape), seed);
  const expected = await oracle(bytes, { x: new ort.Tensor("float32", data, shape) });
  const cut = difference(await network.run(data, images, exact(network)), expected);
  const whole = difference(await network.runWhole(data, images), expected);
  await network.close();
  return { network, cut, whole };
}

/** float32 rounding in sums of up to some hundred products of numbers below 1. */
export const tolerance = 1e-5;
