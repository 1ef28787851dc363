import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { InputError } from "../../../src/ground/errors.ts";
import { bytesOf, exact, type GraphText, integerTensor, node, numbers, ort, weight } from "../../onnx-graphs.ts";

const w = weight("w", [6, 4]);
const product = node("MatMul", ["x", "w"], ["a"]);
/** A graph whose node of output "here" ONNX Runtime refuses, and what it says. */
const cases: [string, Partial<GraphText>, string][] = [
  [
    "factors of other lengths",
    { nodes: [node("MatMul", ["x", "w"], ["here"]), node("Relu", ["here"], ["y"])], input: ["n", 5] },
    "MatMul: Incompatible dimensions for matrix multiplication",
  ],
  [
    "sums of other lengths",
    {
      nodes: [product, node("Add", ["a", "v"], ["here"]), node("Relu", ["here"], ["y"])],
      tensors: [w, weight("v", [3])],
    },
    "Add: Incompatible dimensions",
  ],
  [
    "a Reshape that does not fit",
    {
      nodes: [product, node("Reshape", ["a", "s"], ["here"]), node("Relu", ["here"], ["y"])],
      tensors: [w, integerTensor("s", [2], [-1, 5])],
    },
    "Reshape: The input tensor cannot be reshaped to the requested shape. Input shape:{1,4}, requested shape:{-1,5}",
  ],
  [
    "a Concat that does not fit",
    {
      nodes: [
        product,
        node("Reshape", ["x", "s"], ["b"]),
        node("Concat", ["a", "b"], ["here"], { axis: 0n }),
        node("Relu", ["here"], ["y"]),
      ],
      tensors: [w, integerTensor("s", [2], [2, -1])],
    },
    "Concat: Non concat axis dimensions must match",
  ],
  [
    "an index beyond the axis",
    {
      nodes: [product, node("Gather", ["a", "s"], ["here"], { axis: 1n }), node("Relu", ["here"], ["y"])],
      tensors: [w, integerTensor("s", [2], [2, 9])],
    },
    "Gather: indices element out of data bounds, idx=9",
  ],
  [
    "a constant that cannot be computed",
    {
      nodes: [node("Reshape", ["w", "s"], ["here"]), node("MatMul", ["x", "here"], ["y"])],
      tensors: [w, integerTensor("s", [2], [6, 5])],
    },
    "Reshape: ",
  ],
  [
    "an attribute out of range",
    { nodes: [product, node("Softmax", ["a"], ["here"], { axis: 7n }), node("Relu", ["here"], ["y"])] },
    "Softmax: 'axis' must be in [-2 , 1]. Its actual value is: 7",
  ],
  [
    "an attribute that is missing",
    { nodes: [product, node("Cast", ["a"], ["here"]), node("Relu", ["here"], ["y"])] },
    "Cast: Required attribute 'to' is missing",
  ],
  [
    "types that do not fit",
    {
      nodes: [product, node("Add", ["a", "s"], ["here"]), node("Relu", ["here"], ["y"])],
      tensors: [w, integerTensor("s", [1], [3])],
    },
    "Type Error: Type parameter (T) of Optype (Add) bound to different types (tensor(float) and tensor(int64))",
  ],
  [
    "a type without a kernel",
    {
      nodes: [
        product,
        node("Cast", ["a"], ["b"], { to: 16n }),
        node("Erf", ["b"], ["here"]),
        node("Cast", ["here"], ["y"], { to: 1n }),
      ],
    },
    "Could not find an implementation for Erf(13)",
  ],
  [
    "one name for two tensors",
    { nodes: [product, node("Relu", ["a"], ["here"]), node("Neg", ["a"], ["here"]), node("Abs", ["here"], ["y"])] },
    "Duplicate definition of name (here)",
  ],
];

describe("what ONNX Runtime fails at is named by its output", () => {
  it.each(cases)("%s", async (_, graph, reason) => {
    const bytes = bytesOf({ nodes: [], tensors: [w], input: ["n", 6], ...graph });
    const error = (await readNetwork("bad.onnx", bytes, ort).catch((reason: unknown) => reason)) as InputError;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(/^bad\.onnx:here: .*, expected [^\n]*$/);
  });

  it("wherever it stands, when graphs open and when they run", async () => {
    const length = 9;
    for (const bad of [0, 1, 4, length - 1]) {
      for (const shape of [[3], [-1, 5]]) {
        const nodes = Array.from({ length }, (_, i) =>
          i === bad ? node("Reshape", [`t${i}`, "s"], [`t${i + 1}`]) : node("Tanh", [`t${i}`], [`t${i + 1}`]),
        );
        const graph = [node("MatMul", ["x", "w"], ["t0"]), ...nodes, node("Identity", [`t${length}`], ["y"])];
        const tensors = [w, integerTensor("s", [shape.length], shape)];
        await expect(readNetwork("bad.onnx", bytesOf({ nodes: graph, tensors, input: [1, 6] }), ort)).rejects.toThrow(
          `bad.onnx:t${bad + 1}: Reshape: `,
        );
      }
    }
  });

  // The probe images hold tokens 0 and 1; only an image brings the one that the table does not have.
  it("of an image alone too, in the whole graph and between products", async () => {
    const nodes = [
      node("Gather", ["table", "x"], ["e"]),
      node("ReduceMean", ["e"], ["m"], { axes: [1n], keepdims: 0n }),
      node("MatMul", ["m", "w"], ["y"]),
    ];
    const bytes = bytesOf({ nodes, tensors: [weight("table", [9, 6]), w], input: ["n", 3], inputType: 7 });
    const network = await readNetwork("tokens.onnx", bytes, ort);
    const images = Float32Array.of(0, 1, 2, 3, 12, 5);
    const line = /^tokens\.onnx:e: Gather: indices element out of data bounds, idx=12 .*, expected inputs and shapes/;
    await expect(network.runWhole(images, 2)).rejects.toThrow(line);
    await expect(network.run(images, 2, exact(network))).rejects.toThrow(line);
    expect(await network.run(numbers(6).map(Math.abs).map(Math.round), 2, exact(network))).toHaveLength(8);
  });
});
