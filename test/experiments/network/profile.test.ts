import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { type Profile, profileNetwork } from "../../../experiments/network/profile.ts";
import {
  body,
  bytesOf,
  floatTensor,
  type GraphText,
  integerTensor,
  node,
  numbers,
  ort,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

async function profileOf(graph: GraphText): Promise<Profile> {
  const network = await readNetwork("test.onnx", bytesOf(graph), ort);
  const image = numbers(network.inputs[0]!.shape.reduce((product, length) => product * length, 1));
  const profile = await profileNetwork(network, image);
  await network.close();
  return profile;
}

const work = (profile: Profile, operator: string) => profile.digital.find((entry) => entry.operator === operator);

describe("the work of one image", () => {
  it("of a convolution is a vector for each output position", async () => {
    const profile = await profileOf({
      nodes: [
        node("Conv", ["x", "c", "b"], ["h"]),
        node("Relu", ["h"], ["r"]),
        node("MaxPool", ["r"], ["p"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        node("Flatten", ["p"], ["f"]),
        node("Gemm", ["f", "w", "d"], ["y"]),
      ],
      tensors: [weight("c", [6, 1, 5, 5]), weight("b", [6]), weight("w", [6 * 144, 10]), weight("d", [10])],
      input: ["n", 1, 28, 28],
    });
    expect(profile.products).toEqual([24 * 24, 1]);
    expect(profile.macs).toEqual({ analog: 576 * 25 * 6 + 864 * 10, digital: 0 });
    const size = 6 * 24 * 24;
    expect(profile.digital).toEqual([
      { operator: "Relu", count: 1, inputs: size, outputs: size, operations: size, macs: 0, bytes: 8 * size },
      { operator: "MaxPool", count: 1, inputs: size, outputs: size / 4, operations: size, macs: 0, bytes: 5 * size },
      { operator: "Flatten", count: 1, inputs: size / 4, outputs: size / 4, operations: 0, macs: 0, bytes: 0 },
    ]);
  });

  it("of a product in groups is counted for all of them", async () => {
    const profile = await profileOf({
      nodes: [node("Conv", ["x", "c"], ["y"], { group: 4n, pads: [1n, 1n] })],
      tensors: [weight("c", [8, 1, 3])],
      input: ["n", 4, 10],
    });
    expect(profile.products).toEqual([10]);
    expect(profile.macs.analog).toBe(10 * 8 * 3);
  });

  it("names the multiply-accumulates that stayed digital", async () => {
    const attention = await profileOf({
      nodes: [
        node("MatMul", ["x", "wq"], ["q"]),
        node("Transpose", ["q"], ["t"], { perm: [0n, 2n, 1n] }),
        node("MatMul", ["q", "t"], ["s"]),
        node("Softmax", ["s"], ["p"]),
        node("MatMul", ["p", "q"], ["y"]),
      ],
      tensors: [weight("wq", [6, 4])],
      input: ["n", 5, 6],
    });
    // Scores of 5 tokens for 5, each over 4 numbers; then 4 numbers for each of 5, each over 5 tokens.
    expect(attention.macs).toEqual({ analog: 5 * 6 * 4, digital: 5 * 5 * 4 + 5 * 4 * 5 });
    expect(work(attention, "Softmax")).toMatchObject({ operations: 5 * 25, outputs: 25 });
    expect(work(attention, "MatMul")).toMatchObject({ count: 2, operations: 0 });
  });

  // Operations of a unit by the standard's formulas. LSTM: 4 sums of x and h products, 3 sigmoids, 2 tanh, 3 products, 1 sum.
  // GRU: 3 sums, 2 sigmoids, 1 tanh, r h, and h~ + z (h - h~); with linear_before_reset Rb of the candidate is added on top.
  // RNN: a sum and a tanh. Read are x and h products, the states, and what one phase leaves to the next.
  it.each([
    ["LSTM", 4, 0n, 1, { operations: 13, read: 9, written: 2 }],
    ["GRU", 3, 0n, 2, { operations: 10, read: 9, written: 3 }],
    ["GRU", 3, 1n, 1, { operations: 11, read: 8, written: 1 }],
    ["RNN", 1, 0n, 1, { operations: 2, read: 2, written: 1 }],
  ] as const)("of %s on tiles is a product a step and its gates", async (operator, gates, linear, phases, unit) => {
    const attributes = { hidden_size: 3n, direction: "bidirectional" };
    const profile = await profileOf({
      nodes: [
        node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
        node(
          operator,
          ["s", "w", "r", "b"],
          ["", "h"],
          linear ? { ...attributes, linear_before_reset: linear } : attributes,
        ),
        node("Transpose", ["h"], ["t"], { perm: [1n, 0n, 2n] }),
        node("Flatten", ["t"], ["y"]),
      ],
      tensors: [weight("w", [2, gates * 3, 5]), weight("r", [2, gates * 3, 3]), weight("b", [2, gates * 6])],
      input: ["n", 7, 5],
    });
    const recurrent = Array<number>(2 * phases).fill(7);
    expect(profile.products).toEqual([7, 7, ...recurrent]);
    expect(profile.calls).toEqual([1, 1, ...recurrent]);
    expect(profile.macs).toEqual({ analog: 7 * 2 * gates * 3 * (5 + 3), digital: 0 });
    const units = 7 * 2 * 3;
    const { operations, read, written } = unit;
    expect(work(profile, `${operator} gates`)).toEqual({
      operator: `${operator} gates`,
      count: 7 * 2 * phases,
      inputs: units * read,
      outputs: units * written,
      operations: units * operations,
      macs: 0,
      bytes: 4 * units * (read + written),
    });
  });

  it.each([
    ["LSTM", 4],
    ["GRU", 3],
    ["RNN", 1],
  ] as const)(
    "of %s with computed weights is that of both its weight matrices at every step",
    async (operator, gates) => {
      const profile = await profileOf({
        nodes: [
          node("MatMul", ["x", "e"], ["a"]),
          node("Transpose", ["a"], ["s"], { perm: [1n, 0n, 2n] }),
          node("ReduceMax", ["x"], ["top"], { keepdims: 0n }),
          node("Mul", ["w", "top"], ["wx"]),
          node(operator, ["s", "wx", "r"], ["", "h"], { hidden_size: 3n, direction: "bidirectional" }),
          node("Transpose", ["h"], ["t"], { perm: [1n, 0n, 2n] }),
          node("Flatten", ["t"], ["y"]),
        ],
        tensors: [weight("e", [6, 5]), weight("w", [2, gates * 3, 5]), weight("r", [2, gates * 3, 3])],
        input: ["n", 7, 6],
      });
      expect(profile.macs.digital).toBe(7 * 2 * gates * 3 * (5 + 3));
      expect(profile.macs.analog).toBe(7 * 6 * 5);
    },
  );

  it("of other operators that multiply and accumulate", async () => {
    const profile = await profileOf({
      nodes: [
        node("Conv", ["x", "c"], ["h"]),
        node("ConvTranspose", ["h", "u"], ["t"], { strides: [2n, 2n] }),
        node("Einsum", ["t", "e"], ["s"], { equation: "n...hw,cd->n...d" }),
        node("Flatten", ["s"], ["y"]),
      ],
      tensors: [weight("c", [2, 1, 3, 3]), weight("u", [2, 3, 3, 3]), weight("e", [3, 5])],
      input: ["n", 1, 8, 8],
    });
    // Every element of 2 x 6 x 6 spreads over 3 channels of 3 x 3.
    expect(work(profile, "ConvTranspose")!.macs).toBe(2 * 36 * 27);
    // 13 x 13 and 3 are summed away from 3 x 5 results.
    expect(work(profile, "Einsum")!.macs).toBe(3 * 5 * 13 * 13 * 3);
  });

  it("counts elementwise operators by outputs, reductions by inputs, movements by bytes alone", async () => {
    const profile = await profileOf({
      nodes: [
        node("MatMul", ["x", "w"], ["a"]),
        node("Add", ["a", "b"], ["c"]),
        node("Transpose", ["c"], ["d"], { perm: [0n, 2n, 1n] }),
        node("ReduceMean", ["d"], ["e"], { axes: [1n], keepdims: 0n }),
        node("LayerNormalization", ["e", "g"], ["y"]),
      ],
      tensors: [weight("w", [6, 4]), weight("b", [4]), weight("g", [3])],
      input: ["n", 3, 6],
    });
    expect(work(profile, "Add")).toEqual({
      operator: "Add",
      count: 1,
      inputs: 16,
      outputs: 12,
      operations: 12,
      macs: 0,
      bytes: 4 * 28,
    });
    expect(work(profile, "Transpose")).toMatchObject({ operations: 0, bytes: 4 * 24 });
    expect(work(profile, "ReduceMean")).toMatchObject({ operations: 12, outputs: 3 });
    expect(work(profile, "LayerNormalization")).toMatchObject({ operations: 8 * 3, inputs: 6 });
  });

  it("counts what a cut adds in the types of the tensors", async () => {
    const profile = await profileOf({
      nodes: [
        node("Cast", ["x"], ["h"], { to: 10n }),
        node("Cast", ["w"], ["v"], { to: 10n }),
        node("ReduceSum", ["h", "axis"], ["s"], { keepdims: 1n }),
        node("Gemm", ["h", "v", "s"], ["g"], { beta: 0.5 }),
        node("Cast", ["g"], ["y"], { to: 1n }),
      ],
      tensors: [weight("w", [6, 4]), integerTensor("axis", [1], [1])],
      input: ["n", 6],
    });
    // The bias is computed, one float16 number for the image: scaled and added digitally.
    expect(work(profile, "Mul")).toMatchObject({ count: 1, outputs: 1, operations: 1 });
    expect(work(profile, "Add")).toMatchObject({ count: 1, inputs: 5, outputs: 4, bytes: 2 * 9 });
    expect(work(profile, "Cast")).toMatchObject({ count: 2, bytes: (6 + 4) * 6 });
    expect(profile.products).toEqual([1]);
  });

  it("is the same for a graph that takes one image at a time", async () => {
    const graph = (rows: number): GraphText => ({
      nodes: [node("Reshape", ["x", "s"], ["f"]), node("MatMul", ["f", "w"], ["y"])],
      tensors: [integerTensor("s", [2], [rows, 6]), weight("w", [6, 4])],
      input: [1, 2, 3],
    });
    expect(await profileOf(graph(1))).toEqual(await profileOf(graph(-1)));
  });

  it("warns of bodies whose work it does not see", async () => {
    const loop = body(
      [node("Identity", ["go"], ["goOn"]), node("Tanh", ["state"], ["next"])],
      [valueInfo("i", 7, []), valueInfo("go", 9, []), valueInfo("state", 1)],
      [valueInfo("goOn", 9, []), valueInfo("next", 1)],
    );
    const profile = await profileOf({
      nodes: [node("MatMul", ["x", "w"], ["a"]), node("Loop", ["three", "", "a"], ["y"], { body: loop })],
      tensors: [weight("w", [6, 4]), integerTensor("three", [], [3])],
      input: ["n", 6],
    });
    expect(profile.warnings).toEqual(["work inside Loop is not counted"]);
  });

  it("is refused for an image that is too small", async () => {
    const bytes = bytesOf({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      tensors: [floatTensor("w", [2, 1], [1, 2])],
      input: ["n", 2],
    });
    const network = await readNetwork("test.onnx", bytes, ort);
    await expect(profileNetwork(network, new Float32Array(1))).rejects.toThrow(
      "test.onnx:x: 1 numbers, expected 2 for an image",
    );
  });
});
