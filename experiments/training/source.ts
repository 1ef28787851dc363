import { at, type Draw } from "../../src/ground/draws/index.ts";
import { checkImages, type ImageData, type Ort, readNetwork } from "../network/index.ts";
import { networkOfGraph } from "./graph-network.ts";
import type { TrainableNetwork } from "./network.ts";
import { type NetworkSpec, networkOfSpec } from "./spec-network.ts";

/** Where a network to train comes from, as plain data. */
export type TrainingSource =
  | { readonly file: string; readonly spec: NetworkSpec }
  | {
      readonly file: string;
      /** Of the ONNX model. */
      readonly bytes: Uint8Array;
      /** Axes of the images that will be given: they fill what the file leaves open. */
      readonly imageShapes: readonly (readonly number[])[];
    };

/** The network with the weights it starts from. A graph is trained by the loss "cross-entropy". */
export async function openNetwork(
  source: TrainingSource,
  draw: Draw,
  openRuntime: () => Promise<Ort>,
): Promise<TrainableNetwork> {
  if ("spec" in source) return networkOfSpec(source.spec, at(draw, "network"));
  const { file, bytes, imageShapes } = source;
  const shaped = imageShapes.length === 1 && imageShapes[0]!.length < 2 ? {} : { imageShapes };
  const network = await readNetwork(file, bytes, await openRuntime(), shaped);
  try {
    return await networkOfGraph(network, "cross-entropy");
  } finally {
    await network.close();
  }
}

/** Refuses images that are not what the network takes, and labels that it has no class for. */
export function checkTrainingImages(data: string, { input, classes }: TrainableNetwork, images: ImageData): void {
  const inputs = [{ ...input, type: "float32" }];
  checkImages(data, { inputs, classes }, images);
}
