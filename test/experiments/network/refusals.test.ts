import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { FunctionProtoSchema, SparseTensorProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { InputError } from "../../../src/ground/errors.ts";
import { writeModel } from "../../../src/ground/formats/onnx.ts";
import {
  body,
  bytesOf,
  floatTensor,
  type GraphText,
  integerTensor,
  modelOf,
  node,
  numbers,
  ort,
  rawTensor,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

const w = weight("w", [6, 4]);
const matmul: GraphText = { nodes: [node("MatMul", ["x", "w"], ["y"])], tensors: [w], input: ["n", 6] };
const spoilt = (at: number, value: number) => {
  const values = numbers(24);
  values[at] = value;
  return floatTensor("w", [6, 4], values);
};

function changed(change: (model: ReturnType<typeof modelOf>) => void): Uint8Array {
  const model = modelOf(matmul);
  change(model);
  return writeModel(model);
}

const boolean = valueInfo("c", 9, []);
const inBody = (weights: "inside" | "outside" | "computed"): Uint8Array => {
  const own = weights === "inside" ? [weight("v", [6, 4])] : [];
  const name = weights === "inside" ? "v" : weights === "outside" ? "w" : "t";
  const compute = weights === "computed" ? [node("Identity", ["w"], ["t"])] : [];
  const then = body([...compute, node("Gemm", ["x", name], ["p"])], [], [valueInfo("p", 1)], own);
  const otherwise = body([node("MatMul", ["x", "w"], ["q"])], [], [valueInfo("q", 1)]);
  const nodes = [
    node("ReduceMax", ["x"], ["m"], { keepdims: 0n }),
    node("Cast", ["m"], [boolean.name], { to: 9n }),
    node("If", [boolean.name], ["i"], { then_branch: then, else_branch: otherwise }),
    node("MatMul", ["x", "w"], ["z"]),
    node("Add", ["i", "z"], ["y"]),
  ];
  return bytesOf({ ...matmul, nodes });
};

const cases: [string, () => Uint8Array, RegExp][] = [
  ["an empty file", () => new Uint8Array(0), /^bad\.onnx: the file is empty, expected an ONNX model$/],
  [
    "a text file",
    () => new TextEncoder().encode('{"not": "onnx"}\n'),
    /^bad\.onnx: not ONNX, or cut short after 16 bytes/,
  ],
  ["a picture", () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /not ONNX/],
  ["a truncated file", () => bytesOf(matmul).subarray(0, 150), /cut short after 150 bytes/],
  [
    "no graph",
    () =>
      changed((model) => {
        delete (model as { graph?: unknown }).graph;
      }),
    /no graph/,
  ],
  [
    "a graph without nodes",
    () =>
      changed((model) => {
        model.graph.node = [];
      }),
    /a graph without nodes/,
  ],
  [
    "no operator set",
    () =>
      changed((model) => {
        model.opsetImport = [];
      }),
    /no operator set/,
  ],
  [
    "opset 27",
    () =>
      changed((model) => {
        model.opsetImport[0]!.version = 27n;
      }),
    /opset 27, expected opset 7 to 26/,
  ],
  [
    "opset 6",
    () =>
      changed((model) => {
        model.opsetImport[0]!.version = 6n;
      }),
    /opset 6, expected opset 7 to 26/,
  ],
  [
    "a newer file version",
    () =>
      changed((model) => {
        model.irVersion = 14n;
      }),
    /IR version: 14/,
  ],
  [
    "an unknown operator",
    () => bytesOf({ ...matmul, nodes: [node("MatMull", ["x", "w"], ["y"])] }),
    /^bad\.onnx:y: operator MatMull is unknown to ONNX Runtime/,
  ],
  [
    "an unknown domain",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Own", ["x"], ["y"], {}, "my.own")],
        domains: [{ domain: "my.own", version: 1n }],
      }),
    /bad\.onnx:y: operator Own of the domain "my.own"/,
  ],
  [
    "an unknown operator of com.microsoft",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Own", ["x"], ["y"], {}, "com.microsoft")],
        domains: [{ domain: "com.microsoft", version: 1n }],
      }),
    /operator com\.microsoft:Own is unknown/,
  ],
  [
    "several outputs",
    () =>
      changed((model) => {
        model.graph.output.push(valueInfo("x", 1));
      }),
    /2 outputs \(y, x\)/,
  ],
  [
    "no input",
    () =>
      changed((model) => {
        model.graph.input = [];
      }),
    /no inputs/,
  ],
  ["an input of words", () => bytesOf({ ...matmul, inputType: 8 }), /bad\.onnx:x: a tensor of string/],
  [
    "an input without a shape",
    () =>
      changed((model) => {
        model.graph.input = [valueInfo("x", 1)];
      }),
    /bad\.onnx:x: an input without a shape/,
  ],
  [
    "sparse weights",
    () =>
      changed((model) => {
        model.graph.sparseInitializer = [create(SparseTensorProtoSchema, { values: { name: "s" } })];
      }),
    /bad\.onnx:s: weights stored sparsely/,
  ],
  [
    "external weights",
    () =>
      changed((model) => {
        model.graph.initializer[0]!.dataLocation = 1;
        model.graph.initializer[0]!.externalData = [
          create(StringStringEntryProtoSchema, { key: "location", value: "net.data" }),
        ];
      }),
    /bad\.onnx:w: weights kept in another file \("net\.data"\), expected a model with all its tensors inside/,
  ],
  [
    "NaN weights",
    () => bytesOf({ ...matmul, tensors: [spoilt(7, Number.NaN)] }),
    /bad\.onnx:w: NaN at element 7, expected finite numbers/,
  ],
  [
    "infinite weights",
    () => bytesOf({ ...matmul, tensors: [spoilt(3, Number.NEGATIVE_INFINITY)] }),
    /bad\.onnx:w: -Infinity at element 3, expected finite weights/,
  ],
  [
    "weights that become infinite",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Div", ["v", "zero"], ["w"]), node("MatMul", ["x", "w"], ["y"])],
        tensors: [weight("v", [6, 4]), floatTensor("zero", [], [0])],
      }),
    /bad\.onnx:w: -?Infinity at element 0/,
  ],
  [
    "an infinite bias",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Gemm", ["x", "w", "c"], ["y"])],
        tensors: [w, floatTensor("c", [4], [1, 2, Number.POSITIVE_INFINITY, 0])],
      }),
    /bad\.onnx:c: Infinity at element 2/,
  ],
  [
    "weights of another length than their shape",
    () =>
      changed((model) => {
        model.graph.initializer[0]!.rawData = new Uint8Array(92);
      }),
    /bad\.onnx:w: 23 elements, expected 24 \(shape 6 x 4\)/,
  ],
  [
    "a product in a body with weights from outside",
    () => inBody("outside"),
    /bad\.onnx:p: Gemm with constant weights inside a body of If/,
  ],
  ["a product in a body with weights inside", () => inBody("inside"), /bad\.onnx:p: Gemm with constant weights/],
  [
    "a product in a body with weights computed there",
    () => inBody("computed"),
    /bad\.onnx:p: Gemm with constant weights/,
  ],
  ["no product", () => bytesOf({ ...matmul, nodes: [node("Relu", ["x"], ["y"])] }), /no product with constant weights/],
  [
    "an output that no input reaches",
    () => bytesOf({ ...matmul, nodes: [node("MatMul", ["x", "w"], ["z"]), node("Relu", ["w"], ["y"])] }),
    /bad\.onnx:y: an output that does not depend on "x"/,
  ],
  ["shapes that do not fit", () => bytesOf({ ...matmul, input: ["n", 5] }), /dimension/i],
  [
    "a tensor that nothing gives",
    () => bytesOf({ ...matmul, nodes: [node("MatMul", ["q", "w"], ["y"])] }),
    /bad\.onnx:y: MatMul reads "q", which nothing gives, expected the name of an input, a weight or a node's output/,
  ],
  [
    "a tensor that nothing gives, beside a loop",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Add", ["x", "b"], ["a"]), node("Add", ["a", "q"], ["b"]), node("MatMul", ["b", "w"], ["y"])],
      }),
    /bad\.onnx:b: Add reads "q", which nothing gives, expected the name/,
  ],
  [
    "an output that no node gives",
    () => bytesOf({ ...matmul, nodes: [node("MatMul", ["x", "w"], ["z"])] }),
    /bad\.onnx:y: an output that no node gives, expected scores that the graph computes/,
  ],
  [
    "a check of the runtime that it does not put in words",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("LSTM", ["x", "w", "r"], ["y"], { hidden_size: 1n, activations: ["Sigmoid"] })],
        tensors: [weight("w", [1, 4, 6]), weight("r", [1, 4, 1])],
        input: ["n", 5, 6],
      }),
    /bad\.onnx:y: LSTM: activation_func_names.* was false, expected a graph/,
  ],
  ...(["inputs", "outputs"] as const).map((what): [string, () => Uint8Array, RegExp] => [
    `a function called with too many ${what}`,
    () =>
      changed((model) => {
        const call = what === "inputs" ? node("F", ["a", "x"], ["y"]) : node("F", ["a"], ["y", "z"]);
        model.graph.node = [node("MatMul", ["x", "w"], ["a"]), { ...call, domain: "own" }];
        const nodes = [node("Relu", ["u"], ["v"])];
        model.functions = [
          create(FunctionProtoSchema, { domain: "own", name: "F", input: ["u"], output: ["v"], node: nodes }),
        ];
      }),
    new RegExp(`bad\\.onnx:y: function F called with 2 ${what}, expected 1 at most`),
  ]),
  [
    "a loop",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("MatMul", ["b", "w"], ["y"])],
      }),
    /cycl|loop|acyclic/i,
  ],
  [
    "types that do not fit",
    () => bytesOf({ ...matmul, tensors: [rawTensor("w", 11, [6, 4], Float64Array.from(numbers(24)))] }),
    /Type parameter \(T\) of Optype \(MatMul\)/,
  ],
  [
    "bfloat16 between products",
    () =>
      bytesOf({
        ...matmul,
        nodes: [
          node("MatMul", ["x", "w"], ["a"]),
          node("Cast", ["a"], ["b"], { to: 16n }),
          node("Cast", ["b"], ["c"], { to: 1n }),
          node("MatMul", ["c", "v"], ["d"]),
          node("CastLike", ["d", "b"], ["e"]),
          node("Cast", ["e"], ["y"], { to: 1n }),
        ],
        tensors: [w, weight("v", [4, 4])],
      }),
    /a tensor of type bfloat16/,
  ],
  [
    "a sequence between products",
    () =>
      bytesOf({
        ...matmul,
        nodes: [
          node("SplitToSequence", ["x"], ["s"], { axis: 1n }),
          node("SequenceAt", ["s", "i"], ["a"]),
          node("MatMul", ["a", "v"], ["b"]),
          node("ConcatFromSequence", ["s"], ["c"], { axis: 1n }),
          node("MatMul", ["c", "w"], ["d"]),
          node("SequenceLength", ["s"], ["l"]),
          node("SequenceInsert", ["s", "b"], ["t"]),
          node("ConcatFromSequence", ["t"], ["u"], { axis: 1n }),
          node("MatMul", ["u", "z"], ["y"]),
        ],
        tensors: [w, weight("v", [1, 1]), weight("z", [7, 3]), integerTensor("i", [], [0])],
      }),
    /bad\.onnx:s: SplitToSequence gives a sequence or optional value that crosses a product/,
  ],
  [
    "a function that calls itself",
    () =>
      changed((model) => {
        model.functions = [
          create(FunctionProtoSchema, {
            name: "F",
            domain: "own",
            input: ["a"],
            output: ["b"],
            node: [node("F", ["a"], ["b"], {}, "own")],
          }),
        ];
        model.graph.node.push(node("F", ["y"], ["z"], {}, "own"));
      }),
    /function F calls itself/,
  ],
  [
    "a function whose operator means something else in the model's set",
    () =>
      changed((model) => {
        model.functions = [
          create(FunctionProtoSchema, {
            name: "F",
            domain: "own",
            input: ["a"],
            output: ["b"],
            opsetImport: [{ domain: "", version: 12n }],
            node: [node("Softmax", ["a"], ["b"])],
          }),
        ];
      }),
    /bad\.onnx:b: Softmax of opset 12 in the function F, expected an operator that means the same in the model's opset 17/,
  ],
  [
    "a batch fixed at 3 that the graph insists on",
    () =>
      bytesOf({
        ...matmul,
        nodes: [node("Reshape", ["x", "s"], ["f"]), node("MatMul", ["f", "w"], ["y"])],
        tensors: [w, integerTensor("s", [2], [3, 6])],
        input: [3, 6],
      }),
    /bad\.onnx:x: a batch fixed at 3 images/,
  ],
  [
    "scores that are whole numbers without saying so",
    () =>
      changed((model) => {
        model.graph.node = [node("MatMul", ["x", "w"], ["s"]), node("ArgMax", ["s"], ["y"], { axis: 1n })];
      }),
    /bad\.onnx:y: int64/,
  ],
];

