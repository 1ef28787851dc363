import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { elementsOf, isFloatType } from "../../src/ground/formats/onnx.ts";
import {
  bodiesOf,
  floatAttribute,
  floatTensor,
  integerAttribute,
  integerTensor,
  onnxNode,
} from "../../src/ground/formats/onnx-nodes.ts";
import { type Constant, checkFinite } from "./constants.ts";
import { convolutionProduct } from "./convolution.ts";
import { type CutGraph, Depths, type Product, type ProductOperator } from "./cut-graph.ts";
import { type Graph, type GraphNode, isOperator } from "./graph.ts";
import { remembered } from "./layout.ts";
import { type MatrixProduct, matrixProduct } from "./matrix.ts";
import { hasRecurrentWeights } from "./recurrent-node.ts";
import { cutRecurrent } from "./recurrent-products.ts";
import { nodePlace } from "./refusals.ts";

/**
 * Takes every Gemm, MatMul, Conv, LSTM, GRU and RNN with constant float weights out of the graph. What a product does not
 * do itself (a computed or row-wise C of Gemm, a computed bias of Conv, Casts around 16- and 64-bit types) becomes nodes.
 *
 * @param constant  names of constant tensors
 * @param fold  gives the value of one of them
 */
export async function cutProducts(
  graph: Graph,
  constant: ReadonlySet<string>,
  fold: (name: string) => Promise<Constant>,
): Promise<CutGraph> {
  const addedConstants = new Map<string, TensorProto>();
  const depths = new Depths(graph.entries);
  const taken = new Set([
    ...graph.entries,
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ node }) => node.output),
  ]);
  for (const item of graph.nodes) {
    const { node } = item;
    if (node.output.every((name) => name === "" || constant.has(name))) continue;
    for (const body of bodiesOf(node)) refuseProducts(graph.file, node, body, constant);
    if (hasRecurrentWeights(node, constant)) {
      await cutRecurrent(node, { file: graph.file, constant, fold, depths, taken });
      continue;
    }
    const operands = operandsOf(node, constant);
    const weights = operands && (await fold(operands.weights));
    if (!operands || !weights || !isFloatType(weights.type) || elementsOf(weights.shape) === 0) {
      depths.addNode(item);
      continue;
    }
    checkFinite(graph.file, operands.weights, weights.values);
    const addend = operands.addend !== "" && constant.has(operands.addend) ? await fold(operands.addend) : null;
    if (addend) checkFinite(graph.file, operands.addend, addend.values);
    const matrix = formOf(node, operands, weights, { file: graph.file, place: node.output[0]! });
    const bias = addend && biasOf(node, operands, addend, matrix);
    const { input, output, before, after } = surround(node, operands, weights, bias !== null, addedConstants);
    for (const added of before) depths.addNode(added);
    depths.addProduct((level) => {
      const { groups, rows, columns } = matrix;
      const named = { name: node.output[0]!, operator: node.opType as ProductOperator, level };
      const product: Product = { ...named, groups, rows, columns, weights: matrix.weights, bias };
      return { product, input, output, layoutOf: remembered(matrix.layoutOf) };
    }, input);
    for (const added of after) depths.addNode(added);
  }
  const { levels } = depths;
  const products = levels.flatMap((level) => [
    ...level.products.map(({ product }) => product),
    ...level.recurrences.flatMap(({ directions }) => directions.flatMap((direction) => direction.products)),
  ]);
  return { products, nodes: levels.flatMap((level) => level.nodes), levels, addedConstants };
}

interface Operands {
  readonly weights: string;
  readonly activation: string;
  readonly side: "left" | "right";
  /** Gemm's C or Conv's B; empty where there is none. */
  readonly addend: string;
}

function operandsOf(node: NodeProto, constant: ReadonlySet<string>): Operands | null {
  const [a = "", b = "", c = ""] = node.input;
  if (isOperator(node, "Conv")) {
    return constant.has(b) && !constant.has(a) ? { weights: b, activation: a, side: "right", addend: c } : null;
  }
  if (!isOperator(node, "Gemm", "MatMul") || constant.has(a) === constant.has(b)) return null;
  const addend = node.opType === "Gemm" && floatAttribute(node, "beta", 1) !== 0 ? c : "";
  return constant.has(b)
    ? { weights: b, activation: a, side: "right", addend }
    : { weights: a, activation: b, side: "left", addend };
}

