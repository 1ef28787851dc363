import { describe, expect, it } from "vitest";
import type { Vectors } from "../../../circuits/index.ts";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { InputError } from "../../../src/ground/errors.ts";
import {
  allVectors,
  body,
  bytesOf,
  compare,
  difference,
  exact,
  floatTensor,
  type GraphText,
  integerTensor,
  node,
  numbers,
  ort,
  tolerance,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

/** 28 x 28 images in small: 1 x 8 x 8, five of them. */
const shape = [5, 1, 8, 8];
const input = ["n", 1, 8, 8];
const ones = (name: string, length: number) => floatTensor(name, [length], Array(length).fill(1.25));

const perceptron: GraphText = {
  nodes: [
    node("Flatten", ["x"], ["f"]),
    node("Gemm", ["f", "w1", "b1"], ["a1"], { transB: 1n }),
    node("BatchNormalization", ["a1", "scale", "shift", "mean", "variance"], ["n1"]),
    node("Relu", ["n1"], ["r1"]),
    node("Gemm", ["r1", "w2", "b2"], ["a2"], { transB: 1n }),
    node("LayerNormalization", ["a2", "gain", "offset"], ["n2"]),
    node("Sigmoid", ["n2"], ["s2"]),
    node("Gemm", ["s2", "w3", "b3"], ["z"], { transB: 1n }),
    node("Softmax", ["z"], ["y"]),
  ],
  tensors: [
    ...[weight("w1", [16, 64]), weight("b1", [16]), weight("w2", [12, 16]), weight("b2", [12]), weight("w3", [10, 12])],
    ...[weight("b3", [10]), ones("scale", 16), weight("shift", [16]), weight("mean", [16]), ones("variance", 16)],
    ...[ones("gain", 12), weight("offset", [12])],
  ],
  input,
};

const residual: GraphText = {
  nodes: [
    node("Conv", ["x", "stem", "stemB"], ["h0"], { pads: [1n, 1n, 1n, 1n] }),
    node("Relu", ["h0"], ["h1"]),
    node("Conv", ["h1", "depth", "depthB"], ["h2"], { pads: [1n, 1n, 1n, 1n], group: 4n }),
    node("Relu", ["h2"], ["h3"]),
    node("Conv", ["h3", "point"], ["h4"]),
    node("Add", ["h4", "h1"], ["h5"]),
    node("Conv", ["h5", "down"], ["h6"], { strides: [2n, 2n], auto_pad: "SAME_UPPER" }),
    node("Conv", ["h5", "skip"], ["h7"], { strides: [2n, 2n] }),
    node("Add", ["h6", "h7"], ["h8"]),
    node("GlobalAveragePool", ["h8"], ["h9"]),
    node("Flatten", ["h9"], ["h10"]),
    node("Gemm", ["h10", "head", "headB"], ["y"]),
  ],
  tensors: [
    ...[weight("stem", [4, 1, 3, 3]), weight("stemB", [4]), weight("depth", [4, 1, 3, 3]), weight("depthB", [4])],
    ...[weight("point", [4, 4, 1, 1]), weight("down", [6, 4, 3, 3]), weight("skip", [6, 4, 1, 1])],
    ...[weight("head", [6, 10]), weight("headB", [10])],
  ],
  input,
};

/** Eight tokens of eight numbers, two heads of four. */
const attention: GraphText = {
  nodes: [
    node("Reshape", ["x", "tokens"], ["t"]),
    node("LayerNormalization", ["t", "gain", "offset"], ["l"]),
    node("MatMul", ["l", "wq"], ["q"]),
    node("MatMul", ["l", "wk"], ["k"]),
    node("MatMul", ["l", "wv"], ["v"]),
    ...["q", "k", "v"].flatMap((name) => [
      node("Reshape", [name, "heads"], [`${name}h`]),
      node("Transpose", [`${name}h`], [`${name}t`], { perm: name === "k" ? [0n, 2n, 3n, 1n] : [0n, 2n, 1n, 3n] }),
    ]),
    node("MatMul", ["qt", "kt"], ["scores"]),
    node("Mul", ["scores", "half"], ["scaled"]),
    node("Softmax", ["scaled"], ["shares"], { axis: -1n }),
    node("MatMul", ["shares", "vt"], ["mixed"]),
    node("Transpose", ["mixed"], ["back"], { perm: [0n, 2n, 1n, 3n] }),
    node("Reshape", ["back", "tokens"], ["joined"]),
    node("MatMul", ["joined", "wo"], ["o"]),
    node("Add", ["o", "t"], ["sum"]),
    node("ReduceMean", ["sum"], ["pooled"], { axes: [1n], keepdims: 0n }),
    node("Gemm", ["pooled", "head", "headB"], ["y"], { transB: 1n }),
  ],
  tensors: [
    ...["wq", "wk", "wv", "wo"].map((name) => weight(name, [8, 8])),
    ...[ones("gain", 8), weight("offset", [8]), weight("head", [10, 8]), weight("headB", [10])],
    ...[
      integerTensor("tokens", [3], [0, 8, 8]),
      integerTensor("heads", [4], [0, 8, 2, 4]),
      floatTensor("half", [], [0.5]),
    ],
  ],
  input,
};

function recurrent(operator: "LSTM" | "GRU" | "RNN"): GraphText {
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[operator];
  return {
    nodes: [
      node("Squeeze", ["x", "one"], ["rows"]),
      node("MatMul", ["rows", "embed"], ["e"]),
      node("Transpose", ["e"], ["steps"], { perm: [1n, 0n, 2n] }),
      node(operator, ["steps", "wi", "wh", "b"], ["", "last"], { hidden_size: 6n }),
      node("Squeeze", ["last", "zero"], ["h"]),
      node("Gemm", ["h", "head", "headB"], ["y"]),
    ],
    tensors: [
      ...[weight("embed", [8, 5]), weight("wi", [1, gates * 6, 5]), weight("wh", [1, gates * 6, 6])],
      ...[weight("b", [1, gates * 12]), weight("head", [6, 10]), weight("headB", [10])],
      ...[integerTensor("one", [1], [1]), integerTensor("zero", [1], [0])],
    ],
    input,
  };
}

/** The table that turns tokens into vectors also scores them. */
const tied: GraphText = {
  nodes: [
    node("Gather", ["table", "x"], ["e"]),
    node("ReduceMean", ["e"], ["m"], { axes: [1n], keepdims: 0n }),
    node("Gemm", ["m", "w"], ["h"]),
    node("Relu", ["h"], ["r"]),
    node("Transpose", ["table"], ["out"]),
    node("MatMul", ["r", "out"], ["y"]),
  ],
  tensors: [weight("table", [9, 6]), weight("w", [6, 6])],
  input: ["n", 4],
  inputType: 7,
};

describe("a network cut at its products gives what ONNX Runtime gives", () => {
  it.each([
    [
      "perceptron with norms",
      perceptron,
      [[0, 1, 2]],
      { Flatten: 1, BatchNormalization: 1, Relu: 1, LayerNormalization: 1, Sigmoid: 1, Softmax: 1 },
    ],
    [
      "residual with a depthwise convolution",
      residual,
      [[0, 1, 2, 3, 3, 4]],
      { Relu: 2, Add: 2, GlobalAveragePool: 1, Flatten: 1 },
    ],
    [
      "attention block",
      attention,
      [[0, 0, 0, 1, 2]],
      { Reshape: 5, LayerNormalization: 1, Transpose: 4, MatMul: 2, Mul: 1, Softmax: 1, Add: 1, ReduceMean: 1 },
    ],
    ["LSTM", recurrent("LSTM"), [[0, 1, 2, 3]], { Squeeze: 2, Transpose: 1, "LSTM gates": 1 }],
    ["GRU", recurrent("GRU"), [[0, 1, 2, 2, 3]], { Squeeze: 2, Transpose: 1, "GRU gates": 1 }],
    ["RNN", recurrent("RNN"), [[0, 1, 2, 3]], { Squeeze: 2, Transpose: 1, "RNN gates": 1 }],
  ])("%s", async (_, graph, [levels], digital) => {
    const { network, cut, whole } = await compare(bytesOf(graph), shape);
    expect(cut).toBeLessThan(tolerance);
    expect(whole).toBeLessThan(tolerance);
    expect(network.products.map(({ level }) => level)).toEqual(levels);
    expect(network.digitalOperators).toEqual(digital);
    expect(network.classes).toBe(10);
    expect(network.batched).toBe(true);
  });

  it("with weights tied through Transpose, the table staying digital", async () => {
    const network = await readNetwork("test.onnx", bytesOf(tied), ort);
    const tokens = Float32Array.from([0, 1, 2, 3, 8, 7, 6, 5, 4, 4, 4, 4]);
    expect(difference(await network.run(tokens, 3, exact(network)), await network.runWhole(tokens, 3))).toBeLessThan(
      tolerance,
    );
    expect(network.products.map(({ rows, columns }) => [rows, columns])).toEqual([
      [6, 6],
      [6, 9],
    ]);
    expect(network.parameters).toBe(9 * 6 + 6 * 6);
  });

  it("where a product reads a product, and one is the output", async () => {
    const nodes = [node("MatMul", ["x", "a"], ["u"]), node("MatMul", ["u", "b"], ["y"])];
    const { network, cut } = await compare(
      bytesOf({ nodes, tensors: [weight("a", [6, 4]), weight("b", [4, 3])], input: ["n", 6] }),
      [5, 6],
    );
    expect(cut).toBeLessThan(tolerance);
    expect(network.digitalOperators).toEqual({});
  });

  it("where a product's output is read again further down", async () => {
    const nodes = [
      node("MatMul", ["x", "a"], ["u"]),
      node("Relu", ["u"], ["r"]),
      node("MatMul", ["r", "b"], ["v"]),
      node("Add", ["v", "u"], ["s"]),
      node("Add", ["s", "x"], ["y"]),
    ];
    const tensors = [weight("a", [6, 6]), weight("b", [6, 6])];
    expect((await compare(bytesOf({ nodes, tensors, input: ["n", 6] }), [5, 6])).cut).toBeLessThan(tolerance);
  });

  it("whose nodes are unsorted, share a name, and include some that nothing needs", async () => {
    const nodes = [
      node("Relu", ["u"], ["y"]),
      node("MatMul", ["x", "a"], ["u"]),
      node("MatMul", ["x", "b"], ["unused"]),
      node("Relu", ["unused"], ["unusedToo"]),
    ];
    for (const item of nodes) item.name = "same";
    const bytes = bytesOf({ nodes, tensors: [weight("a", [6, 4]), weight("b", [6, 4])], input: ["n", 6] });
    const network = await readNetwork("test.onnx", bytes, ort);
    const images = numbers(30);
    expect(network.products.map(({ name }) => name)).toEqual(["u"]);
    expect(network.digitalOperators).toEqual({ Relu: 1 });
    expect(difference(await network.run(images, 5, exact(network)), await network.runWhole(images, 5))).toBeLessThan(
      tolerance,
    );
  });

  it("with If, Loop and Scan whose bodies take tensors from outside", async () => {
    const flag = valueInfo("", 9, []);
    const number = valueInfo("", 1);
    const named = (info: typeof flag, name: string) => ({ ...info, name });
    const thenBody = body([node("Relu", ["u"], ["then"])], [], [named(number, "then")]);
    const elseBody = body([node("Neg", ["u"], ["else"])], [], [named(number, "else")]);
    const loopBody = body(
      [node("Identity", ["go"], ["goOn"]), node("MatMul", ["state", "square"], ["m"]), node("Tanh", ["m"], ["next"])],
      [valueInfo("i", 7, []), named(flag, "go"), named(number, "state")],
      [named(flag, "goOn"), named(number, "next")],
    );
    const nodes = [
      node("MatMul", ["x", "a"], ["u"]),
      node("ReduceMax", ["x"], ["top"], { keepdims: 0n }),
      node("Greater", ["top", "zero"], ["positive"]),
      node("If", ["positive"], ["chosen"], { then_branch: thenBody, else_branch: elseBody }),
      node("Transpose", ["u"], ["turned"]),
      node("MatMul", ["turned", "u"], ["square"]),
      node("Loop", ["three", "", "chosen"], ["looped"], { body: loopBody }),
      node("MatMul", ["looped", "b"], ["y"]),
    ];
    const tensors = [
      weight("a", [6, 4]),
      weight("b", [4, 3]),
      floatTensor("zero", [], [0]),
      integerTensor("three", [], [3]),
    ];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 6] }), [1, 6]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.digitalOperators).toMatchObject({ If: 1, Loop: 1, MatMul: 1 });
  });

  it("with operators that keep constant weights off the array, each told", async () => {
    const nodes = [
      node("Conv", ["x", "w"], ["c"]),
      node("ConvTranspose", ["c", "up"], ["u"]),
      node("Einsum", ["u", "e"], ["s"], { equation: "nchw,cd->nd" }),
      node("Gelu", ["s"], ["g"], {}, "com.microsoft"),
      node("Gemm", ["g", "head"], ["y"]),
    ];
    const tensors = [
      weight("w", [2, 1, 3, 3]),
      weight("up", [2, 3, 3, 3]),
      weight("e", [3, 5]),
      weight("head", [5, 10]),
    ];
    const bytes = bytesOf({ nodes, tensors, input, domains: [{ domain: "com.microsoft", version: 1n }] });
    const { network, cut } = await compare(bytes, shape);
    expect(cut).toBeLessThan(tolerance);
    expect(network.digitalOperators).toEqual({ ConvTranspose: 1, Einsum: 1, "com.microsoft.Gelu": 1 });
    expect(network.warnings).toEqual([
      "1 x ConvTranspose with constant weights stay digital",
      "1 x Einsum with constant weights stay digital",
    ]);
  });
});

