import type { NodeProto } from "onnx-buf";
import type { Graph, GraphNode } from "./graph.ts";
import type { Layout } from "./layout.ts";

export type ProductOperator = "Gemm" | "MatMul" | "Conv";

/** A product with constant weights, in the form of the tiles: y = x W for each group. */
export interface Product {
  /** Name of its output tensor. */
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
 * @param inputs  [group][vector][row]; belongs to the network and is valid until the result is there: read only
 * @param vectors  vectors of each group
 * @returns [group][vector][column] without bias; the network takes the array over (it adds the bias in it), so it
 *   must not be a buffer that is used again
 */
export type Multiply = (product: number, inputs: Float32Array, vectors: number) => Float32Array | Promise<Float32Array>;

/** A product and its place in the cut graph. */
export interface PlacedProduct {
  readonly product: Product;
  readonly node: NodeProto;
  /** float32 tensors that it reads and gives. */
  readonly input: string;
  readonly output: string;
  layoutOf(shape: readonly number[]): Layout;
}

/** Digital nodes of one product depth, and the products that read what they give. */
export interface Level {
  readonly nodes: GraphNode[];
  readonly products: PlacedProduct[];
}

/** The graph with its products taken out; constant nodes are in neither list. */
export interface CutGraph {
  readonly products: readonly PlacedProduct[];
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

  constructor(entry: string) {
    this.#depthOf = new Map([[entry, 0]]);
  }

  addNode(item: GraphNode): void {
    // Constants have no depth.
    const depth = Math.max(0, ...item.reads.map((name) => this.#depthOf.get(name) ?? 0));
    this.#level(depth).nodes.push(item);
    for (const name of item.node.output) this.#depthOf.set(name, depth);
  }

  addProduct(make: (level: number) => PlacedProduct, input: string): void {
    const depth = this.#depthOf.get(input) ?? 0;
    const placed = make(depth);
    this.#level(depth).products.push(placed);
    this.#depthOf.set(placed.output, depth + 1);
  }

  #level(depth: number): Level {
    while (this.levels.length <= depth) this.levels.push({ nodes: [], products: [] });
    return this.levels[depth]!;
  }
}
