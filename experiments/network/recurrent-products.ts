import { type NodeProto, TensorProto_DataType } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { onnxNode } from "../../src/ground/formats/onnx-nodes.ts";
import { type Constant, checkFinite } from "./constants.ts";
import type { Depths, InitialState, PlacedProduct, Product, Recurrence, RecurrentDirection } from "./cut-graph.ts";
import { remembered } from "./layout.ts";
import { matrixProduct } from "./matrix.ts";
import { cellOf } from "./recurrent-cell.ts";
import { gatesOf, type RecurrentNode, readRecurrentNode } from "./recurrent-node.ts";

/** What the cut of a recurrent node needs of its graph. */
export interface RecurrentSurroundings {
  readonly file: string;
  readonly constant: ReadonlySet<string>;
  readonly fold: (name: string) => Promise<Constant>;
  readonly depths: Depths;
  /** Names of tensors and layers; receives those that are made here. */
  readonly taken: Set<string>;
}

/**
 * Takes the weights of an LSTM, GRU or RNN out of the graph: for each direction one product for x Wᵀ of all steps, to which
 * the biases are added, and one for h Rᵀ of a step; two for a GRU that resets h before its product (the rows of z and r, and
 * those of the candidate).
 *
 * @param node  one for which `hasRecurrentWeights` holds
 */
export async function cutRecurrent(node: NodeProto, surroundings: RecurrentSurroundings): Promise<void> {
  const { file, fold, depths, constant, taken } = surroundings;
  const read = readRecurrentNode(file, node);
  const [w, r] = [await fold(read.weights), await fold(read.recurrentWeights)];
  const b = read.biases === "" ? null : await fold(read.biases);
  const [hidden, features] = checkShapes(file, read, w, r, b);
  checkFinite(file, read.weights, w.values);
  checkFinite(file, read.recurrentWeights, r.values);
  if (b) checkFinite(file, read.biases, b.values);

  // The node's own type stays on its edges; products and gates are float32.
  const typed = w.type === TensorProto_DataType.FLOAT ? null : BigInt(w.type);
  const cast = (from: string, to: string, type: bigint): void =>
    depths.addNode({ node: onnxNode("Cast", [from], [to], { to: type }), reads: [from], helper: true });
  const narrow = (name: string, role: string): string => {
    if (typed === null) return name;
    const narrowed = unique(`${read.name} ${role} as float32`, taken);
    cast(name, narrowed, BigInt(TensorProto_DataType.FLOAT));
    return narrowed;
  };
  const initial = async (name: string, role: string): Promise<InitialState | null> => {
    if (name === "") return null;
    return constant.has(name) ? fold(name) : narrow(name, role);
  };

  const size = gatesOf[read.operator] * hidden;
  const place = { file, place: read.name };
  const input = narrow(read.input, "input");
  const inputs = read.directions.map(({ reversed }, d) => {
    const form = { side: "right", transposed: true, activationTransposed: false } as const;
    const values = w.values.subarray(d * size * features, (d + 1) * size * features);
    const { layoutOf, ...matrix } = matrixProduct({ shape: [size, features], values, ...form }, place);
    const name = unique(`${read.name}.input${reversed ? ".reverse" : ""}`, taken);
    const bias = b && inputBias(read, b.values, d, hidden);
    depths.addProduct((level): PlacedProduct => {
      const product: Product = { name, operator: read.operator, level, ...matrix, bias };
      return { product, input, output: name, layoutOf: remembered(layoutOf) };
    }, input);
    return name;
  });

  const initialState = await initial(read.initialState, "initial state");
  const initialCell = read.operator === "LSTM" ? await initial(read.initialCell, "initial cell") : null;
  const computed = [initialState, initialCell].filter((state) => typeof state === "string");
  const reads = [...new Set([...inputs, ...computed])];
  const given = [0, 1, 2].map((position) => {
    const name = node.output[position] ?? "";
    if (name === "") return null;
    return typed === null ? name : unique(`${name} as float32`, taken);
  });
  depths.addRecurrence((level): Recurrence => {
    const directions = read.directions.map(({ reversed, activations }, d): RecurrentDirection => {
      const bias = b && candidateBias(read, b.values, d, hidden);
      const blocks = read.operator === "GRU" && !read.resetsProduct ? [2, 1] : [gatesOf[read.operator]];
      let first = d * size * hidden;
      const products = blocks.map((gates, phase): Product => {
        const rows = gates * hidden;
        const values = r.values.subarray(first, first + rows * hidden);
        first += values.length;
        const form = { side: "right", transposed: true, activationTransposed: false } as const;
        const { layoutOf: _, ...matrix } = matrixProduct({ shape: [rows, hidden], values, ...form }, place);
        const role = `.recurrent${phase > 0 ? ".candidate" : ""}${reversed ? ".reverse" : ""}`;
        const name = unique(read.name + role, taken);
        return { name, operator: read.operator, level, ...matrix, bias: null };
      });
      const cell = cellOf(read.operator, activations, read.resetsProduct, bias !== null);
      return { reversed, input: inputs[d]!, cell, products, bias };
    });
    const outputs = { steps: given[0]!, state: given[1]!, cell: given[2]! };
    return {
      ...{ operator: read.operator, name: read.name, input: read.input, hidden, directions },
      initialState,
      initialCell,
      outputs,
      reads,
    };
  }, reads);
  if (typed !== null)
    for (const [position, name] of given.entries()) if (name) cast(name, node.output[position]!, typed);
}

function checkShapes(
  file: string,
  { operator, name, directions }: RecurrentNode,
  w: Constant,
  r: Constant,
  b: Constant | null,
): [hidden: number, features: number] {
  const [hidden, features] = [r.shape[2] ?? 0, w.shape[2] ?? 0];
  const rows = gatesOf[operator] * hidden;
  const check = (what: string, shape: readonly number[], expected: readonly number[]): void => {
    if (shape.join() === expected.join() && !shape.includes(0)) return;
    const found = `${operator} with ${what} of shape ${shape.join(" x ")}`;
    throw inputError({
      file,
      place: name,
      found,
      expected: shape.includes(0) ? "lengths from 1" : expected.join(" x "),
    });
  };
  check("R", r.shape, [directions.length, rows, hidden]);
  check("W", w.shape, [directions.length, rows, features]);
  if (b) check("B", b.shape, [directions.length, 2 * rows]);
  return [hidden, features];
}

/** Wb + Rb of every gate; without Rb of the candidate where that is reset with its product. */
function inputBias(
  { operator, resetsProduct }: RecurrentNode,
  b: Float32Array,
  direction: number,
  hidden: number,
): Float32Array {
  const size = gatesOf[operator] * hidden;
  const own = b.subarray(2 * direction * size, 2 * (direction + 1) * size);
  const both = operator === "GRU" && resetsProduct ? 2 * hidden : size;
  return Float32Array.from({ length: size }, (_, i) => own[i]! + (i < both ? own[size + i]! : 0));
}

/** The other part of Rb. */
function candidateBias(
  { operator, resetsProduct }: RecurrentNode,
  b: Float32Array,
  direction: number,
  hidden: number,
): Float32Array | null {
  if (operator !== "GRU" || !resetsProduct) return null;
  const end = 2 * (direction + 1) * 3 * hidden;
  return b.slice(end - hidden, end);
}

/** The name, or where it is taken the name with a number behind it. */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
  taken.add(free);
  return free;
}
