import { describe, expect, it } from "vitest";
import { calibrate } from "../../../experiments/network/calibration.ts";
import { readNetwork } from "../../../experiments/network/partition.ts";
import { layersOf, placementOf } from "../../../experiments/network/placement.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { chipWith } from "../../circuits/layers.ts";
import { bytesOf, floatTensor, node, numbers, ort, rawTensor, weight } from "../../onnx-graphs.ts";

const [INT8, UINT8] = [3, 2];
const int8 = (name: string, value: number) => rawTensor(name, INT8, [], Uint8Array.of(value & 255));
const uint8 = (name: string, value: number) => rawTensor(name, UINT8, [], Uint8Array.of(value));
const scale = (value: number) => floatTensor("s", [], [value]);

/** x, quantised and back, some operators, and a product. */
async function fullScale(
  zero: ReturnType<typeof int8> | null,
  options: { scale?: ReturnType<typeof floatTensor>; between?: string; shape?: number[] } = {},
): Promise<number | null> {
  const z = zero ? ["z"] : [];
  const quantised = [
    node("QuantizeLinear", ["x", "s", ...z], ["q"]),
    node("DequantizeLinear", ["q", "s", ...z], ["d"]),
  ];
  const between = options.between ? [node(options.between, ["d"], ["e"])] : [];
  const nodes = [...quantised, ...between, node("MatMul", [options.between ? "e" : "d", "w"], ["y"])];
  const tensors = [options.scale ?? scale(0.02), ...(zero ? [zero] : []), weight("w", [6, 4])];
  const network = await readNetwork("q.onnx", bytesOf({ nodes, tensors, input: ["batch", 6] }), ort);
  const found = network.products[0]!.quantizedInput;
  await network.close();
  return found;
}

describe("full scale of quantise nodes before a product", () => {
  // Codes to the farther end from the zero point, the one without a counterpart left out.
  it.each([
    ["int8 about 0", int8("z", 0), 127],
    ["int8 about -28", int8("z", -28), 155],
    ["int8 about 100", int8("z", 100), 227],
    ["uint8 about 128", uint8("z", 128), 127],
    ["uint8 about 0", uint8("z", 0), 255],
    ["uint8 where there is no zero point", null, 255],
  ] as const)("is the scale times the codes of %s", async (_, zero, codes) => {
    expect(await fullScale(zero)).toBeCloseTo(0.02 * codes, 6);
  });

  it.each(["Relu", "Identity"])("holds behind %s, which makes no number larger", async (between) => {
    expect(await fullScale(int8("z", 0), { between })).toBeCloseTo(2.54, 6);
  });

  it.each(["Exp", "Neg"])("is unknown behind %s", async (between) => {
    expect(await fullScale(int8("z", 0), { between })).toBeNull();
  });

  it("is unknown where every channel has its own, and without such nodes", async () => {
    const own = floatTensor("s", [6], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    expect(await fullScale(rawTensor("z", INT8, [6], new Uint8Array(6)), { scale: own })).toBeNull();
    const bytes = bytesOf({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      tensors: [weight("w", [6, 4])],
      input: ["b", 6],
    });
    const network = await readNetwork("plain.onnx", bytes, ort);
    expect(network.products[0]!.quantizedInput).toBeNull();
    await network.close();
  });
});

describe("the rule quantized of the input converter", () => {
  it("takes that full scale where there is one, and the largest calibration input elsewhere", async () => {
    const nodes = [
      ...[node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["d"])],
      ...[node("MatMul", ["d", "w"], ["h"]), node("MatMul", ["h", "v"], ["y"])],
    ];
    const tensors = [scale(0.05), int8("z", 0), weight("w", [6, 4]), weight("v", [4, 3])];
    const network = await readNetwork("two.onnx", bytesOf({ nodes, tensors, input: ["batch", 6] }), ort);
    const engine = await openEngine(2 ** 26);
    const placement = placementOf(chipWith("pcm", "inputConverter.range=quantized"), new Set(), "statistical", "held");
    const layers = layersOf(placement, network.products, engine, at(drawOf(1), "test"));
    const inputs = numbers(6 * 20, 9);
    const ranges = async (rule: "largest" | "quantized"): Promise<number[]> => {
      const calibrated = await calibrate(network, rule, layers, inputs, 20, 8, 16);
      return calibrated.map(({ ranges: { inputRange } }) => inputRange);
    };
    const [quantized, largest] = [await ranges("quantized"), await ranges("largest")];
    expect(quantized[0]).toBeCloseTo(0.05 * 127, 6);
    expect(largest[0]).toBeLessThan(1.1);
    expect(quantized[1]).toBe(largest[1]);
    await network.close();
  });
});
