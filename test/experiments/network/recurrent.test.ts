import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import {
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
  oracle,
  ort,
  rawTensor,
  tolerance,
  valueInfo,
  weight,
} from "../../onnx-graphs.ts";

const gates = { LSTM: 4, GRU: 3, RNN: 1 } as const;
type Operator = keyof typeof gates;

/** One recurrent node between images [n, steps, features] and all its outputs that are asked for, side by side. */
interface Form {
  readonly operator: Operator;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly layout: 0 | 1;
  readonly resetsProduct: boolean;
  readonly initial: "absent" | "constant" | "computed";
  readonly bias: boolean;
  readonly outputs: readonly boolean[];
  readonly steps: number;
  readonly features: number;
  readonly hidden: number;
  readonly attributes?: Readonly<Record<string, bigint | readonly string[]>>;
}

const directionsOf = ({ direction }: Form): number => (direction === "bidirectional" ? 2 : 1);
const stateCount = ({ operator }: Form): number => (operator === "LSTM" ? 2 : 1);

/** @param standard  as the oracle is given it: time first, turned by Transposes, where ONNX Runtime has no layout 1 */
function graphOf(form: Form, standard = false): GraphText {
  const { operator, direction, steps, features, hidden, bias, initial, outputs } = form;
  const count = directionsOf(form);
  const rows = gates[operator] * hidden;
  const batchFirst = form.layout === 1 && !standard;
  const nodes = batchFirst ? [] : [node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] })];
  const tensors = [weight("w", [count, rows, features], 0.7), weight("r", [count, rows, hidden], 0.7)];
  if (bias) tensors.push(weight("b", [count, 2 * rows], 0.5));
  const states = Array<string>(stateCount(form)).fill("");
  for (let s = 0; s < states.length && initial !== "absent"; s++) {
    states[s] = `start${s}`;
    if (initial === "constant") tensors.push(weight(`start${s}`, batchFirst ? [1, count, hidden] : [count, 1, hidden]));
    else {
      nodes.push(
        node("MatMul", ["x", `begin${s}`], [`begun${s}`]),
        node("ReduceMean", [`begun${s}`], [`mean${s}`], { axes: [1n], keepdims: 0n }),
        node("Reshape", [`mean${s}`, "apart"], [batchFirst ? `start${s}` : `apart${s}`]),
      );
      if (!batchFirst) nodes.push(node("Transpose", [`apart${s}`], [`start${s}`], { perm: [1n, 0n, 2n] }));
      tensors.push(weight(`begin${s}`, [features, count * hidden]));
    }
  }
  tensors.push(integerTensor("apart", [3], [-1, count, hidden]));
  const attributes = {
    direction,
    hidden_size: BigInt(hidden),
    ...(form.resetsProduct ? { linear_before_reset: 1n } : {}),
    ...(batchFirst ? { layout: 1n } : {}),
    ...form.attributes,
  };
  const inputs = [batchFirst ? "x" : "s", "w", "r", bias ? "b" : "", "", ...states];
  const names = outputs.map((asked, i) => (asked ? `out${i}` : ""));
  nodes.push(node(operator, inputs, names, attributes));
  for (const name of names) {
    if (name === "") continue;
    if (batchFirst) nodes.push(node("Flatten", [name], [`flat ${name}`]));
    else {
      const perm = name === "out0" ? [2n, 0n, 1n, 3n] : [1n, 0n, 2n];
      nodes.push(node("Transpose", [name], [`turned ${name}`], { perm }));
      nodes.push(node("Flatten", [`turned ${name}`], [`flat ${name}`]));
    }
  }
  const asked = names.filter((name) => name !== "");
  nodes.push(
    node(
      "Concat",
      asked.map((name) => `flat ${name}`),
      ["y"],
      { axis: 1n },
    ),
  );
  return { nodes, tensors, input: ["n", steps, features] };
}

