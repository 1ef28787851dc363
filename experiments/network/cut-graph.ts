import type { Vectors } from "../../circuits/index.ts";
import type { Graph, GraphNode } from "./graph.ts";
import type { Layout } from "./layout.ts";
import type { Cell } from "./recurrent-cell.ts";
import type { RecurrentOperator } from "./recurrent-node.ts";

export type ProductOperator = "Gemm" | "MatMul" | "Conv" | RecurrentOperator;

/** A product with constant weights, in the form of the tiles: y = x W for each group. */
export interface Product {
  /** Name of its output tensor, for recurrent weights with their role. */
  readonly name: string;
  readonly operator: ProductOperator;
  /** Products that lie before it on the longest way from the image: at 0 its inputs depend on the image alone. */
  readonly level: number;
  /** Arrays of their own: groups of a convolution, matrices of a batched factor; 1 otherwise. */
  readonly groups: number;
  /** Word lines and outputs of one group. */
  readonly rows: number;
  readonly columns: number;
  /** For each group, [row][column]. */
  readonly weights: readonly Float32Array[];
  /** Constant, added digitally after the product, [groups * columns]. */
  readonly bias: Float32Array | null;
}

/**
 * Multiplies vectors with a product's weights.
 *
 * @param product  index into `Network.products`
 * @param inputs  belong to the network and are valid until the result is there: read only
 * @param vectors  vectors of each group
 * @param call  how often this run has called the product before, with as many vectors: the step of a recurrence, else 0
 * @returns [group][vector][column] without bias; the network adds the bias in the array, and is done with it when it
 *   calls the product again or the run ends
 */
export type Multiply = (
  product: number,
  inputs: Vectors,
  vectors: number,
  call: number,
) => Float32Array | Promise<Float32Array>;

/** A product and its place in the cut graph. */
export interface PlacedProduct {
  readonly product: Product;
  /** float32 tensors that it reads and gives. */
  readonly input: string;
  readonly output: string;
  layoutOf(shape: readonly number[]): Layout;
}

/** An LSTM, GRU or RNN whose weights lie on tiles: gates run digitally, step after step. */
export interface Recurrence {
  readonly operator: RecurrentOperator;
  readonly name: string;
  /** Its first input, [step][image][feature] of float32 or another type. */
  readonly input: string;
  /** Units of the state. */
  readonly hidden: number;
  readonly directions: readonly RecurrentDirection[];
  /** Null for zeros; float32, [direction][image][unit]. */
  readonly initialState: InitialState | null;
  readonly initialCell: InitialState | null;
  /** float32 tensors, null where nobody asks: [step][direction][image][unit], and twice [direction][image][unit]. */
  readonly outputs: {
    readonly steps: string | null;
    readonly state: string | null;
    readonly cell: string | null;
  };
  readonly reads: readonly string[];
}

/** What the digital part of a recurrence is listed as. */
export const gatesName = (operator: RecurrentOperator): string => `${operator} gates`;

export interface RecurrentDirection {
  readonly reversed: boolean;
  /** The tensor of x Wᵀ with biases, [step][image][gate and unit]. */
  readonly input: string;
  readonly cell: Cell;
  /** Of each phase of the cell. */
  readonly products: readonly Product[];
  /** The cell's "bias", [unit]; null where it has none. */
  readonly bias: Float32Array | null;
}

/** Computed tensors by name, constants as they are. */
export type InitialState = string | { readonly shape: readonly number[]; readonly values: Float32Array };

/** Digital nodes of one product depth, and the products that read what they give. */
export interface Level {
  readonly nodes: GraphNode[];
  readonly products: PlacedProduct[];
  readonly recurrences: Recurrence[];
}

/** The graph with its products taken out; constant nodes are in no list. */
export interface CutGraph {
  /** By index of `Network.products`: level after level, in each those of recurrences last. */
  readonly products: readonly Product[];
  /** What stays on ONNX Runtime, in topological order. */
  readonly nodes: readonly GraphNode[];
  readonly levels: readonly Level[];
  /** Constants that the added nodes read, by name. */
  readonly addedConstants: Graph["initializers"];
}

/** Sorts steps by depth: the largest of what a step reads; the output of a product lies one deeper. */
export class Depths {
  readonly levels: Level[] = [];
  readonly #depthOf: Map<string, number>;

  constructor(entries: readonly string[]) {
    this.#depthOf = new Map(entries.map((entry) => [entry, 0]));
  }

  addNode(item: GraphNode): void {
    const depth = this.#after(item.reads);
    this.#level(depth).nodes.push(item);
    for (const name of item.node.output) this.#depthOf.set(name, depth);
  }

  addProduct(make: (level: number) => PlacedProduct, input: string): void {
    const depth = this.#after([input]);
    const placed = make(depth);
    this.#level(depth).products.push(placed);
    this.#depthOf.set(placed.output, depth + 1);
  }

  addRecurrence(make: (level: number) => Recurrence, reads: readonly string[]): void {
    const depth = this.#after(reads);
    const recurrence = make(depth);
    this.#level(depth).recurrences.push(recurrence);
    for (const name of Object.values(recurrence.outputs)) if (name !== null) this.#depthOf.set(name, depth + 1);
  }

  /** Constants have no depth. */
  #after(names: readonly string[]): number {
    return Math.max(0, ...names.map((name) => this.#depthOf.get(name) ?? 0));
  }

  #level(depth: number): Level {
    while (this.levels.length <= depth) this.levels.push({ nodes: [], products: [], recurrences: [] });
    return this.levels[depth]!;
  }
}
