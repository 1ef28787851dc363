import { type NodeProto, TensorProto_DataType } from "onnx-buf";
import type { ElementType } from "../../src/ground/formats/onnx.ts";
import { onnxNode } from "../../src/ground/formats/onnx-nodes.ts";
import type { Constant } from "./constants.ts";
import type { Depths, InitialState, PlacedProduct, Product, Recurrence, RecurrentDirection } from "./cut-graph.ts";
import { remembered } from "./layout.ts";
import { type MatrixProduct, matrixProduct } from "./matrix.ts";
import { cellOf } from "./recurrent-cell.ts";
import { readRecurrentNode } from "./recurrent-node.ts";
import { weightsOf } from "./recurrent-weights.ts";

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
  const weights = await weightsOf(file, read, fold);
  const edge = new TypedEdge(weights.type, read.name, depths, taken);
  const initial = async (name: string, role: string): Promise<InitialState | null> => {
    if (name === "") return null;
    return constant.has(name) ? fold(name) : edge.narrow(name, role);
  };

  const x = edge.narrow(read.input, "input");
  const inputs = read.directions.map(({ reversed }, d) => {
    const name = unique(`${read.name}.input${reversed ? ".reverse" : ""}`, taken);
    const { layoutOf, ...matrix } = turnedMatrix(weights.ofInput(d), weights.features, file, read.name);
    const bias = weights.inputBias(d);
    depths.addProduct((level): PlacedProduct => {
      const product: Product = { name, operator: read.operator, level, ...matrix, bias };
      return { product, input: x, output: name, layoutOf: remembered(layoutOf) };
    }, x);
    return name;
  });
  const initialState = await initial(read.initialState, "initial state");
  const initialCell = read.operator === "LSTM" ? await initial(read.initialCell, "initial cell") : null;
  const computed = [initialState, initialCell].filter((state) => typeof state === "string");
  const reads = [...new Set([...inputs, ...computed])];
  const given = [0, 1, 2].map((position) => edge.outputName(node.output[position] ?? ""));
  depths.addRecurrence((level): Recurrence => {
    const directions = read.directions.map(({ reversed, activations }, d): RecurrentDirection => {
      const products = weights.ofState(d).map((rows, phase): Product => {
        const role = `.recurrent${phase > 0 ? ".candidate" : ""}${reversed ? ".reverse" : ""}`;
        const { layoutOf: _, ...matrix } = turnedMatrix(rows, weights.hidden, file, read.name);
        return { name: unique(read.name + role, taken), operator: read.operator, level, ...matrix, bias: null };
      });
      const bias = weights.candidateBias(d);
      const cell = cellOf(read.operator, activations, read.resetsProduct, bias !== null);
      return { reversed, input: inputs[d]!, cell, products, bias };
    });
    const outputs = { steps: given[0]!, state: given[1]!, cell: given[2]! };
    const { operator, name, input } = read;
    return { operator, name, input, hidden: weights.hidden, directions, initialState, initialCell, outputs, reads };
  }, reads);
  for (const [position, name] of given.entries()) if (name !== null) edge.widen(name, node.output[position]!);
}

/** Rows of a weight matrix, [column][row] as the standard keeps them, in the form of the tiles. */
function turnedMatrix(values: Float32Array, rows: number, file: string, place: string): MatrixProduct {
  const shape = [values.length / rows, rows];
  return matrixProduct(
    { shape, values, side: "right", transposed: true, activationTransposed: false },
    { file, place },
  );
}

/** The node's own type stays on its edges; products and gates are float32. */
class TypedEdge {
  readonly #type: ElementType;
  readonly #name: string;
  readonly #depths: Depths;
  readonly #taken: Set<string>;

  constructor(type: ElementType, name: string, depths: Depths, taken: Set<string>) {
    this.#type = type;
    this.#name = name;
    this.#depths = depths;
    this.#taken = taken;
  }

  get #isFloat(): boolean {
    return this.#type === TensorProto_DataType.FLOAT;
  }

  /** The float32 tensor of an input. */
  narrow(name: string, role: string): string {
    if (this.#isFloat) return name;
    const narrowed = unique(`${this.#name} ${role} as float32`, this.#taken);
    this.#cast(name, narrowed, TensorProto_DataType.FLOAT);
    return narrowed;
  }

  /** What an output is called while it is float32; null for none. */
  outputName(name: string): string | null {
    if (name === "") return null;
    return this.#isFloat ? name : unique(`${name} as float32`, this.#taken);
  }

  /** The output itself, from what `outputName` called it. */
  widen(name: string, output: string): void {
    if (!this.#isFloat) this.#cast(name, output, this.#type);
  }

  #cast(from: string, to: string, type: ElementType): void {
    this.#depths.addNode({ node: onnxNode("Cast", [from], [to], { to: BigInt(type) }), reads: [from], helper: true });
  }
}

/** The name, or where it is taken the name with a number behind it. */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
  taken.add(free);
  return free;
}