/** Largest difference of a cut graph from the same graph on ONNX Runtime alone. */
async function differencesOf(form: Form, images: number) {
  const network = await readNetwork("test.onnx", bytesOf(graphOf(form)), ort);
  const { steps, features } = form;
  const data = numbers(images * steps * features, 5);
  const expected: number[] = [];
  const alone = form.initial === "constant" ? 1 : images;
  for (let first = 0; first < images; first += alone) {
    const part = data.subarray(first * steps * features, (first + alone) * steps * features);
    const x = new ort.Tensor("float32", part, [alone, steps, features]);
    expected.push(...(await oracle(bytesOf(graphOf(form, true)), { x })));
  }
  const cut = difference(await network.run(data, images, exact(network)), Float32Array.from(expected));
  const whole = difference(await network.runWhole(data, images), Float32Array.from(expected));
  await network.close();
  return { network, cut, whole };
}

const kinds: [Operator, boolean][] = [
  ["LSTM", false],
  ["GRU", false],
  ["GRU", true],
  ["RNN", false],
];

/** Every combination, each with sizes, sequence length and outputs of its own. */
const forms: Form[] = kinds
  .flatMap(([operator, resetsProduct]) =>
    (["forward", "reverse", "bidirectional"] as const).flatMap((direction) =>
      ([0, 1] as const).flatMap((layout) =>
        (["absent", "constant", "computed"] as const).flatMap((initial) =>
          [true, false].map((bias) => ({ operator, resetsProduct, direction, layout, initial, bias })),
        ),
      ),
    ),
  )
  .map((form, n) => {
    const asked = 1 + (n % (2 ** (form.operator === "LSTM" ? 3 : 2) - 1));
    const outputs = [0, 1, 2].slice(0, stateCount(form as Form) + 1).map((i) => ((asked >> i) & 1) === 1);
    return { ...form, outputs, steps: 1 + (n % 5), features: 1 + ((3 * n) % 7), hidden: 1 + ((5 * n) % 9) };
  });

describe("LSTM, GRU and RNN cut at their weights give what ONNX Runtime gives", () => {
  it.each(kinds)("%s, product reset %s, in every form", async (operator, resetsProduct) => {
    for (const form of forms.filter((f) => f.operator === operator && f.resetsProduct === resetsProduct)) {
      const { network, cut, whole } = await differencesOf(form, 3);
      expect(cut, JSON.stringify(form)).toBeLessThan(tolerance);
      expect(whole, JSON.stringify(form)).toBeLessThan(tolerance);
      expect(network.batched).toBe(form.initial !== "constant");
    }
  });
});

const plainForm: Form = {
  operator: "LSTM",
  direction: "forward",
  layout: 0,
  resetsProduct: false,
  initial: "absent",
  bias: true,
  outputs: [true, true],
  steps: 4,
  features: 5,
  hidden: 3,
};