function refuseProducts(file: string, outer: NodeProto, body: GraphProto, constant: ReadonlySet<string>): void {
  const known = new Set([...constant, ...body.initializer.map(({ name }) => name)]);
  for (const node of body.node) {
    if (node.input.every((name) => name === "" || known.has(name)) && bodiesOf(node).length === 0) {
      for (const name of node.output) known.add(name);
      continue;
    }
    if (operandsOf(node, known) || hasRecurrentWeights(node, known)) {
      const found = `${node.opType} with constant weights inside a body of ${outer.opType}`;
      throw inputError({ file, place: nodePlace(node), found, expected: "such products in the main graph" });
    }
    for (const inner of bodiesOf(node)) refuseProducts(file, node, inner, known);
  }
}

function formOf(
  node: NodeProto,
  operands: Operands,
  weights: Constant,
  place: { file: string; place: string },
): MatrixProduct {
  const { shape, values } = weights;
  if (node.opType === "Conv") return convolutionProduct(node, shape, values, place);
  if (node.opType === "MatMul") {
    return matrixProduct({ shape, values, side: operands.side, transposed: false, activationTransposed: false }, place);
  }
  const alpha = floatAttribute(node, "alpha", 1);
  const turned = [integerAttribute(node, "transA", 0) === 1, integerAttribute(node, "transB", 0) === 1] as const;
  const [own, other] = operands.side === "left" ? turned : [turned[1], turned[0]];
  const scaled = alpha === 1 ? values : values.map((value) => alpha * value);
  return matrixProduct(
    { shape, values: scaled, side: operands.side, transposed: own, activationTransposed: other },
    place,
  );
}

/** The addend as one number a column; null where it varies along the vectors and so is no bias. */
function biasOf(node: NodeProto, operands: Operands, addend: Constant, matrix: MatrixProduct): Float32Array | null {
  if (node.opType === "Conv") return addend.values;
  const beta = floatAttribute(node, "beta", 1);
  const [along, across] = [addend.shape.at(-1) ?? 1, addend.shape.at(-2) ?? 1];
  const [columnAxis, vectorAxis] = operands.side === "right" ? [along, across] : [across, along];
  if (vectorAxis !== 1 || (columnAxis !== 1 && columnAxis !== matrix.columns)) return null;
  return Float32Array.from({ length: matrix.columns }, (_, c) => beta * addend.values[columnAxis === 1 ? 0 : c]!);
}

interface Shell {
  readonly input: string;
  readonly output: string;
  readonly before: GraphNode[];
  readonly after: GraphNode[];
}

/** The nodes around a product that keep the graph's types and add what is no constant bias. */
function surround(
  node: NodeProto,
  operands: Operands,
  weights: Constant,
  hasBias: boolean,
  constants: Map<string, TensorProto>,
): Shell {
  const output = node.output[0]!;
  const before: GraphNode[] = [];
  const after: GraphNode[] = [];
  const push = (list: GraphNode[], helper: boolean, added: NodeProto): void => {
    list.push({ node: added, reads: added.input, helper });
  };
  const cast = weights.type !== TensorProto_DataType.FLOAT;
  const adds = operands.addend !== "" && !hasBias;
  const input = cast ? `${output} input as float32` : operands.activation;
  const result = cast || adds ? `${output} product` : output;
  if (cast) push(before, true, onnxNode("Cast", [operands.activation], [input], { to: 1n }));
  const typed = adds && cast ? `${output} product as typed` : adds ? result : output;
  if (cast) push(after, true, onnxNode("Cast", [result], [typed], { to: BigInt(weights.type) }));
  if (adds) {
    let addend = operands.addend;
    const beta = node.opType === "Gemm" ? floatAttribute(node, "beta", 1) : 1;
    if (node.opType === "Conv") {
      // One number a channel, spread over the spatial axes.
      const shape = `${output} bias shape`;
      constants.set(
        shape,
        integerTensor(shape, [weights.shape.length - 1], [-1, ...weights.shape.slice(2).map(() => 1)]),
      );
      push(after, true, onnxNode("Reshape", [addend, shape], [`${output} bias`]));
      addend = `${output} bias`;
    } else if (beta !== 1) {
      const factor = `${output} beta`;
      constants.set(factor, floatTensor(factor, [], [beta]));
      if (cast) push(after, true, onnxNode("Cast", [factor], [`${factor} as typed`], { to: BigInt(weights.type) }));
      push(after, false, onnxNode("Mul", [addend, cast ? `${factor} as typed` : factor], [`${output} addend`]));
      addend = `${output} addend`;
    }
    push(after, false, onnxNode("Add", [typed, addend], [output]));
  }
  return { input, output: result, before, after };
}
