import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/index.ts";
import { floatProducts } from "../../../experiments/training/float-training.ts";
import { networkOfGraph } from "../../../experiments/training/graph-network.ts";
import { lossOf } from "../../../experiments/training/loss.ts";
import { backward, forward, plansOf } from "../../../experiments/training/network.ts";
import { bytesOf, type GraphText, integerTensor, node, numbers, ort, weight } from "../../onnx-graphs.ts";

const graphs: Readonly<Record<string, GraphText>> = {
  "a perceptron of Gemm, turned and scaled, with biases": {
    nodes: [
      node("Gemm", ["x", "w1", "b1"], ["h"], { transB: 1n, alpha: 0.5, beta: 2 }),
      node("Sigmoid", ["h"], ["s"]),
      node("Gemm", ["s", "w2"], ["y"]),
    ],
    tensors: [weight("w1", [5, 6]), weight("b1", [5]), weight("w2", [5, 3])],
    input: ["batch", 6],
  },
  "MatMul with an Add for its bias": {
    nodes: [
      node("MatMul", ["x", "w1"], ["m"]),
      node("Add", ["b1", "m"], ["h"]),
      node("Tanh", ["h"], ["t"]),
      node("MatMul", ["t", "w2"], ["n"]),
      node("Add", ["n", "b2"], ["y"]),
    ],
    tensors: [weight("w1", [6, 4]), weight("b1", [4]), weight("w2", [4, 3]), weight("b2", [1, 3])],
    input: ["batch", 6],
  },
  "convolutions in groups with padding, stride, pools and a way around": {
    nodes: [
      node("Conv", ["x", "k1", "c1"], ["a"], { pads: [1n, 1n, 1n, 1n] }),
      node("Tanh", ["a"], ["r"]),
      node("MaxPool", ["r"], ["p"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
      node("Conv", ["p", "k2"], ["q"], { pads: [1n, 1n, 1n, 1n], group: 2n }),
      node("Add", ["q", "p"], ["z"]),
      node("AveragePool", ["z"], ["v"], { kernel_shape: [2n, 2n] }),
      node("Flatten", ["v"], ["f"]),
      node("Gemm", ["f", "w", "b"], ["g"]),
      node("Softmax", ["g"], ["y"]),
    ],
    tensors: [
      weight("k1", [4, 2, 3, 3], 0.5),
      weight("c1", [4]),
      weight("k2", [4, 2, 3, 3], 0.5),
      weight("w", [16, 3]),
      weight("b", [3]),
    ],
    input: ["batch", 2, 6, 6],
  },
  "a convolution behind a Reshape with a bias from an Add": {
    nodes: [
      node("Reshape", ["x", "to"], ["i"]),
      node("Conv", ["i", "k"], ["a"], { strides: [2n, 1n] }),
      node("Add", ["a", "c"], ["r"]),
      node("Reshape", ["r", "flat"], ["f"]),
      node("MatMul", ["f", "w"], ["y"]),
    ],
    tensors: [
      integerTensor("to", [4], [-1, 1, 5, 4]),
      integerTensor("flat", [2], [0, -1]),
      weight("k", [2, 1, 3, 2]),
      weight("c", [2, 1, 1]),
      weight("w", [12, 3]),
    ],
    input: ["batch", 20],
  },
};

async function open(text: GraphText) {
  const network = await readNetwork("test.onnx", bytesOf(text), ort as never);
  const learned = await networkOfGraph(network, "cross-entropy");
  return { network, learned, plans: plansOf(learned) };
}

describe.each(Object.entries(graphs))("%s", (_, text) => {
  const count = 3;

  it("gives what ONNX Runtime gives", async () => {
    const { network, learned, plans } = await open(text);
    const { products } = floatProducts(plans, () => {});
    const size = network.inputs[0]!.shape.reduce((a, b) => a * b, 1);
    const images = numbers(count * size, 3);
    const { scores } = forward(learned, products, images, count);
    const { shares } = sharesOf(scores, 3);
    const expected = await network.runWhole(images, count);
    const found = text.nodes.at(-1)!.opType === "Softmax" ? shares : scores;
    // A few dozen products of float32 in another order.
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    await network.close();
  });

  // Scores near 1 are known to 2^-24 each; over 2 h that is 6e-5, some times over. No corner of MaxPool is within h here. A gradient
  // that lacks a row, a tap or a group is off by 1e-2.
  it("has gradients of its weights that are the differences of its loss", async () => {
    const { network, learned, plans } = await open(text);
    const size = network.inputs[0]!.shape.reduce((a, b) => a * b, 1);
    const images = numbers(count * size, 4);
    const labels = Int32Array.from([0, 2, 1]);
    const lossWith = (product: number, at: number, more: number) => {
      const { products } = floatProducts(
        plans.map((plan, index) =>
          index === product ? { ...plan, weights: plan.weights.with(at, plan.weights[at]! + more) } : plan,
        ),
        () => {},
      );
      const { scores } = forward(learned, products, images, count);
      return lossOf(learned.loss, scores, labels, 3, new Float32Array(scores.length));
    };
    const { products } = floatProducts(plans, () => {});
    const pass = forward(learned, products, images, count);
    const gradient = new Float32Array(pass.scores.length);
    lossOf(learned.loss, pass.scores, labels, 3, gradient);
    const changes = backward(learned, products, pass, gradient);
    const h = 2 ** -11;
    for (const [index, { rows, columns, weights, step }] of plans.entries()) {
      const x = pass.inputs[index]!;
      const d = changes[index]!;
      for (let at = 0; at < weights.length; at += Math.ceil(weights.length / 40)) {
        const [row, column] = [Math.floor(at / columns), at % columns];
        let change = 0;
        for (let v = 0; v < count * step.vectors; v++) change += x[v * rows + row]! * d[v * columns + column]!;
        const slope = (lossWith(index, at, h) - lossWith(index, at, -h)) / (2 * h);
        expect(-change).toBeCloseTo(slope, 3);
      }
    }
    await network.close();
  });
});

function sharesOf(scores: Float32Array, classes: number) {
  const shares = new Float32Array(scores.length);
  for (let first = 0; first < scores.length; first += classes) {
    const row = scores.subarray(first, first + classes).map(Math.exp);
    const sum = row.reduce((total, value) => total + value, 0);
    for (const [c, value] of row.entries()) shares[first + c] = value / sum;
  }
  return { shares };
}

describe("what has no gradient is refused by its name and its node", () => {
  const w = weight("w", [6, 3]);
  it.each([
    [
      "an operator",
      [node("MatMul", ["x", "w"], ["m"]), node("Elu", ["m"], ["y"])],
      [w],
      /test\.onnx:y: operator Elu, expected for training: Gemm/,
    ],
    [
      "a constant that is no bias",
      [node("MatMul", ["x", "w"], ["m"]), node("Relu", ["m"], ["r"]), node("Add", ["r", "b"], ["y"])],
      [w, weight("b", [3])],
      /test\.onnx:y: Add: a constant that is no bias of a product/,
    ],
    [
      "a Reshape that mixes images",
      [node("Reshape", ["x", "to"], ["f"]), node("MatMul", ["f", "w"], ["y"])],
      [integerTensor("to", [1], [-1]), weight("w", [6, 3])],
      /Reshape: the shape -1, expected one that keeps the batch's axis/,
    ],
    [
      "rounding pool sizes up",
      [
        node("Reshape", ["x", "to"], ["i"]),
        node("MaxPool", ["i"], ["p"], { kernel_shape: [2n, 2n], ceil_mode: 1n }),
        node("Flatten", ["p"], ["f"]),
        node("MatMul", ["f", "v"], ["y"]),
      ],
      [integerTensor("to", [4], [-1, 1, 2, 3]), weight("v", [2, 3])],
      /test\.onnx:p: MaxPool: ceil_mode 1, expected ceil_mode 0/,
    ],
  ])("%s", async (_what, nodes, tensors, message) => {
    const network = await readNetwork("test.onnx", bytesOf({ nodes, tensors, input: ["batch", 6] }), ort as never);
    await expect(networkOfGraph(network, "cross-entropy")).rejects.toThrow(message);
    await network.close();
  });

  it("an LSTM", async () => {
    const nodes = [
      node("LSTM", ["x", "W", "R"], ["", "s"], { hidden_size: 2n }),
      node("Reshape", ["s", "to"], ["f"]),
      node("MatMul", ["f", "w"], ["y"]),
    ];
    const tensors = [
      weight("W", [1, 8, 3]),
      weight("R", [1, 8, 2]),
      weight("w", [2, 3]),
      integerTensor("to", [2], [1, 2]),
    ];
    const text = { nodes, tensors, input: [4, 1, 3] };
    const network = await readNetwork("test.onnx", bytesOf(text), ort as never, { imageShapes: [[4, 3]] });
    await expect(networkOfGraph(network, "cross-entropy")).rejects.toThrow(/test\.onnx:s: operator LSTM, expected/);
    await network.close();
  });
});