describe("the cut of a recurrent node", () => {
  it("makes one layer for x, and one or two for h, in each direction, named by the node's first output", async () => {
    const namesOf = async (form: Partial<Form>) => {
      const network = await readNetwork("test.onnx", bytesOf(graphOf({ ...plainForm, ...form })), ort);
      await network.close();
      expect(network.warnings).toEqual([]);
      return network.products.map(({ name, level, rows, columns }) => [name, level, rows, columns]);
    };
    expect(await namesOf({})).toEqual([
      ["out0.input", 0, 5, 12],
      ["out0.recurrent", 1, 3, 12],
    ]);
    expect(await namesOf({ direction: "reverse", outputs: [false, true], layout: 1 })).toEqual([
      ["out1.input.reverse", 0, 5, 12],
      ["out1.recurrent.reverse", 1, 3, 12],
    ]);
    expect(await namesOf({ operator: "GRU", direction: "bidirectional" })).toEqual([
      ["out0.input", 0, 5, 9],
      ["out0.input.reverse", 0, 5, 9],
      ["out0.recurrent", 1, 3, 6],
      ["out0.recurrent.candidate", 1, 3, 3],
      ["out0.recurrent.reverse", 1, 3, 6],
      ["out0.recurrent.candidate.reverse", 1, 3, 3],
    ]);
    expect(await namesOf({ operator: "GRU", resetsProduct: true })).toEqual([
      ["out0.input", 0, 5, 9],
      ["out0.recurrent", 1, 3, 9],
    ]);
  });

  it("gives a layer another name where a tensor has it", async () => {
    const nodes = [
      node("Transpose", ["x"], ["h.input"], { perm: [1n, 0n, 2n] }),
      node("RNN", ["h.input", "w", "r"], ["", "h"], { hidden_size: 3n }),
      node("Squeeze", ["h", "zero"], ["y"]),
    ];
    const tensors = [weight("w", [1, 3, 5]), weight("r", [1, 3, 3]), integerTensor("zero", [1], [0])];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 4, 5] }), [3, 4, 5]);
    expect(network.products.map(({ name }) => name)).toEqual(["h.input 2", "h.recurrent"]);
    expect(cut).toBeLessThan(tolerance);
  });

  it("hands over all steps of x at once, and of h step by step", async () => {
    const form: Form = { ...plainForm, operator: "GRU", direction: "bidirectional", initial: "constant" };
    const network = await readNetwork("test.onnx", bytesOf(graphOf(form)), ort);
    const calls: [index: number, vectors: number, call: number][] = [];
    await network.run(numbers(3 * 4 * 5), 3, (index, inputs, vectors, call) => {
      calls.push([index, vectors, call]);
      return exact(network)(index, inputs, vectors);
    });
    // One image at a time (its initial state is of one image), yet all in one call.
    expect(network.batched).toBe(false);
    const steps = [0, 1, 2, 3];
    const both = (gates: number, candidate: number) =>
      steps.flatMap((t) => [
        [gates, 3, t],
        [candidate, 3, t],
      ]);
    expect(calls).toEqual([[0, 12, 0], [1, 12, 0], ...both(2, 3), ...both(4, 5)]);
    await network.close();
  });

  it.each(["Relu", "Softplus", "Softsign", "Sigmoid", "tanh"])("takes the activation %s", async (name) => {
    for (const [operator, resetsProduct] of kinds) {
      // ONNX Runtime reads other spellings for the two with gates.
      if (operator === "RNN" && name === "tanh") continue;
      const count = { LSTM: 3, GRU: 2, RNN: 1 }[operator];
      const usual = Array<string>(2 * count).fill("Sigmoid");
      // One of the reverse direction's, so that directions differ.
      usual[2 * count - 1] = name;
      const form: Form = {
        ...plainForm,
        operator,
        resetsProduct,
        direction: "bidirectional",
        attributes: { activations: usual },
      };
      const { cut } = await differencesOf(form, 3);
      expect(cut, operator).toBeLessThan(tolerance);
    }
  });

  // Half precision keeps 11 bits and the oracle rounds where the cut does, at the edges of the node.
  it.each([
    ["float16", 10, 1e-3],
    ["float64", 11, tolerance],
  ] as const)("keeps %s at the edges of the node", async (_, type, bound) => {
    const { nodes, tensors, input } = graphOf({ ...plainForm, initial: "computed", outputs: [true, true, true] });
    const recurrent = nodes.findIndex(({ opType }) => opType === "LSTM");
    const inner = nodes[recurrent]!;
    const casts = inner.input.flatMap((name, i) => (name === "" ? [] : [[name, `${name} typed`, i] as const]));
    const cast = (name: string, to: string, target: number) => node("Cast", [name], [to], { to: BigInt(target) });
    const typed = node(
      "LSTM",
      inner.input.map((name) => (name === "" ? "" : `${name} typed`)),
      inner.output.map((name) => `${name} typed`),
      {
        hidden_size: 3n,
      },
    );
    const whole = nodes.slice(0, recurrent);
    const rest = nodes.slice(recurrent + 1);
    const graph = (middle: typeof whole, own: GraphText["tensors"]): GraphText => ({
      nodes: [...whole, ...middle, ...rest],
      tensors: own ?? [],
      input,
    });
    const inputs = casts.filter(([name]) => !["w", "r", "b"].includes(name)).map(([name, to]) => cast(name, to, type));
    const outputs = inner.output.map((name) => cast(`${name} typed`, name, 1));
    const stored = (tensors ?? []).flatMap((tensor) => {
      if (!["w", "r", "b"].includes(tensor.name)) return [tensor];
      const values = new Float32Array(tensor.rawData.slice().buffer);
      const shape = tensor.dims.map(Number);
      return type === 11 ? [rawTensor(`${tensor.name} typed`, 11, shape, Float64Array.from(values))] : [tensor];
    });
    const weights = type === 11 ? [] : ["w", "r", "b"].map((name) => cast(name, `${name} typed`, type));
    const network = await readNetwork(
      "test.onnx",
      bytesOf(graph([...weights, ...inputs, typed, ...outputs], stored)),
      ort,
    );
    const data = numbers(3 * 4 * 5, 5);
    const expected = await oracle(bytesOf({ nodes, tensors: tensors ?? [], input }), {
      x: new ort.Tensor("float32", data, [3, 4, 5]),
    });
    expect(network.products.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["out0 typed.input", "out0 typed.recurrent"]),
    );
    expect(difference(await network.run(data, 3, exact(network)), expected)).toBeLessThan(bound);
    expect(difference(await network.runWhole(data, 3), expected)).toBeLessThan(bound);
    await network.close();
  });

  it("of stacks that feed each other and a Gemm, with a state from another node's", async () => {
    const w = (name: string, operator: Operator, features: number, hidden: number, directions = 2) => [
      weight(`${name}w`, [directions, gates[operator] * hidden, features], 0.6),
      weight(`${name}r`, [directions, gates[operator] * hidden, hidden], 0.6),
      weight(`${name}b`, [directions, 2 * gates[operator] * hidden], 0.6),
    ];
    const nodes = [
      node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
      node("LSTM", ["s", "aw", "ar", "ab"], ["a", "", "ac"], { hidden_size: 7n, direction: "bidirectional" }),
      node("Transpose", ["a"], ["at"], { perm: [0n, 2n, 1n, 3n] }),
      node("Reshape", ["at", "joined"], ["aj"]),
      node("GRU", ["aj", "bw", "br", "bb", "", "ac"], ["b"], {
        hidden_size: 7n,
        direction: "bidirectional",
        linear_before_reset: 1n,
      }),
      node("Transpose", ["b"], ["bt"], { perm: [0n, 2n, 1n, 3n] }),
      node("Reshape", ["bt", "joined"], ["bj"]),
      node("RNN", ["bj", "cw", "cr", "cb"], ["", "c"], { hidden_size: 4n, activations: ["Relu"] }),
      node("Squeeze", ["c", "zero"], ["h"]),
      node("Gemm", ["h", "head"], ["y"]),
    ];
    const tensors = [
      ...[...w("a", "LSTM", 5, 7), ...w("b", "GRU", 14, 7), ...w("c", "RNN", 14, 4, 1), weight("head", [4, 3])],
      ...[integerTensor("joined", [3], [0, 0, 14]), integerTensor("zero", [1], [0])],
    ];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 6, 5] }), [4, 6, 5]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.products.map(({ level }) => level)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6]);
    expect(network.digitalOperators).toMatchObject({ "LSTM gates": 1, "GRU gates": 1, "RNN gates": 1 });
  });

  it("leaves nodes whose weights are computed to ONNX Runtime, and says so", async () => {
    const nodes = [
      node("MatMul", ["x", "e"], ["a"]),
      node("Transpose", ["a"], ["s"], { perm: [1n, 0n, 2n] }),
      node("ReduceMax", ["x"], ["top"], { keepdims: 0n }),
      node("Mul", ["r", "top"], ["rx"]),
      node("RNN", ["s", "w", "rx"], ["", "h"], { hidden_size: 3n }),
      node("Squeeze", ["h", "zero"], ["y"]),
    ];
    const tensors = [
      weight("e", [5, 5]),
      weight("w", [1, 3, 5]),
      weight("r", [1, 3, 3]),
      integerTensor("zero", [1], [0]),
    ];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 4, 5] }), [1, 4, 5]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.digitalOperators).toMatchObject({ RNN: 1 });
    expect(network.warnings).toEqual(["1 x RNN with constant weights stay digital"]);
  });
});

