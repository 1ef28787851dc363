import { describe, expect, it } from "vitest";
import { checkImages } from "../../../experiments/network/check-images.ts";
import type { ImageData } from "../../../experiments/network/images.ts";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { profileNetwork } from "../../../experiments/network/profile.ts";
import { writeModel } from "../../../src/ground/formats/onnx.ts";
import { onnxGraph, onnxModel } from "../../../src/ground/formats/onnx-nodes.ts";
import {
  difference,
  exact,
  integerTensor,
  node,
  numbers,
  oracle,
  ort,
  tolerance,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

type Axes = readonly (number | string | null)[];

/** Tokens and pixels and a gain for each image: an embedding summed over four tokens beside a product of six pixels. */
const model = (batch: number | string | null, pixels: Axes = [batch, 2, 3], gain: Axes = [batch]) =>
  writeModel(
    onnxModel(
      onnxGraph("several", {
        nodes: [
          node("Gather", ["table", "tokens"], ["e"]),
          node("ReduceMean", ["e"], ["m"], { axes: [1n], keepdims: 0n }),
          node("Flatten", ["pixels"], ["f"]),
          node("MatMul", ["f", "w"], ["p"]),
          node("Concat", ["m", "p"], ["c"], { axis: 1n }),
          node("Gemm", ["c", "v"], ["g"]),
          node("Reshape", ["gain", "column"], ["r"]),
          node("Mul", ["g", "r"], ["y"]),
        ],
        inputs: [valueInfo("tokens", 7, [batch, 4]), valueInfo("pixels", 1, pixels), valueInfo("gain", 1, gain)],
        outputs: [valueInfo("y", 1)],
        initializers: [
          weight("table", [9, 5]),
          weight("w", [6, 3]),
          weight("v", [8, 4]),
          integerTensor("column", [2], [-1, 1]),
        ],
      }),
    ),
  );
const count = 5;
const tokens = [3, 1, 4, 1, 5, 8, 2, 6, 5, 3, 5, 8, 7, 7, 0, 3, 2, 3, 8, 4];
const pixels = numbers(6 * count, 3);
const gain = numbers(count, 4);
/** An image is its tokens, then its pixels, then its gain. */
const images = Float32Array.from(
  Array.from(gain).flatMap((own, i) => [...tokens.slice(4 * i, 4 * i + 4), ...pixels.subarray(6 * i, 6 * i + 6), own]),
);
const expected = (bytes: Uint8Array) =>
  oracle(bytes, {
    tokens: new ort.Tensor("int64", BigInt64Array.from(tokens, BigInt), [count, 4]),
    pixels: new ort.Tensor("float32", pixels, [count, 2, 3]),
    gain: new ort.Tensor("float32", gain, [count]),
  });
const shapes = [[4], [2, 3], []];

describe("a graph of several inputs", () => {
  it.each([
    ["open", "n"],
    ["fixed at 1", 1],
  ])("takes an image as the numbers of all of them, batch axis %s", async (_, batch) => {
    const network = await readNetwork("several.onnx", model(batch), ort, { imageShapes: shapes });
    expect(network.inputs).toMatchObject([
      { name: "tokens", shape: [4], type: "int64" },
      { name: "pixels", shape: [2, 3], type: "float32" },
      { name: "gain", shape: [], type: "float32" },
    ]);
    expect(network.batched).toBe(true);
    const wanted = await expected(model("n"));
    expect(difference(await network.run(images, count, exact(network)), wanted)).toBeLessThan(tolerance);
    expect(difference(await network.runWhole(images, count), wanted)).toBeLessThan(tolerance);
    expect((await profileNetwork(network, images)).products).toEqual([1, 1]);
  });

  it("of which one has no batch axis goes one image after another, vectors in one call", async () => {
    // Without shapes a single open axis is an image of one number, not a batch.
    const network = await readNetwork("several.onnx", model("n", ["n", 2, 3], [1]), ort);
    expect(network.batched).toBe(false);
    const calls: number[] = [];
    const scores = await network.run(images, count, (index, inputs, vectors) => {
      calls.push(vectors);
      return exact(network)(index, inputs, vectors);
    });
    expect(calls).toEqual([count, count]);
    expect(difference(scores, await expected(model("n")))).toBeLessThan(tolerance);
  });

  it("has its open axes filled from the images of each", async () => {
    const open = model("n", ["n", "h", "w"]);
    const network = await readNetwork("several.onnx", open, ort, { imageShapes: shapes });
    expect(network.inputs.map(({ shape }) => shape)).toEqual(shapes);
    await expect(readNetwork("several.onnx", open, ort)).rejects.toThrow("several.onnx:pixels: axes n x h x w");
  });

  it("refuses rows that are too short, naming all inputs", async () => {
    const network = await readNetwork("several.onnx", model("n"), ort, { imageShapes: shapes });
    await expect(network.run(images.subarray(1), count, exact(network))).rejects.toThrow(
      "several.onnx:tokens, pixels, gain: 54 numbers for 5 images, expected 11 for each image",
    );
  });

  it("refuses images of other sizes or axes, naming the input", async () => {
    const network = await readNetwork("several.onnx", model("n"), ort, { imageShapes: shapes });
    const given = (...of: number[][]): ImageData => ({
      ...{ values: images, labels: new Int32Array(count), size: 11, shapes: of, scale: [1], shift: [0] },
    });
    const check = (...of: number[][]) => checkImages("data.npz", network, given(...of));
    expect(() => check([4], [2, 3], [])).not.toThrow();
    expect(() => check([5], [2, 3], [])).toThrow(
      'data.npz:tokens: images of 5 values, expected 4 for the network\'s input "tokens" [4]',
    );
    expect(() => check([4], [3, 2], [])).toThrow("data.npz:pixels: images of 3 x 2, expected axes in the order of");
    expect(() => check([4], [2, 3])).toThrow("data.npz:gain: images of 0 values, expected 1");
  });
});
