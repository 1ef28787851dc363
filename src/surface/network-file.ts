import { basename, dirname, join } from "node:path";
import { TensorProto_DataType } from "onnx-buf";
import { namesNear } from "../ground/errors.ts";
import { elementTypeName } from "../ground/formats/onnx.ts";
import { inlineExternalData } from "../ground/formats/onnx-external.ts";
import { graphInputs } from "../ground/formats/onnx-nodes.ts";
import { kindOf, namesIn, readBytes, readPart, sizeOf } from "./files.ts";

/** What a network is fed: an input's name and its numbers' type, "float32". */
export interface GraphInput {
  readonly name: string;
  readonly type: string;
}

/** A network as the work is given it. */
export interface NetworkFile {
  readonly file: string;
  /** The ONNX model with all its weights, those that lie in files beside it too. */
  readonly bytes: Uint8Array;
  /** In the graph's order. */
  readonly inputs: readonly GraphInput[];
}

/** Reads an ONNX file, with the weights that it keeps in other files of its folder. */
export function readNetworkFile(file: string): NetworkFile {
  const beside = (location: string): string => join(dirname(file), location);
  const { model, bytes } = inlineExternalData(file, readBytes(file, "a network (.onnx)"), {
    sizeOf: (location) => (kindOf(beside(location)) === "file" ? sizeOf(beside(location)) : null),
    read: (location, offset, length) => readPart(beside(location), offset, length),
    near: (location) => {
      const place = dirname(beside(location));
      return kindOf(place) === "folder" ? namesNear(basename(location), namesIn(place)) : [];
    },
  });
  const inputs = graphInputs(model.graph).map(({ name, type }) => {
    const elements = type?.value.case === "tensorType" ? type.value.value.elemType : 0;
    return { name, type: elementTypeName(elements || TensorProto_DataType.FLOAT) };
  });
  return { file, bytes, inputs };
}