describe("what cannot run is refused in one line", () => {
  it.each(cases)("%s", async (_, bytes, line) => {
    const error = await readNetwork("bad.onnx", bytes(), ort).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toMatch(line);
    expect(message).toMatch(/^bad\.onnx/);
    expect(message).not.toMatch(/\n|onnxruntime\/|ERROR_CODE|::/);
    expect(message.length).toBeLessThan(500);
  });

  it("wherever the file is cut short", async () => {
    const bytes = bytesOf(matmul);
    const lengths = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        await expect(readNetwork("bad.onnx", bytes.subarray(0, length), ort)).rejects.toBeInstanceOf(InputError);
      }),
      { numRuns: 100 },
    );
  });

  it("as are images that are too few for a run", async () => {
    const network = await readNetwork("good.onnx", bytesOf(matmul), ort);
    await expect(network.run(numbers(11), 2, () => new Float32Array(8))).rejects.toThrow(
      "good.onnx:x: 11 numbers for 2 images, expected 6 for each image",
    );
  });

  it("but infinite masks are no weights", async () => {
    const nodes = [node("MatMul", ["x", "w"], ["z"]), node("Add", ["z", "mask"], ["m"]), node("Softmax", ["m"], ["y"])];
    const mask = floatTensor("mask", [4], [0, 0, Number.NEGATIVE_INFINITY, 0]);
    await expect(
      readNetwork("good.onnx", bytesOf({ ...matmul, nodes, tensors: [w, mask] }), ort),
    ).resolves.toBeDefined();
  });
});