describe("the batch axis", () => {
  const flattening = (rows: number): GraphText => ({
    nodes: [
      node("Reshape", ["x", "flat"], ["f"]),
      node("Gemm", ["f", "a"], ["u"]),
      node("Relu", ["u"], ["r"]),
      node("Gemm", ["r", "b"], ["y"]),
    ],
    tensors: [integerTensor("flat", [2], [rows, 64]), weight("a", [64, 5]), weight("b", [5, 3])],
    input: [1, 1, 8, 8],
  });

  it.each([
    ["symbolic", "n"],
    ["unnamed", null],
    ["fixed at 1", 1],
    ["fixed at 2", 2],
  ])("%s, with a graph that takes any number", async (_, first) => {
    const network = await readNetwork("test.onnx", bytesOf({ ...flattening(-1), input: [first, 1, 8, 8] }), ort);
    expect(network.batched).toBe(true);
    expect(network.inputs[0]!.shape).toEqual([1, 8, 8]);
    const images = numbers(5 * 64);
    const together = await network.run(images, 5, exact(network));
    expect(difference(together, await network.runWhole(images, 5))).toBeLessThan(tolerance);
    const last = await network.run(images.subarray(4 * 64), 1, exact(network));
    expect(difference(together.subarray(12), last)).toBeLessThan(tolerance);
  });

  it("fixed at 1 inside the graph: images side by side, their vectors in one call", async () => {
    const network = await readNetwork("test.onnx", bytesOf(flattening(1)), ort);
    expect(network.batched).toBe(false);
    const images = numbers(5 * 64);
    const calls: number[] = [];
    const scores = await network.run(images, 5, (index, inputs, vectors) => {
      calls.push(vectors);
      return exact(network)(index, inputs, vectors);
    });
    expect(calls).toEqual([5, 5]);
    expect(difference(scores, await network.runWhole(images, 5))).toBeLessThan(tolerance);
    expect(scores).toHaveLength(15);
  });

  it("that a graph mixes images along is found out", async () => {
    const nodes = [node("Softmax", ["x"], ["s"], { axis: 0n }), node("MatMul", ["s", "w"], ["y"])];
    const network = await readNetwork(
      "test.onnx",
      bytesOf({ nodes, tensors: [weight("w", [6, 4])], input: ["n", 6] }),
      ort,
    );
    expect(network.batched).toBe(false);
  });

  it("is none where the images fill all axes", async () => {
    const nodes = [
      node("MatMul", ["x", "w"], ["a"]),
      node("ReduceMean", ["a"], ["y"], { axes: [0n, 1n], keepdims: 0n }),
    ];
    const bytes = bytesOf({ nodes, tensors: [weight("w", [8, 4])], input: [8, 1, 8] });
    const network = await readNetwork("test.onnx", bytes, ort, { imageShapes: [[8, 8]] });
    expect(network.inputs[0]!.shape).toEqual([8, 1, 8]);
    expect(network.classes).toBe(4);
    const images = numbers(3 * 64);
    expect(difference(await network.run(images, 3, exact(network)), await network.runWhole(images, 3))).toBeLessThan(
      tolerance,
    );
  });

  it.each([
    [
      ["n", "c", 8, 8],
      [8, 8],
      [1, 8, 8],
    ],
    [
      ["n", "c", "h", "w"],
      [8, 8],
      [1, 8, 8],
    ],
    [
      ["n", 1, "h", "w"],
      [1, 8, 8],
      [1, 8, 8],
    ],
    [["n", "all"], [8, 8], [64]],
  ])("and other axes that are open, %j, are filled from images of %j", async (axes, imageShape, filled) => {
    const bytes = bytesOf({ ...flattening(-1), input: axes });
    expect((await readNetwork("test.onnx", bytes, ort, { imageShapes: [imageShape] })).inputs[0]!.shape).toEqual(
      filled,
    );
    await expect(readNetwork("test.onnx", bytes, ort)).rejects.toThrow(/test.onnx:x: axes n x/);
    await expect(readNetwork("test.onnx", bytes, ort, { imageShapes: [[3, 5]] })).rejects.toThrow(InputError);
  });
});

