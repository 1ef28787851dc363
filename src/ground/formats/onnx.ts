import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from "onnx-buf";
import { inputError } from "../errors.ts";
import { bfloat16, float16 } from "./half.ts";

/** ONNX element type: a number of TensorProto.DataType. */
export type ElementType = number;

const names: Readonly<Record<ElementType, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  8: "string",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
  24: "float8e8m0",
  25: "uint2",
  26: "int2",
};

/** "float32" for 1; the names that ONNX Runtime's JavaScript interface uses. */
export function elementTypeName(type: ElementType): string {
  return names[type] ?? `element type ${type}`;
}

/** The inverse of `elementTypeName`; undefined for an unknown name. */
export function elementTypeNamed(name: string): ElementType | undefined {
  const found = Object.entries(names).find(([, known]) => known === name);
  return found ? Number(found[0]) : undefined;
}

/** Bits of one element, as tensors are packed: "float32" 32, "bool" 8, "int4" 4; null for what is no number. */
export function elementBits(name: string): number | null {
  if (name === "bool" || name.startsWith("float8")) return 8;
  if (name.startsWith("float4")) return 4;
  const bits = /^(?:b?float|u?int|complex)(\d+)$/.exec(name)?.[1];
  return bits === undefined ? null : Number(bits);
}

/** float32, float16, float64 and bfloat16: types that a weight may have. */
export function isFloatType(type: ElementType): boolean {
  return (
    type === TensorProto_DataType.FLOAT ||
    type === TensorProto_DataType.FLOAT16 ||
    type === TensorProto_DataType.DOUBLE ||
    type === TensorProto_DataType.BFLOAT16
  );
}

/**
 * Parses the bytes of an ONNX file.
 *
 * @param file  name for error messages
 * @throws InputError for an empty file, bytes that are not ONNX or end early, and a model without a graph
 */
export function readModel(file: string, bytes: Uint8Array): ModelProto & { graph: GraphProto } {
  const expected = "an ONNX model";
  if (bytes.length === 0) throw inputError({ file, found: "the file is empty", expected });
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, plain(bytes));
  } catch (error) {
    const found = `not ONNX, or cut short after ${bytes.length} bytes (${(error as Error).message})`;
    throw inputError({ file, found, expected });
  }
  if (!model.graph || model.graph.node.length === 0) {
    throw inputError({ file, found: model.graph ? "a graph without nodes" : "no graph", expected });
  }
  return model as ModelProto & { graph: GraphProto };
}

/** A Uint8Array whose slices are copies (a Node Buffer's are views) and whose text decodes (shared memory's does not). */
function plain(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}

/** The bytes of an ONNX model; a model that was read and not changed gives the bytes it came from. */
export function writeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

export function tensorShape(tensor: TensorProto): number[] {
  return tensor.dims.map(Number);
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** True where the elements lie in another file. */
export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0;
}

type Reader = (tensor: TensorProto) => ArrayLike<number | bigint>;

// rawData may begin at any byte of the file, typed arrays may not: the elements are copied out.
const raw = (tensor: TensorProto): ArrayBuffer => tensor.rawData.slice().buffer;
const held = <T>(tensor: TensorProto, make: (buffer: ArrayBuffer) => T, typed: T, width: number): T =>
  tensor.rawData.length > 0 ? make(wholeElements(raw(tensor), width)) : typed;
const wholeElements = (buffer: ArrayBuffer, width: number): ArrayBuffer =>
  buffer.byteLength % width === 0 ? buffer : buffer.slice(0, buffer.byteLength - (buffer.byteLength % width));

const readers: Readonly<Record<ElementType, Reader>> = {
  [TensorProto_DataType.FLOAT]: (t) => held<ArrayLike<number>>(t, (b) => new Float32Array(b), t.floatData, 4),
  [TensorProto_DataType.DOUBLE]: (t) => held<ArrayLike<number>>(t, (b) => new Float64Array(b), t.doubleData, 8),
  [TensorProto_DataType.FLOAT16]: (t) =>
    Float32Array.from(
      held<ArrayLike<number>>(t, (b) => new Uint16Array(b), t.int32Data, 2),
      float16,
    ),
  [TensorProto_DataType.BFLOAT16]: (t) =>
    Float32Array.from(
      held<ArrayLike<number>>(t, (b) => new Uint16Array(b), t.int32Data, 2),
      bfloat16,
    ),
  [TensorProto_DataType.INT8]: (t) => held<ArrayLike<number>>(t, (b) => new Int8Array(b), t.int32Data, 1),
  [TensorProto_DataType.UINT8]: (t) => held<ArrayLike<number>>(t, (b) => new Uint8Array(b), t.int32Data, 1),
  [TensorProto_DataType.BOOL]: (t) => held<ArrayLike<number>>(t, (b) => new Uint8Array(b), t.int32Data, 1),
  [TensorProto_DataType.INT16]: (t) => held<ArrayLike<number>>(t, (b) => new Int16Array(b), t.int32Data, 2),
  [TensorProto_DataType.UINT16]: (t) => held<ArrayLike<number>>(t, (b) => new Uint16Array(b), t.int32Data, 2),
  [TensorProto_DataType.INT32]: (t) => held<ArrayLike<number>>(t, (b) => new Int32Array(b), t.int32Data, 4),
  [TensorProto_DataType.UINT32]: (t) => held<ArrayLike<number | bigint>>(t, (b) => new Uint32Array(b), t.uint64Data, 4),
  [TensorProto_DataType.INT64]: (t) => held<ArrayLike<bigint>>(t, (b) => new BigInt64Array(b), t.int64Data, 8),
  [TensorProto_DataType.UINT64]: (t) => held<ArrayLike<bigint>>(t, (b) => new BigUint64Array(b), t.uint64Data, 8),
};

/**
 * A tensor's elements as float32, row-major, whatever number type it is stored in (not 8-bit floats and narrower).
 *
 * @throws InputError where the elements lie in another file, their type has no reader or their count is not the shape's
 */
export function readFloats(file: string, tensor: TensorProto): Float32Array {
  const elements = readElements(file, tensor);
  return typeof elements[0] === "bigint"
    ? Float32Array.from(elements, Number)
    : Float32Array.from(elements as ArrayLike<number>);
}

/** A tensor's elements as whole numbers, for shapes and axes (exact to 2^53). */
export function readIntegers(file: string, tensor: TensorProto): number[] {
  return Array.from(readElements(file, tensor), Number);
}

function readElements(file: string, tensor: TensorProto): ArrayLike<number | bigint> {
  const place = tensor.name;
  if (isExternal(tensor)) {
    throw inputError({ file, place, found: "elements kept in another file", expected: "weights inside the ONNX file" });
  }
  const read = readers[tensor.dataType];
  if (!read) {
    const found = `elements of type ${elementTypeName(tensor.dataType)}`;
    throw inputError({ file, place, found, expected: "a number type of 8 to 64 bits" });
  }
  const shape = tensorShape(tensor);
  const elements = read(tensor);
  const count = elementsOf(shape);
  if (elements.length !== count) {
    const found = `${elements.length} elements`;
    throw inputError({ file, place, found, expected: `${count} (shape ${shape.join(" x ") || "of a single number"})` });
  }
  return elements;
}
