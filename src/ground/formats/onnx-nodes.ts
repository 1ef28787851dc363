import { create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { ElementType } from "./onnx.ts";

/** An attribute's value: whole numbers are bigint, so that 1n is an INT and 1 a FLOAT. */
export type AttributeValue =
  | bigint
  | number
  | string
  | readonly bigint[]
  | readonly number[]
  | readonly string[]
  | TensorProto
  | GraphProto;

/** One node; an input that is left out is an empty name. */
export function onnxNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => onnxAttribute(name, value));
  return create(NodeProtoSchema, { opType, input: [...input], output: [...output], attribute, domain });
}

function onnxAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "bigint") return create(AttributeProtoSchema, { name, type: Kind.INT, i: value });
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: new TextEncoder().encode(value) });
  }
  if (Array.isArray(value)) {
    if (typeof value[0] === "string") {
      const strings = value.map((text) => new TextEncoder().encode(text));
      return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings });
    }
    return typeof value[0] === "number"
      ? create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...value] })
      : create(AttributeProtoSchema, { name, type: Kind.INTS, ints: [...value] });
  }
  const message = value as TensorProto | GraphProto;
  return message.$typeName === "onnx.TensorProto"
    ? create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: message })
    : create(AttributeProtoSchema, { name, type: Kind.GRAPH, g: message });
}

/** A float32 tensor, row-major. */
export function floatTensor(name: string, shape: readonly number[], data: ArrayLike<number>): TensorProto {
  return rawTensor(name, TensorProto_DataType.FLOAT, shape, Float32Array.from(data));
}

/** An int64 tensor, as shapes and axes are given. */
export function integerTensor(name: string, shape: readonly number[], data: readonly number[]): TensorProto {
  return rawTensor(name, TensorProto_DataType.INT64, shape, BigInt64Array.from(data, BigInt));
}

/** A tensor of any type whose elements are given as they lie in memory, little-endian. */
export function rawTensor(
  name: string,
  dataType: ElementType,
  shape: readonly number[],
  data: Float32Array | BigInt64Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int32Array,
): TensorProto {
  const rawData = new Uint8Array(data.byteLength);
  rawData.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return create(TensorProtoSchema, { name, dataType, dims: shape.map(BigInt), rawData });
}

/** A graph's input or output: a number fixes an axis, a word names it, null leaves it open; no shape leaves all open. */
export function valueInfo(
  name: string,
  elemType: ElementType,
  shape?: readonly (number | string | null)[],
): ValueInfoProto {
  const dim = shape?.map((length) => ({
    value:
      typeof length === "number"
        ? { case: "dimValue" as const, value: BigInt(length) }
        : length === null
          ? { case: undefined }
          : { case: "dimParam" as const, value: length },
  }));
  const tensor = dim ? { elemType, shape: { dim } } : { elemType };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensor } } });
}

/** What a graph must be fed: its inputs but those that older files list for their initialisers. */
export function graphInputs(graph: GraphProto): ValueInfoProto[] {
  const initial = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !initial.has(name));
}

/** A graph's output of a type that the runtime infers. */
export function namedOutput(name: string): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name });
}

export interface GraphParts {
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
}

export function onnxGraph(name: string, { nodes, inputs, outputs, initializers = [] }: GraphParts): GraphProto {
  return create(GraphProtoSchema, {
    name,
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: [...initializers],
  });
}

/** A model around a graph, by default of the ONNX operator set 17. */
export function onnxModel(
  graph: GraphProto,
  irVersion = 8n,
  opsetImport: readonly { readonly domain: string; readonly version: bigint }[] = [{ domain: "", version: 17n }],
): ModelProto {
  return create(ModelProtoSchema, {
    irVersion,
    opsetImport: opsetImport.map(({ domain, version }) => ({ domain, version })),
    graph,
  });
}

function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

export function integerAttribute(node: NodeProto, name: string, otherwise: number): number {
  const attribute = attributeOf(node, name);
  return attribute ? Number(attribute.i) : otherwise;
}

export function integersAttribute(node: NodeProto, name: string): number[] | undefined {
  return attributeOf(node, name)?.ints.map(Number);
}

export function floatAttribute(node: NodeProto, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

export function textAttribute(node: NodeProto, name: string, otherwise: string): string {
  const attribute = attributeOf(node, name);
  return attribute ? new TextDecoder().decode(attribute.s) : otherwise;
}

export function textsAttribute(node: NodeProto, name: string): string[] | undefined {
  return attributeOf(node, name)?.strings.map((text) => new TextDecoder().decode(text));
}

export function tensorAttribute(node: NodeProto, name: string): TensorProto | undefined {
  return attributeOf(node, name)?.t;
}

/** The bodies of If, Loop, Scan and SequenceMap; none for other operators. */
export function bodiesOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute) => [...(attribute.g ? [attribute.g] : []), ...attribute.graphs]);
}