describe("a run", () => {
  it("is repeatable to the bit and leaves the images as they were", async () => {
    const network = await readNetwork("test.onnx", bytesOf(residual), ort);
    const images = numbers(5 * 64);
    const before = images.slice();
    const first = await network.run(images, 5, exact(network));
    expect(await network.run(images, 5, exact(network))).toEqual(first);
    expect(images).toEqual(before);
  });

  it("of several at a time keeps them apart", async () => {
    const network = await readNetwork("test.onnx", bytesOf(attention), ort);
    const images = [3, 4, 5].map((seed) => numbers(5 * 64, seed));
    const slow = async (index: number, inputs: Vectors, vectors: number): Promise<Float32Array> => {
      const now = () => allVectors(inputs, network.products[index]!, vectors).slice();
      const kept = now();
      await new Promise((resolve) => setImmediate(resolve));
      expect(now()).toEqual(kept);
      return exact(network)(index, inputs, vectors);
    };
    const together = await Promise.all(images.map((batch) => network.run(batch, 5, slow)));
    for (const [i, batch] of images.entries()) expect(together[i]).toEqual(await network.run(batch, 5, exact(network)));
  });

  it("takes bytes of shared memory and of a slice at an odd offset", async () => {
    const bytes = bytesOf(perceptron);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 1), 1);
    shared.set(bytes);
    const [a, b] = [await readNetwork("a", bytes, ort), await readNetwork("b", shared, ort)];
    expect(b.checksum).toBe(a.checksum);
    expect(b.products).toEqual(a.products);
  });
});
