import type { NodeProto } from "onnx-buf";
import { type ElementType, elementTypeName } from "../../src/ground/formats/onnx.ts";
import { integerAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import type { CutGraph, PlacedProduct, Product } from "./cut-graph.ts";
import { isOperator } from "./graph.ts";
import type { Network } from "./partition.ts";

/** Converter ranges that a network's own quantisation asks for; null where it asks for none. */
export interface QuantizedRanges {
  /** Full scale of the inputs, in their unit. */
  readonly input: number | null;
  /** What products of each column reach, [groups * columns], in the unit of the outputs. */
  readonly outputs: Float32Array | null;
}

/** Numbers that codes stand for: scale (q - zero point), q of all codes. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** Layers that a warning names. */
const mostNamed = 8;

/** Numbers pass through unchanged, or some of them do. */
const passing = [
  ...["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Transpose", "Cast", "Slice", "Split"],
  ...["Gather", "MaxPool", "GlobalMaxPool", "DepthToSpace", "SpaceToDepth", "Expand", "Tile", "Relu", "Clip"],
] as const;

/**
 * Ranges of each product by the network's QuantizeLinear and DequantizeLinear: of its inputs by the one they come from, of its
 * outputs by the one they go to, behind a constant addend, Relu or Clip. Between may lie nodes that only move numbers.
 *
 * @returns by index of `network.products`
 */
export async function quantizedRanges(network: Network): Promise<QuantizedRanges[]> {
  const { cut } = network.inner;
  const placed = new Map(cut.levels.flatMap((level) => level.products.map((product) => [product.product, product])));
  return Promise.all(
    network.products.map(async (product) => {
      const place = placed.get(product);
      if (!place) return { input: null, outputs: null };
      const before = await rangeBefore(network, place);
      const input = before && Math.max(-before.low, before.high);
      return { input, outputs: await outputsBehind(network, place) };
    }),
  );
}

/** One line for each converter whose range is asked of the network and not said there for all layers. */
export function rangeWarnings(
  products: readonly Product[],
  ranges: readonly QuantizedRanges[],
  asked: { readonly input: boolean; readonly output: boolean },
): string[] {
  const without = (has: (range: QuantizedRanges) => boolean): string => {
    const names = products.filter((_, index) => !has(ranges[index]!)).map(({ name }) => name);
    const more = names.length - mostNamed;
    return more > 0 ? `${names.slice(0, mostNamed).join(", ")} and ${more} more` : names.join(", ");
  };
  const inputs = asked.input ? without(({ input }) => input !== null) : "";
  const outputs = asked.output ? without((range) => range.outputs !== null) : "";
  return [
    ...(inputs
      ? [`inputConverter.range: nothing quantised before ${inputs}, whose ranges are the largest inputs`]
      : []),
    ...(outputs
      ? [`outputConverter.range: nothing quantised behind ${outputs}, whose ranges are of least squares`]
      : []),
  ];
}

async function rangeBefore(network: Network, { input }: PlacedProduct): Promise<Range | null> {
  const makers = makersOf(network.inner.cut);
  for (let name = input; ; ) {
    const node = makers.get(name);
    if (!node) return null;
    if (node.opType === "DequantizeLinear") return rangeOf(network, node, makers.get(node.input[0]!));
    if (!isOperator(node, ...passing)) return null;
    name = node.input[0]!;
  }
}

async function outputsBehind(network: Network, { product, output }: PlacedProduct): Promise<Float32Array | null> {
  const { cut, graph, constant, fold } = network.inner;
  const inputs = new Set(cut.levels.flatMap(({ products }) => products.map((other) => other.input)));
  let positive = false;
  let added = 0;
  for (let name = output; ; ) {
    const readers = cut.nodes.filter(({ reads }) => reads.includes(name));
    const node = readers[0]?.node;
    if (!node || readers.length > 1 || name === graph.exit || inputs.has(name)) return null;
    if (node.opType === "QuantizeLinear") {
      if (node.input[0] !== name) return null;
      const range = await rangeOf(network, node, node);
      return range && reaches(product, positive ? { ...range, low: Math.max(0, range.low) } : range, added);
    }
    if (isOperator(node, "Add")) {
      const addend = node.input.find((other) => other !== name);
      if (addend === undefined || !constant.has(addend)) return null;
      added += (await fold(addend)).values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    } else if (!isOperator(node, ...passing) || node.input[0] !== name) return null;
    positive ||= isOperator(node, "Relu");
    name = node.output[0]!;
  }
}

/** A product needs to reach what its column's bias leaves of the range. */
function reaches({ groups, columns, bias }: Product, { low, high }: Range, added: number): Float32Array {
  return Float32Array.from({ length: groups * columns }, (_, column) => {
    const own = bias?.[column] ?? 0;
    return Math.max(Math.abs(low - own), Math.abs(high - own)) + added;
  });
}

function makersOf({ nodes }: CutGraph): Map<string, NodeProto> {
  return new Map(nodes.flatMap(({ node }) => node.output.map((name) => [name, node])));
}

/**
 * The range of a QuantizeLinear or DequantizeLinear, over all channels or blocks. Where the zero point lies in the middle, the
 * one negative code without a counterpart (-128 of int8) is left out, so that a symmetric converter's codes are the network's.
 *
 * @param quantizer  what made the codes, where it says their type
 */
async function rangeOf(network: Network, node: NodeProto, quantizer: NodeProto | undefined): Promise<Range | null> {
  const { constant, fold } = network.inner;
  const [, scale = "", zero = ""] = node.input;
  if (!constant.has(scale) || (zero !== "" && !constant.has(zero))) return null;
  const scales = (await fold(scale)).values;
  const zeros = zero === "" ? null : await fold(zero);
  const codes = codesOf(zeros?.type ?? typeSaidBy(quantizer));
  if (!codes) return null;
  const [least, most] = codes;
  let [low, high] = [0, 0];
  for (const [index, step] of scales.entries()) {
    const origin = zeros?.values[index % zeros.values.length] ?? 0;
    const [below, above] = [origin - least, most - origin];
    low = Math.min(low, -step * (below === above + 1 ? above : below));
    high = Math.max(high, step * above);
  }
  return { low, high };
}

/** The type of a QuantizeLinear's codes where no zero point has it. */
function typeSaidBy(node: NodeProto | undefined): ElementType {
  return node?.opType === "QuantizeLinear" ? integerAttribute(node, "output_dtype", 2) || 2 : 0;
}

/** The least and the largest whole number of a type; null for types that are none. */
function codesOf(type: ElementType): readonly [number, number] | null {
  const [, unsigned, bits] = /^(u?)int(\d+)$/.exec(elementTypeName(type)) ?? [];
  if (bits === undefined) return null;
  const count = 2 ** Number(bits);
  return unsigned ? [0, count - 1] : [-count / 2, count / 2 - 1];
}
