import { inputError } from "../../src/ground/errors.ts";
import type { NetworkInput } from "./boundary.ts";
import type { ImageData } from "./images.ts";
import type { Network } from "./partition.ts";

/** Refuses images that are not what the network takes: by size, order of axes, channels of scale and shift, or labels. */
export function checkImages(
  file: string,
  { inputs, classes }: Pick<Network, "inputs" | "classes">,
  images: ImageData,
): void {
  for (const [index, input] of inputs.entries()) {
    const shape = images.shapes[index];
    const place = inputs.length > 1 ? input.name : undefined;
    const size = shape?.reduce((product, length) => product * length, 1) ?? 0;
    const needed = input.shape.reduce((product, length) => product * length, 1);
    const wanted = `the network's input "${input.name}" [${input.shape.join(", ")}]`;
    if (needed !== size) {
      throw inputError({ file, place, found: `images of ${size} values`, expected: `${needed} for ${wanted}` });
    }
    if (sameInAnotherOrder(shape!, input.shape)) {
      const found = `images of ${shape!.join(" x ")}`;
      throw inputError({ file, place, found, expected: `axes in the order of ${wanted}` });
    }
  }
  checkChannels("--input-scale", images.scale, images, inputs);
  checkChannels("--input-shift", images.shift, images, inputs);
  for (const [index, label] of images.labels.entries()) {
    if (label >= 0 && label < classes) continue;
    throw inputError({ file, place: `label ${index}`, found: `${label}`, expected: `0 to ${classes - 1}` });
  }
}

/** Channels-last images are no images to a channels-first network, and a reshape would not say so. */
function sameInAnotherOrder(shape: readonly number[], other: readonly number[]): boolean {
  const [a, b] = [shape, other].map((axes) => axes.filter((length) => length !== 1));
  return a!.join() !== b!.join() && [...a!].sort().join() === [...b!].sort().join();
}

/** Channels are the first axis of the network's one input, or of the images where the input is a row of numbers. */
function checkChannels(
  option: string,
  numbers: readonly number[],
  { shapes }: ImageData,
  inputs: readonly NetworkInput[],
): void {
  if (numbers.length === 1) return;
  const found = `${numbers.length} numbers`;
  if (inputs.length > 1) throw inputError({ file: option, found, expected: "one number for all of several inputs" });
  const axes = inputs[0]!.shape.length > 1 ? inputs[0]!.shape : shapes[0]!;
  if (axes.length > 1 && numbers.length === axes[0]) return;
  const channels = axes.length > 1 && axes[0] !== 1 ? `, or ${axes[0]}: one a channel of [${axes.join(", ")}]` : "";
  throw inputError({ file: option, found, expected: `one number${channels}` });
}
