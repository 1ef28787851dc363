import { basename, dirname, join } from "node:path";
import { namesNear } from "../ground/errors.ts";
import { inlineExternalData } from "../ground/formats/onnx-external.ts";
import { kindOf, namesIn, readBytes, readPart, sizeOf } from "./files.ts";

/** A network as the work is given it. */
export interface NetworkFile {
  readonly file: string;
  /** The ONNX model with all its weights, those that lie in files beside it too. */
  readonly bytes: Uint8Array;
}

/** Reads an ONNX file, with the weights that it keeps in other files of its folder. */
export function readNetworkFile(file: string): NetworkFile {
  const beside = (location: string): string => join(dirname(file), location);
  const bytes = inlineExternalData(file, readBytes(file, "a network (.onnx)"), {
    sizeOf: (location) => (kindOf(beside(location)) === "file" ? sizeOf(beside(location)) : null),
    read: (location, offset, length) => readPart(beside(location), offset, length),
    near: (location) => {
      const place = dirname(beside(location));
      return kindOf(place) === "folder" ? namesNear(basename(location), namesIn(place)) : [];
    },
  });
  return { file, bytes };
}