describe("a recurrent node that tiles cannot do is refused in one line", () => {
  const refused = (attributes: Record<string, bigint | number | readonly string[]>, more: readonly string[] = []) => {
    const nodes = [
      node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
      node("LSTM", ["s", "w", "r", "", ...more], ["", "h"], { hidden_size: 3n, ...attributes }),
      node("Squeeze", ["h", "zero"], ["y"]),
    ];
    const lengths = rawTensor("lengths", 6, [1], Int32Array.of(3));
    const tensors = [
      weight("w", [1, 12, 5]),
      weight("r", [1, 12, 3]),
      weight("p", [1, 9]),
      lengths,
      integerTensor("zero", [1], [0]),
    ];
    return readNetwork("bad.onnx", bytesOf({ nodes, tensors, input: [1, 4, 5] }), ort);
  };
  it.each([
    [
      "sequence_lens",
      {},
      ["lengths"],
      'LSTM with sequence_lens ("lengths"), expected sequences of one length, without sequence_lens',
    ],
    ["peepholes", {}, ["", "", "", "p"], 'LSTM with peepholes ("p"), expected cells without peepholes (P)'],
    ["clip", { clip: 0.5 }, [], "LSTM with clip 0.5, expected cells without clip"],
    ["input_forget", { input_forget: 1n }, [], "LSTM with input_forget, expected input and forget gates of their own"],
    [
      "an activation",
      { activations: ["HardSigmoid", "Tanh", "Tanh"] },
      [],
      "LSTM with the activation HardSigmoid, expected Sigmoid, Tanh, Relu, Softplus, Softsign",
    ],
  ])("%s", async (_, attributes, inputs, line) => {
    await expect(refused(attributes, inputs)).rejects.toThrow(`bad.onnx:h: ${line}`);
  });

  it("as is one inside a body", async () => {
    const inner = body([node("LSTM", ["s", "w", "r"], ["", "then"], { hidden_size: 3n })], [], [valueInfo("then", 1)]);
    const other = body([node("Identity", ["first"], ["else"])], [], [valueInfo("else", 1)]);
    const nodes = [
      node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
      node("RNN", ["s", "rw", "r3"], ["", "first"], { hidden_size: 3n }),
      node("ReduceMax", ["x"], ["m"], { keepdims: 0n }),
      node("Cast", ["m"], ["c"], { to: 9n }),
      node("If", ["c"], ["h"], { then_branch: inner, else_branch: other }),
      node("Squeeze", ["h", "zero"], ["y"]),
    ];
    const tensors = [
      ...[weight("w", [1, 12, 5]), weight("r", [1, 12, 3]), weight("rw", [1, 3, 5]), weight("r3", [1, 3, 3])],
      integerTensor("zero", [1], [0]),
    ];
    await expect(readNetwork("bad.onnx", bytesOf({ nodes, tensors, input: ["n", 4, 5] }), ort)).rejects.toThrow(
      "bad.onnx:then: LSTM with constant weights inside a body of If, expected such products in the main graph",
    );
  });

  it.each([
    ["R", [1, 12, 4], [1, 12, 5], "LSTM: Input R must have shape {1,12,3}. Actual:{1,12,4}"],
    ["W", [1, 12, 3], [1, 8, 5], "LSTM: Input W must have shape {1,12,5}. Actual:{1,8,5}"],
  ])("and %s of a shape that does not fit, in either layout", async (_, r, w, line) => {
    for (const layout of [0n, 1n]) {
      const nodes = [
        node("LSTM", ["x", "w", "r"], ["", "h"], { hidden_size: 3n, layout }),
        node("Flatten", ["h"], ["y"]),
      ];
      const tensors = [weight("w", w), weight("r", r)];
      await expect(readNetwork("bad.onnx", bytesOf({ nodes, tensors, input: ["n", 4, 5] }), ort)).rejects.toThrow(
        `bad.onnx:h: ${line}`,
      );
    }
  });

  it("and weights without a value", async () => {
    const nodes = [
      node("Transpose", ["x"], ["s"], { perm: [1n, 0n, 2n] }),
      node("RNN", ["s", "w", "r"], ["", "h"], { hidden_size: 1n }),
      node("Squeeze", ["h", "zero"], ["y"]),
    ];
    const infinite = floatTensor("r", [1, 1, 1], [Number.POSITIVE_INFINITY]);
    const tensors = [weight("w", [1, 1, 5]), infinite, integerTensor("zero", [1], [0])];
    await expect(readNetwork("bad.onnx", bytesOf({ nodes, tensors, input: ["n", 4, 5] }), ort)).rejects.toThrow(
      "bad.onnx:r: Infinity at element 0, expected finite weights",
    );
  });
});
