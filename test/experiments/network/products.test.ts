import { afterEach, describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { writeModel } from "../../../src/ground/formats/onnx.ts";
import {
  allVectors,
  bytesOf,
  compare,
  difference,
  exact,
  floatTensor,
  type GraphText,
  integerTensor,
  modelOf,
  node,
  numbers,
  oracle,
  ort,
  rawTensor,
  tolerance,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

interface Case {
  readonly title: string;
  readonly graph: GraphText;
  /** Of all images together. */
  readonly shape: readonly number[];
  readonly images?: number;
  /** groups, rows, columns of every product. */
  readonly products: readonly (readonly [number, number, number])[];
  readonly bias?: boolean;
  readonly digital?: Record<string, number>;
}

const gemm = (
  attributes: Record<string, bigint | number>,
  tensors: GraphText["tensors"],
  inputs = ["x", "w", "c"],
) => ({
  nodes: [node("Gemm", inputs, ["y"], attributes)],
  tensors: tensors ?? [],
});

const gemms: Case[] = [
  {
    title: "plain",
    graph: { ...gemm({}, [weight("w", [6, 4])], ["x", "w"]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: false,
  },
  {
    title: "C of [N]",
    graph: { ...gemm({}, [weight("w", [6, 4]), weight("c", [4])]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
  },
  {
    title: "C of [1, N]",
    graph: { ...gemm({}, [weight("w", [6, 4]), weight("c", [1, 4])]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
  },
  {
    title: "C a single number",
    graph: { ...gemm({}, [weight("w", [6, 4]), weight("c", [])]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
  },
  {
    title: "C of [1]",
    graph: { ...gemm({}, [weight("w", [6, 4]), weight("c", [1])]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
  },
  {
    title: "an empty name for C",
    graph: { ...gemm({}, [weight("w", [6, 4])], ["x", "w", ""]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: false,
  },
  {
    title: "alpha, beta and transB",
    graph: { ...gemm({ alpha: 0.5, beta: -2, transB: 1n }, [weight("w", [4, 6]), weight("c", [4])]), input: [null, 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
  },
  {
    title: "beta 0",
    graph: { ...gemm({ beta: 0 }, [weight("w", [6, 4]), weight("c", [4])]), input: ["n", 6] },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: false,
  },
  {
    title: "C an activation",
    graph: {
      nodes: [
        node("ReduceSum", ["x", "axis"], ["s"], { keepdims: 1n }),
        node("Gemm", ["x", "w", "s"], ["y"], { beta: 0.25 }),
      ],
      tensors: [weight("w", [6, 4]), integerTensor("axis", [1], [1])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: false,
    digital: { ReduceSum: 1, Mul: 1, Add: 1 },
  },
  {
    title: "transA of a turned activation",
    graph: {
      nodes: [
        node("Transpose", ["x"], ["t"], { perm: [1n, 0n] }),
        node("Gemm", ["t", "w", "c"], ["y"], { transA: 1n, transB: 1n }),
      ],
      tensors: [weight("w", [4, 6]), weight("c", [4])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
    digital: { Transpose: 1 },
  },
  {
    title: "constant A",
    graph: {
      nodes: [node("Transpose", ["x"], ["t"]), node("Gemm", ["w", "t", "c"], ["z"]), node("Transpose", ["z"], ["y"])],
      tensors: [weight("w", [4, 6]), weight("c", [4, 1])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
    digital: { Transpose: 2 },
  },
  {
    title: "constant A turned, B turned",
    graph: {
      nodes: [
        node("Gemm", ["w", "x", "c"], ["z"], { transA: 1n, transB: 1n, alpha: 3 }),
        node("Transpose", ["z"], ["y"]),
      ],
      tensors: [weight("w", [6, 4]), weight("c", [1])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
    bias: true,
    digital: { Transpose: 1 },
  },
];

const matmul = (shape: readonly number[], input: GraphText["input"]): GraphText => ({
  nodes: [node("MatMul", ["x", "w"], ["y"])],
  tensors: [weight("w", shape)],
  input,
});

const matmuls: Case[] = [
  { title: "B of 2 axes", graph: matmul([6, 4], ["n", 6]), shape: [5, 6], products: [[1, 6, 4]] },
  { title: "B of 2 axes, x of 3", graph: matmul([6, 4], ["n", 3, 6]), shape: [5, 3, 6], products: [[1, 6, 4]] },
  { title: "B of 2 axes, x of 4", graph: matmul([6, 4], ["n", 2, 3, 6]), shape: [5, 2, 3, 6], products: [[1, 6, 4]] },
  { title: "B of 1 axis", graph: matmul([6], ["n", 3, 6]), shape: [5, 3, 6], products: [[1, 6, 1]] },
  { title: "x of 1 axis", graph: matmul([6, 4], [6]), shape: [6], images: 1, products: [[1, 6, 4]] },
  {
    title: "a batch of matrices",
    graph: matmul([3, 6, 4], ["n", 3, 2, 6]),
    shape: [5, 3, 2, 6],
    products: [[3, 6, 4]],
  },
  {
    title: "a batch of matrices over one x",
    graph: matmul([3, 6, 4], ["n", 1, 2, 6]),
    shape: [5, 1, 2, 6],
    products: [[3, 6, 4]],
  },
  {
    title: "a batch of 1 x 3 matrices over 2 x 1",
    graph: matmul([1, 3, 6, 4], ["n", 2, 1, 2, 6]),
    shape: [5, 2, 1, 2, 6],
    products: [[3, 6, 4]],
  },
  {
    title: "constant A",
    graph: { ...matmul([4, 6], ["n", 6, 2]), nodes: [node("MatMul", ["w", "x"], ["y"])] },
    shape: [5, 6, 2],
    products: [[1, 6, 4]],
  },
  {
    title: "constant A of 1 axis",
    graph: { ...matmul([6], ["n", 6, 2]), nodes: [node("MatMul", ["w", "x"], ["y"])] },
    shape: [5, 6, 2],
    products: [[1, 6, 1]],
  },
  {
    title: "constant A, x of 1 axis",
    graph: { ...matmul([4, 6], [6]), nodes: [node("MatMul", ["w", "x"], ["y"])] },
    shape: [6],
    images: 1,
    products: [[1, 6, 4]],
  },
  {
    title: "a batch of constant A",
    graph: { ...matmul([3, 4, 6], ["n", 3, 6, 2]), nodes: [node("MatMul", ["w", "x"], ["y"])] },
    shape: [5, 3, 6, 2],
    products: [[3, 6, 4]],
  },
  {
    title: "an Add after it stays digital",
    graph: {
      nodes: [node("MatMul", ["x", "w"], ["z"]), node("Add", ["z", "b"], ["y"])],
      tensors: [weight("w", [6, 4]), weight("b", [4])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
    digital: { Add: 1 },
  },
];

// Weights that no initialiser holds as they are used.
const dense = weight("w", [6, 4]);
const constants: Case[] = [
  {
    title: "a Constant node",
    graph: {
      nodes: [node("Constant", [], ["w"], { value: dense }), node("MatMul", ["x", "w"], ["y"])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
  },
  {
    title: "a Constant node of floats",
    graph: {
      nodes: [
        node("Constant", [], ["w"], { value_floats: [0.5, -0.25, 1, 2, 3, -4] }),
        node("MatMul", ["x", "w"], ["y"]),
      ],
      input: ["n", 2, 6],
    },
    shape: [5, 2, 6],
    products: [[1, 6, 1]],
  },
  {
    title: "Transpose of Identity",
    graph: {
      nodes: [node("Identity", ["v"], ["i"]), node("Transpose", ["i"], ["w"]), node("MatMul", ["x", "w"], ["y"])],
      tensors: [weight("v", [4, 6])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
  },
  {
    title: "weight norm",
    graph: {
      nodes: [
        node("ReduceL2", ["v"], ["n"], { axes: [0n], keepdims: 1n }),
        node("Div", ["v", "n"], ["u"]),
        node("Mul", ["u", "g"], ["w"]),
        node("Gemm", ["x", "w"], ["y"]),
      ],
      tensors: [weight("v", [6, 4]), weight("g", [1, 4])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
  },
  {
    title: "DequantizeLinear",
    graph: {
      nodes: [node("DequantizeLinear", ["q", "s", "z"], ["w"], { axis: 1n }), node("MatMul", ["x", "w"], ["y"])],
      tensors: [
        rawTensor("q", 3, [6, 4], Int8Array.from(numbers(24, 3, 127))),
        floatTensor("s", [4], [0.01, 0.02, 0.03, 0.04]),
        rawTensor("z", 3, [4], Int8Array.from([0, 1, -2, 3])),
      ],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
  },
  {
    title: "Cast from float16",
    graph: {
      nodes: [node("Cast", ["h"], ["w"], { to: 1n }), node("MatMul", ["x", "w"], ["y"])],
      tensors: [rawTensor("h", 10, [2, 3], Uint16Array.from([0x3c00, 0xb800, 0x0001, 0x7bff, 0x4248, 0]))],
      input: ["n", 2],
    },
    shape: [5, 2],
    products: [[1, 2, 3]],
  },
  {
    title: "Cast from bfloat16",
    graph: {
      nodes: [node("Cast", ["h"], ["w"], { to: 1n }), node("MatMul", ["x", "w"], ["y"])],
      tensors: [rawTensor("h", 16, [2, 3], Uint16Array.from([0x3f80, 0xbf00, 0x3dcd, 0x4049, 0x4248, 0]))],
      input: ["n", 2],
    },
    shape: [5, 2],
    products: [[1, 2, 3]],
  },
  {
    title: "Reshape by a shape of ints",
    graph: {
      nodes: [
        node("Constant", [], ["s"], { value_ints: [6n, 4n] }),
        node("Reshape", ["v", "s"], ["w"]),
        node("MatMul", ["x", "w"], ["y"]),
      ],
      tensors: [weight("v", [24])],
      input: ["n", 6],
    },
    shape: [5, 6],
    products: [[1, 6, 4]],
  },
];

const run = async ({ graph, shape, images, products, bias, digital }: Case): Promise<void> => {
  const { network, cut, whole } = await compare(bytesOf(graph), shape, images ?? shape[0]!);
  expect(cut).toBeLessThan(tolerance);
  expect(whole).toBeLessThan(tolerance);
  expect(network.products.map(({ groups, rows, columns }) => [groups, rows, columns])).toEqual(products);
  if (bias !== undefined) expect(network.products[0]!.bias !== null).toBe(bias);
  expect(network.digitalOperators).toEqual(digital ?? {});
};

describe("Gemm on tiles gives what ONNX Runtime gives", () => {
  it.each(gemms)("$title", run);

  it("leaves a C that differs from row to row to a digital Add", async () => {
    const graph: GraphText = { ...gemm({}, [weight("w", [6, 4]), weight("c", [3, 1])]), input: [3, 6] };
    const bytes = bytesOf({
      nodes: [node("Transpose", ["x"], ["t"]), node("Gemm", ["w", "t", "c"], ["z"]), node("Transpose", ["z"], ["y"])],
      tensors: [weight("w", [4, 6]), weight("c", [1, 1])],
      input: ["n", 6],
    });
    expect((await compare(bytes, [5, 6])).network.products[0]!.bias).toHaveLength(4);
    // Rows are images here, so the file is for three of them alone, and is taken for one image of 3 x 6.
    const network = await readNetwork("test.onnx", bytesOf(graph), ort, { imageShapes: [[3, 6]] });
    const data = numbers(18);
    const expected = await oracle(bytesOf(graph), { x: new ort.Tensor("float32", data, [3, 6]) });
    expect(network.products[0]!.bias).toBeNull();
    expect(network.digitalOperators).toEqual({ Add: 1 });
    expect(difference(await network.run(data, 1, exact(network)), expected)).toBeLessThan(tolerance);
  });
});

describe("MatMul on tiles gives what ONNX Runtime gives", () => {
  it.each(matmuls)("$title", run);

  it("keeps products of two activations digital", async () => {
    const bytes = bytesOf({
      nodes: [
        node("MatMul", ["x", "w"], ["a"]),
        node("Transpose", ["a"], ["b"], { perm: [0n, 2n, 1n] }),
        node("MatMul", ["a", "b"], ["y"]),
      ],
      tensors: [weight("w", [6, 4])],
      input: ["n", 3, 6],
    });
    const { network, cut } = await compare(bytes, [5, 3, 6]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.digitalOperators).toEqual({ Transpose: 1, MatMul: 1 });
  });

  it("keeps whole numbers digital", async () => {
    const nodes = [
      node("MatMul", ["x", "w"], ["f"]),
      node("Cast", ["f"], ["i"], { to: 6n }),
      node("MatMul", ["i", "k"], ["j"]),
      node("Cast", ["j"], ["y"], { to: 1n }),
    ];
    const bytes = bytesOf({
      nodes,
      tensors: [weight("w", [6, 4], 9), rawTensor("k", 6, [4, 2], Int32Array.from([1, 2, 3, 4, -5, 6, 7, 8]))],
      input: ["n", 6],
    });
    const { network, cut } = await compare(bytes, [5, 6]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.products).toHaveLength(1);
    expect(network.digitalOperators).toEqual({ Cast: 2, MatMul: 1 });
    expect(network.warnings).toEqual(["1 x MatMul with constant weights stay digital"]);
  });
});

describe("weights that are computed once are constants", () => {
  it.each(constants)("$title", run);

  it("among the graph's inputs too, as older files list them", async () => {
    for (const irVersion of [3n, 8n]) {
      const model = modelOf({
        nodes: [node("MatMul", ["x", "w"], ["y"])],
        tensors: [weight("w", [6, 4])],
        input: ["n", 6],
        opset: 9,
      });
      model.irVersion = irVersion;
      model.graph.input.push(valueInfo("w", 1, [6, 4]));
      expect((await compare(writeModel(model), [5, 6])).cut).toBeLessThan(tolerance);
    }
  });

  it("but not those drawn at random", async () => {
    const nodes = [
      node("RandomNormal", [], ["r"], { shape: [4n, 4n] }),
      node("MatMul", ["x", "w"], ["z"]),
      node("MatMul", ["z", "r"], ["y"]),
    ];
    const network = await readNetwork(
      "test.onnx",
      bytesOf({ nodes, tensors: [weight("w", [6, 4])], input: ["n", 6] }),
      ort,
    );
    expect(network.products.map(({ name }) => name)).toEqual(["z"]);
    expect(network.digitalOperators).toEqual({ RandomNormal: 1, MatMul: 1 });
  });
});

describe("types other than float32", () => {
  // Both runs do the same float16 and float64 arithmetic outside the product; in it float16 keeps 11 bits.
  it.each([
    ["float16", 10, 2e-3],
    ["float64", 11, tolerance],
  ])("%s weights and activations are cast around the product", async (_, type, bound) => {
    const h = (name: string): string => `${name} typed`;
    const nodes = [
      node("Cast", ["x"], ["u"], { to: BigInt(type) }),
      ...["w", "c", "v"].map((name) => node("Cast", [name], [h(name)], { to: BigInt(type) })),
      node("Gemm", ["u", h("w"), h("c")], ["a"], { alpha: 0.5 }),
      node("Relu", ["a"], ["b"]),
      node("Gemm", ["b", h("v"), "s"], ["d"], { beta: 0.5 }),
      node("ReduceSum", ["u", "axis"], ["s"], { keepdims: 1n }),
      node("Cast", ["d"], ["y"], { to: 1n }),
    ];
    const tensors = [weight("w", [6, 4]), weight("c", [4]), weight("v", [4, 3]), integerTensor("axis", [1], [1])];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 6] }), [5, 6]);
    expect(cut).toBeLessThan(bound);
    expect(network.products).toHaveLength(2);
    expect(network.products.map(({ level }) => level)).toEqual([0, 1]);
  });

  it.each([
    ["float16", 10],
    ["float64", 11],
    ["uint8", 2],
    ["int64", 7],
  ])("images and scores of %s enter and leave as float32", async (name, type) => {
    const nodes = [
      node("Cast", ["x"], ["f"], { to: 1n }),
      node("MatMul", ["f", "w"], ["z"]),
      node("Cast", ["z"], ["y"], { to: BigInt(type === 10 ? 10 : 11) }),
    ];
    const bytes = bytesOf({
      nodes,
      tensors: [weight("w", [6, 4])],
      input: ["n", 6],
      inputType: type,
      outputType: type === 10 ? 10 : 11,
    });
    const network = await readNetwork("test.onnx", bytes, ort);
    expect(network.inputs[0]!.type).toBe(name);
    const images = Float32Array.from([1, 0, 2, 3, 0, 4, 5, 6, 7, 1, 1, 0]);
    const w = network.products[0]!.weights[0]!;
    const expected = Float32Array.from({ length: 8 }, (_, i) => {
      const [image, column] = [Math.floor(i / 4), i % 4];
      return [0, 1, 2, 3, 4, 5].reduce((sum, row) => sum + images[image * 6 + row]! * w[row * 4 + column]!, 0);
    });
    const bound = type === 10 ? 1e-3 : tolerance;
    expect(difference(await network.run(images, 2, exact(network)), expected)).toBeLessThan(bound);
    expect(difference(await network.runWhole(images, 2), expected)).toBeLessThan(bound);
  });
});

describe("the product's own form", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const network of opened.splice(0)) await network.close();
  });

  it("is handed [group][vector][row] and gives [group][vector][column]", async () => {
    const bytes = bytesOf(matmul([2, 3, 1], ["n", 2, 1, 3]));
    const network = await readNetwork("test.onnx", bytes, ort);
    opened.push(network);
    const images = Float32Array.from({ length: 12 }, (_, i) => i);
    let seen: number[] = [];
    const scores = await network.run(images, 2, (_, inputs, vectors) => {
      seen = [...allVectors(inputs, network.products[0]!, vectors)];
      expect(vectors).toBe(2);
      return Float32Array.from([10, 11, 20, 21]);
    });
    expect(seen).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
    expect([...scores]).toEqual([10, 20, 11, 21]);
  });

  it("is refused as a defect where a multiplication gives another number of results", async () => {
    const network = await readNetwork("test.onnx", bytesOf(matmul([6, 4], ["n", 6])), ort);
    opened.push(network);
    await expect(network.run(numbers(6), 1, () => new Float32Array(3))).rejects.toThrow(/3 results/);
  });
});
