import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "onnx-buf";
import { TensorProto_DataLocation } from "onnx-buf";
import { inputError } from "../errors.ts";
import { elementBits, elementsOf, elementTypeName, isExternal, readModel, tensorShape, writeModel } from "./onnx.ts";

/** The folder of an ONNX file, in which its tensors may name other files. */
export interface ExternalFiles {
  /** Bytes of a file; null where there is none of that name. */
  sizeOf(location: string): number | null;
  read(location: string, offset: number, length: number): Uint8Array<ArrayBuffer>;
  /** Names that may have been meant by one that is not there. */
  near(location: string): readonly string[];
}

/** Protocol buffers, the format of ONNX files, end there. */
const mostBytes = 2 ** 31 - 1;

/** Where a tensor's elements lie. */
interface Span {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * A model with all its tensors inside, and its bytes: those given where all are inside already.
 *
 * @param file  name for error messages
 * @throws InputError naming tensor and file, for a file that is not there, too short, or outside the model's folder, for an
 *   offset or length that does not fit, and for more than 2 GB in all
 */
export function inlineExternalData(
  file: string,
  bytes: Uint8Array,
  files: ExternalFiles,
): { readonly model: ModelProto & { graph: GraphProto }; readonly bytes: Uint8Array } {
  const model = readModel(file, bytes);
  const tensors = tensorsOf(model).filter(({ tensor }) => isExternal(tensor));
  if (tensors.length === 0) return { model, bytes };
  const spans = tensors.map(({ tensor, place }) => spanOf(file, place, tensor, files));
  const total = spans.reduce((sum, { length }) => sum + length, bytes.length);
  if (total > mostBytes) {
    const found = `${(total / 2 ** 30).toFixed(1)} GB with the weights in other files`;
    throw inputError({ file, found, expected: "less than 2 GB" });
  }
  for (const [i, { tensor }] of tensors.entries()) {
    const { location, offset, length } = spans[i]!;
    tensor.rawData = files.read(location, offset, length);
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
  }
  return { model, bytes: writeModel(model) };
}

interface PlacedTensor {
  readonly tensor: TensorProto;
  /** How the user knows it: its own name, or that of the node's output. */
  readonly place: string | undefined;
}

/** Every tensor of a model: of its graph, of bodies of If, Loop and Scan, and of functions. */
function tensorsOf(model: ModelProto & { graph: GraphProto }): PlacedTensor[] {
  const ofGraph = (graph: GraphProto): PlacedTensor[] => [
    ...graph.initializer.map((tensor) => ({ tensor, place: tensor.name })),
    ...graph.node.flatMap(ofNode),
  ];
  const ofNode = (node: NodeProto): PlacedTensor[] =>
    node.attribute.flatMap((attribute) => ofAttribute(attribute, node.output[0] || node.name || undefined));
  const ofAttribute = ({ t, tensors, g, graphs }: AttributeProto, place: string | undefined): PlacedTensor[] => [
    ...[...(t ? [t] : []), ...tensors].map((tensor) => ({ tensor, place })),
    ...[...(g ? [g] : []), ...graphs].flatMap(ofGraph),
  ];
  const inFunctions = model.functions.flatMap(({ name, node, attributeProto }) => [
    ...node.flatMap(ofNode),
    ...attributeProto.flatMap((attribute) => ofAttribute(attribute, name)),
  ]);
  return [...ofGraph(model.graph), ...inFunctions];
}

function spanOf(file: string, place: string | undefined, tensor: TensorProto, files: ExternalFiles): Span {
  const refuse = (found: string, expected: string, near: readonly string[] = []) =>
    inputError({ file, place, found, expected, near });
  const entry = (key: string) => tensor.externalData.find((candidate) => candidate.key === key)?.value;
  const location = entry("location") ?? "";
  if (location === "" || isOutside(location)) {
    throw refuse(`weights kept in "${location}"`, "a file in the network's own folder or below");
  }
  const bits = elementBits(elementTypeName(tensor.dataType));
  if (bits === null) throw refuse(`${elementTypeName(tensor.dataType)} kept in "${location}"`, "numbers");
  const shape = tensorShape(tensor);
  const needed = Math.ceil((elementsOf(shape) * bits) / 8);
  const [offset, length] = (["offset", "length"] as const).map((key) => {
    const text = entry(key);
    if (text === undefined) return key === "offset" ? 0 : needed;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw refuse(`${key} "${text}" in "${location}"`, "a whole number of bytes");
  }) as [number, number];
  if (length !== needed) {
    const form = `${shape.join(" x ") || "a single number"} of ${elementTypeName(tensor.dataType)}`;
    throw refuse(`${length} bytes in "${location}"`, `${needed} (${form})`);
  }
  const size = files.sizeOf(location);
  if (size === null) {
    throw refuse(`no file "${location}" beside it`, "the weights that it keeps there", files.near(location));
  }
  if (offset + length > size) {
    throw refuse(`"${location}" has ${size} bytes`, `${length} from byte ${offset} on`);
  }
  return { location, offset, length };
}

/** Absolute on any system, or upwards somewhere. */
function isOutside(location: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes("..");
}
