import { create } from "@bufbuild/protobuf";
import { AttributeProtoSchema, type FunctionProto, FunctionProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { writeModel } from "../../../src/ground/formats/onnx.ts";
import {
  body,
  compare,
  floatTensor,
  type GraphText,
  modelOf,
  node,
  tolerance,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

const call = (name: string, inputs: string[], outputs: string[], attributes: Parameters<typeof node>[3] = {}) =>
  node(name, inputs, outputs, attributes, "own");
const flag = (name: string) => valueInfo(name, 9, []);
const real = (name: string) => valueInfo(name, 1);

function fn(name: string, input: string[], output: string[], nodes: FunctionProto["node"], more: object = {}) {
  const opsetImport = [{ domain: "", version: 17n }];
  return create(FunctionProtoSchema, { name, domain: "own", input, output, node: nodes, opsetImport, ...more });
}

/** The cut graph and the whole against ONNX Runtime, which expands functions itself. */
async function run(functions: FunctionProto[], graph: Omit<GraphText, "input" | "domains">) {
  const model = modelOf({ input: ["n", 6], domains: [{ domain: "own", version: 1n }], ...graph });
  model.functions = functions;
  const { network, cut, whole } = await compare(writeModel(model), [5, 6]);
  expect(cut).toBeLessThan(tolerance);
  expect(whole).toBeLessThan(tolerance);
  return network;
}

/** 3 u where the largest of u is above 0, else -u, and Relu of it. Its bodies' names, "x" too, are the caller's as well. */
const chooser = fn(
  "Choose",
  ["u"],
  ["v"],
  [
    node("ReduceMax", ["u"], ["m"], { keepdims: 0n }),
    node("Cast", ["m"], ["b"], { to: 9n }),
    node("If", ["b"], ["i"], {
      then_branch: body([node("Mul", ["u", "x"], ["t"])], [], [real("t")], [floatTensor("x", [], [3])]),
      else_branch: body([node("Neg", ["u"], ["t"])], [], [real("t")]),
    }),
    node("Relu", ["i"], ["v"]),
  ],
);

describe("model functions are inlined and give what ONNX Runtime gives", () => {
  it("in functions, with attributes given by the call and by the function", async () => {
    const reference = (name: string, of: string, type: number) =>
      create(AttributeProtoSchema, { name, refAttrName: of, type });
    const dense = create(FunctionProtoSchema, {
      name: "Dense",
      domain: "own",
      input: ["in", "weights"],
      output: ["out"],
      attribute: ["scale"],
      attributeProto: [create(AttributeProtoSchema, { name: "slope", type: 1, f: 0.25 })],
      opsetImport: [{ domain: "", version: 17n }],
      node: [node("Gemm", ["in", "weights"], ["sum"]), node("LeakyRelu", ["sum"], ["out"])],
    });
    dense.node[0]!.attribute.push(reference("alpha", "scale", 1));
    dense.node[1]!.attribute.push(reference("alpha", "slope", 1));
    const twice = create(FunctionProtoSchema, {
      name: "Twice",
      domain: "own",
      input: ["in", "first", "second"],
      output: ["out"],
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "own", version: 1n },
      ],
      node: [
        node("Dense", ["in", "first"], ["sum"], { scale: 0.5 }, "own"),
        node("Dense", ["sum", "second"], ["out"], { scale: 2, slope: 0.125 }, "own"),
      ],
    });
    const model = modelOf({
      nodes: [
        node("Twice", ["x", "a", "b"], ["sum"], {}, "own"),
        node("Dense", ["sum", "c"], ["y"], { scale: 1 }, "own"),
      ],
      tensors: [weight("a", [6, 5]), weight("b", [5, 4]), weight("c", [4, 3])],
      input: ["n", 6],
      domains: [{ domain: "own", version: 1n }],
    });
    model.functions = [dense, twice];
    const { network, cut } = await compare(writeModel(model), [5, 6]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.products.map(({ rows, columns }) => [rows, columns])).toEqual([
      [6, 5],
      [5, 4],
      [4, 3],
    ]);
    expect(network.digitalOperators).toEqual({ LeakyRelu: 3 });
  });

  it("whose bodies take names from outside and have their own, called twice", async () => {
    const nodes = [
      node("MatMul", ["x", "a"], ["u"]),
      call("Choose", ["u"], ["t"]),
      node("MatMul", ["t", "b"], ["m"]),
      call("Choose", ["m"], ["y"]),
    ];
    const network = await run([chooser], { nodes, tensors: [weight("a", [6, 4]), weight("b", [4, 3])] });
    expect(network.products.map(({ name }) => name)).toEqual(["u", "m"]);
    expect(network.digitalOperators).toEqual({ ReduceMax: 2, Cast: 2, If: 2, Relu: 2 });
  });

  it("called inside a Loop, whose body knows both", async () => {
    const loopBody = body(
      [node("Identity", ["go"], ["goOn"]), call("Choose", ["state"], ["next"])],
      [valueInfo("i", 7, []), flag("go"), real("state")],
      [flag("goOn"), real("next")],
    );
    const nodes = [
      node("MatMul", ["x", "a"], ["u"]),
      node("Constant", [], ["three"], { value_int: 3n }),
      node("Loop", ["three", "", "u"], ["looped"], { body: loopBody }),
      node("MatMul", ["looped", "b"], ["y"]),
    ];
    await run([chooser], { nodes, tensors: [weight("a", [6, 4]), weight("b", [4, 3])] });
  });

  it("with inputs and outputs that nobody gives or reads", async () => {
    const nodesOf = [node("Clip", ["u", "low", "high"], ["clipped"]), node("Neg", ["u"], ["unused"])];
    const nodes = [
      node("MatMul", ["x", "a"], ["u"]),
      call("Odd", ["u", "", "half"], ["s", "rest"]),
      node("MatMul", ["s", "b"], ["y"]),
    ];
    const tensors = [weight("a", [6, 4]), weight("b", [4, 3]), floatTensor("half", [], [0.5])];
    const network = await run([fn("Odd", ["u", "low", "high"], ["clipped", "unused"], nodesOf)], { nodes, tensors });
    expect(network.digitalOperators).toEqual({ Clip: 1 });
  });

  it("of an operator set of their own, another version or another domain", async () => {
    const older = fn(
      "Older",
      ["u"],
      ["v"],
      [node("Relu", ["u"], ["r"]), node("Gelu", ["r"], ["v"], {}, "com.microsoft")],
      {
        opsetImport: [
          { domain: "", version: 13n },
          { domain: "com.microsoft", version: 1n },
        ],
      },
    );
    const nodes = [node("MatMul", ["x", "a"], ["u"]), call("Older", ["u"], ["v"]), node("MatMul", ["v", "b"], ["y"])];
    const network = await run([older], { nodes, tensors: [weight("a", [6, 4]), weight("b", [4, 3])] });
    expect(network.digitalOperators).toEqual({ Relu: 1, "com.microsoft.Gelu": 1 });
  });
});
