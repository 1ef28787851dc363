import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../experiments/network/partition.ts";
import {
  bytesOf,
  difference,
  exact,
  type GraphText,
  integerTensor,
  node,
  numbers,
  oracle,
  ort,
  tolerance,
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
