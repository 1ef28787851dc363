import { describe, expect, it } from "vitest";
import { type Cause, causes, outputRangesFor } from "../../../circuits/index.ts";
import { calibrate } from "../../../experiments/network/calibration.ts";
import { type Network, readNetwork } from "../../../experiments/network/partition.ts";
import { layersOf, placementOf } from "../../../experiments/network/placement.ts";
import { quantizedRanges, rangeWarnings } from "../../../experiments/network/quantized-ranges.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { chipWith } from "../../circuits/layers.ts";
import {
  bytesOf,
  compare,
  difference,
  elements,
  exact,
  floatTensor,
  type GraphText,
  node,
  numbers,
  ort,
  rawTensor,
  weight,
} from "../../onnx-graphs.ts";
import { pieces } from "./operators/piece.ts";

/** A graph in the words of the operator tables, from x to y. */
function graphOf(text: string): GraphText {
  const [piece] = pieces(text.replaceAll("\n", " ").trim());
  const { nodes, tensors, shape, opset } = piece!;
  return {
    nodes: [node("Identity", ["x"], ["t"]), ...nodes, node("Identity", ["u"], ["y"])],
    tensors,
    input: ["n", ...shape],
    opset,
  };
}
const read = async (text: string): Promise<Network> => readNetwork("quantised.onnx", bytesOf(graphOf(text)), ort);
const inputs = async (text: string) => (await quantizedRanges(await read(text))).map(({ input }) => input);
const outputs = async (text: string) =>
  (await quantizedRanges(await read(text))).map((range) => range.outputs && [...range.outputs]);
const pair = (from: string, to: string, step: string, zero: string): string =>
  `q${to} = QuantizeLinear(${from}, ${step}, ${zero}); ${to} = DequantizeLinear(q${to}, ${step}, ${zero})`;
const single = Math.fround;

describe("a layer's input range is what the codes before it stand for", () => {
  // scale (q - zero point): int8 has q from -128 to 127, uint8 from 0 to 255, uint16 to 65,535.
  it.each([
    ["int8 around 0: -128 has no counterpart", "f(0.02)", "b(0)", 127 * single(0.02)],
    ["int8 off the middle", "f(0.02)", "b(-3)", 130 * single(0.02)],
    ["int8 off the middle the other way", "f(0.02)", "b(5)", 133 * single(0.02)],
    ["uint8 around 128", "f(0.02)", "B(128)", 127 * single(0.02)],
    ["uint8 from 0 on, as behind Relu", "f(0.02)", "B(0)", 255 * single(0.02)],
    ["uint8 elsewhere", "f(0.02)", "B(119)", 136 * single(0.02)],
    [
      "a number of its own for each channel",
      "f[0.02,0.01,0.04,0.03,0.01,0.02]",
      "b[0,0,-10,0,0,0]",
      137 * single(0.04),
    ],
  ])("%s", async (_, step, zero, range) => {
    const channels = step.startsWith("f[") ? " axis=1" : "";
    const text = `q = QuantizeLinear(t, ${step}, ${zero})${channels}; d = DequantizeLinear(q, ${step}, ${zero})${channels}; u = MatMul(d, ~[6,3])`;
    expect(await inputs(text)).toEqual([range]);
  });

  it("without a zero point, by the type that the codes are made in", async () => {
    expect(
      await inputs("q = QuantizeLinear(t, f(0.5)); d = DequantizeLinear(q, f(0.5)); u = MatMul(d, ~[6,3])"),
    ).toEqual([255 / 2]);
    const wide =
      "@21 | q = QuantizeLinear(t, f(0.5)) output_dtype=5; d = DequantizeLinear(q, f(0.5)); u = MatMul(d, ~[6,3])";
    expect(await inputs(wide)).toEqual([32767 / 2]);
  });

  it("through what moves numbers or chooses among them, Casts around 16-bit products too", async () => {
    const head = pair("t", "d", "f(0.5)", "b(0)");
    const image = `2x4x4 | ${head}; r = Relu(d); m = MaxPool(r) kernel_shape=[2,2] strides=[2,2]; f = Flatten(m);`;
    expect(await inputs(`${image} u = Gemm(f, ~[8,3])`)).toEqual([127 / 2]);
    expect(
      await inputs(
        `3x4 | ${head}; p = Transpose(d) perm=[0,2,1]; s = Slice(p, i[0], i[2], i[1]); u = MatMul(s, ~[3,5])`,
      ),
    ).toEqual([127 / 2]);
    expect(
      await inputs(`${head}; h = Cast(d) to=10; w = Cast(~[6,3]) to=10; g = MatMul(h, w); u = Cast(g) to=1`),
    ).toEqual([127 / 2]);
  });

  it("of a recurrent layer's inputs too, not of its state", async () => {
    const text = `4x2 | ${pair("t", "d", "f(0.5)", "b(0)")}; s = Transpose(d) perm=[1,0,2]; a, h = RNN(s, ~[1,3,2], ~[1,3,3]) hidden_size=3; u = Squeeze(h, i[0])`;
    expect(await inputs(text)).toEqual([127 / 2, null]);
  });

  it("and nothing where numbers are computed, or scales are", async () => {
    const head = pair("t", "d", "f(0.5)", "b(0)");
    expect(await inputs(`${head}; s = Sigmoid(d); u = MatMul(s, ~[6,3])`)).toEqual([null]);
    expect(await inputs("u = MatMul(t, ~[6,3])")).toEqual([null]);
    expect(
      await inputs("q, s, z = DynamicQuantizeLinear(t); d = DequantizeLinear(q, s, z); u = MatMul(d, ~[6,3])"),
    ).toEqual([null]);
    expect(
      await inputs(
        "4x2 | s = Transpose(t) perm=[1,0,2]; a, h = RNN(s, ~[1,3,2], ~[1,3,3]) hidden_size=3; u = Squeeze(h, i[0])",
      ),
    ).toEqual([null, null]);
  });
});

describe("what products reach is what the codes behind them stand for", () => {
  const behind = (middle: string, zero = "b(0)") =>
    `p = MatMul(t, ~[6,2]); ${middle}; ${pair("o", "u", "f(0.5)", zero)}`;

  it.each([
    ["directly", behind("o = Identity(p)"), [63.5, 63.5]],
    ["behind Relu, where nothing below 0 counts", behind("o = Relu(p)", "B(0)"), [127.5, 127.5]],
    ["behind Relu, with codes below 0 too", behind("o = Relu(p)", "B(100)"), [77.5, 77.5]],
    ["behind a constant addend, either way around", behind("s = Add(f[3,-5], p); o = Relu(s)", "B(0)"), [132.5, 132.5]],
    ["in another shape", behind("o = Reshape(p, i[-1,2,1])"), [63.5, 63.5]],
  ])("%s", async (_, text, reach) => {
    expect(await outputs(text)).toEqual([reach]);
  });

  it("each column's bias taken from it", async () => {
    // From 0 to 127.5 behind Relu: with a bias of 3, products up to 124.5 count, and -3 at least; with -5, up to 132.5.
    const text = `p = Gemm(t, ~[6,2], f[3,-5]); o = Relu(p); ${pair("o", "u", "f(0.5)", "B(0)")}`;
    expect(await outputs(text)).toEqual([[124.5, 132.5]]);
    const below = `p = Gemm(t, ~[6,2], f[200,0]); o = Relu(p); ${pair("o", "u", "f(0.5)", "B(0)")}`;
    expect(await outputs(below)).toEqual([[200, 127.5]]);
  });

  it("and nothing where others read them too, or they are computed with", async () => {
    expect(await outputs(behind("s = Sigmoid(p); o = Mul(s, f(2))"))).toEqual([null]);
    expect(await outputs(behind("s = Sigmoid(t); r = Slice(s, i[0], i[2], i[1]); o = Add(p, r)"))).toEqual([null]);
    expect(await outputs(`p = MatMul(t, ~[6,2]); ${pair("p", "d", "f(0.5)", "b(0)")}; u = Add(d, p)`)).toEqual([null]);
    expect(
      await outputs(`p = MatMul(t, ~[6,2]); v = MatMul(p, ~[2,2]); ${pair("v", "d", "f(0.5)", "b(0)")}; u = Add(d, p)`),
    ).toEqual([null, [63.5, 63.5]]);
    expect(await outputs("u = MatMul(t, ~[6,2])")).toEqual([null]);
  });
});

describe("a layer that nothing says a range of", () => {
  it("is named in a warning, for each converter that was asked", async () => {
    const network = await read(
      `${pair("t", "d", "f(0.5)", "b(0)")}; p = MatMul(d, ~[6,4]); v = MatMul(p, ~[4,2]); s = Sigmoid(v); u = Gemm(s, ~[2,2])`,
    );
    const ranges = await quantizedRanges(network);
    expect(rangeWarnings(network.products, ranges, { input: true, output: true })).toEqual([
      "inputConverter.range: nothing quantised before v, u, whose ranges are the largest inputs",
      "outputConverter.range: nothing quantised behind p, v, u, whose ranges are of least squares",
    ]);
    expect(rangeWarnings(network.products, ranges, { input: false, output: false })).toEqual([]);
    expect(rangeWarnings(network.products.slice(0, 1), ranges, { input: true, output: false })).toEqual([]);
  });
});

/** A residual network as quantisers write it: pairs before every product, the sum and the pooling; int8 weights, int32 biases. */
function residual(): GraphText {
  const weights = (name: string, shape: readonly number[]) =>
    rawTensor(name, 3, shape, Int8Array.from(numbers(elements(shape), name.length + shape[0]!, 127)));
  const biases = (name: string, count: number) => rawTensor(name, 6, [count], Int32Array.from(numbers(count, 9, 400)));
  const dequantised = (name: string) => node("DequantizeLinear", [name, "ws"], [`${name}f`]);
  const pairOf = (from: string, to: string, step: string, zero: string) => [
    node("QuantizeLinear", [from, step, zero], [`${to}q`]),
    node("DequantizeLinear", [`${to}q`, step, zero], [to]),
  ];
  return {
    nodes: [
      ...["k1", "k2", "head"].map(dequantised),
      ...["b1", "b2"].map((name) => node("DequantizeLinear", [name, "bs"], [`${name}f`])),
      ...pairOf("x", "xd", "sx", "signed"),
      node("Conv", ["xd", "k1f", "b1f"], ["c1"], { pads: [1n, 1n, 1n, 1n] }),
      node("Relu", ["c1"], ["r1"]),
      ...pairOf("r1", "h1", "sh", "unsigned"),
      node("Conv", ["h1", "k2f", "b2f"], ["c2"], { pads: [1n, 1n, 1n, 1n] }),
      ...pairOf("c2", "h2", "sh", "middle"),
      node("Add", ["h2", "h1"], ["sum"]),
      node("Relu", ["sum"], ["r2"]),
      ...pairOf("r2", "h3", "sh", "unsigned"),
      node("MaxPool", ["h3"], ["pool"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
      ...pairOf("pool", "h4", "sh", "unsigned"),
      node("Flatten", ["h4"], ["flat"]),
      node("MatMul", ["flat", "headf"], ["y"]),
    ],
    tensors: [
      ...[weights("k1", [4, 2, 3, 3]), weights("k2", [4, 4, 3, 3]), weights("head", [16, 5])],
      ...[biases("b1", 4), biases("b2", 4), floatTensor("ws", [], [0.01]), floatTensor("bs", [], [0.0005])],
      ...[
        floatTensor("sx", [], [1.3 / 127]),
        floatTensor("sh", [], [0.1]),
        rawTensor("signed", 3, [], Int8Array.of(0)),
      ],
      ...[rawTensor("unsigned", 2, [], Uint8Array.of(0)), rawTensor("middle", 2, [], Uint8Array.of(128))],
    ],
    input: ["n", 2, 4, 4],
  };
}

describe("a network that a quantiser wrote", () => {
  it("has its weights and biases on tiles and gives ONNX Runtime's result", async () => {
    const { network, cut, whole } = await compare(bytesOf(residual()), [5, 2, 4, 4]);
    expect(network.products.map(({ name, bias }) => [name, bias !== null])).toEqual([
      ["c1", true],
      ["c2", true],
      ["y", false],
    ]);
    expect(network.warnings).toEqual([]);
    // A code more or less where a sum lies between two is 0.1.
    expect(cut).toBeLessThan(1e-5);
    expect(whole).toBeLessThan(1e-5);
  });

  /** What some layers lose on tiles on which nothing errs but these causes. */
  async function onTiles(network: Network, only: readonly number[], settings: string[], erring: Cause[] = []) {
    const images = numbers(160, 5);
    const chip = chipWith("ideal", "tile.rows=16", "tile.columns=8", ...settings);
    const off = causes.filter((cause) => !erring.includes(cause));
    const placement = placementOf(chip, new Set(off), "statistical", "held");
    const engine = await openEngine(2 ** 26);
    const layers = layersOf(placement, network.products, engine, at(drawOf(1), "quantised"));
    const calibration = await calibrate(network, layers, images, 5, 4, 5, await quantizedRanges(network));
    for (const [index, layer] of layers.entries()) {
      layer.setRanges(calibration[index]!.ranges);
      layer.program(0);
      layer.hold({ mode: "held", window: 0 }, 0);
    }
    // Compared product by product: behind a quantiser the last bit of a float may become a whole code.
    let lost = 0;
    await network.run(images, 5, (index, x, vectors, call) => {
      const wanted = exact(network)(index, x, vectors);
      if (only.includes(index)) {
        const found = layers[index]!.multiply(x, vectors, "images", call, null);
        lost = Math.max(lost, difference(found, wanted));
      }
      return wanted;
    });
    return { lost, calibration, layers };
  }

  // A converter of 8 bits has codes from -127 to 127, as int8 around 0; one of 9 bits has those of uint8 from 0 to 255 too.
  it.each([
    ["int8", [0], 8],
    ["uint8", [1, 2], 9],
  ])("loses nothing at input converters that have its codes, %s", async (_, layers, bits) => {
    const network = await readNetwork("quantised.onnx", bytesOf(residual()), ort);
    const lost = async (range: string, by: number) =>
      (
        await onTiles(
          network,
          layers,
          [`inputConverter.bits=${by}`, `inputConverter.range=${range}`],
          ["inputConverter"],
        )
      ).lost;
    expect(await lost("quantized", bits)).toBeLessThan(1e-5);
    // Other ranges or codes do not meet the network's.
    expect(await lost("largest", bits)).toBeGreaterThan(1e-4);
    expect(await lost("quantized", bits - 1)).toBeGreaterThan(1e-4);
  });

  it("has output ranges that its codes fill: no column of a tile reaches further, and one does", async () => {
    const network = await readNetwork("quantised.onnx", bytesOf(residual()), ort);
    const { calibration, layers } = await onTiles(network, [], ["outputConverter.range=quantized"]);
    const ranges = await quantizedRanges(network);
    expect(ranges.map(({ outputs: reach }) => reach !== null)).toEqual([true, true, false]);
    for (const index of [0, 1]) {
      const { inputRange, outputRanges } = calibration[index]!.ranges;
      const reach = ranges[index]!.outputs!;
      expect(outputRanges).toEqual(outputRangesFor(layers[index]!, reach, inputRange));
      for (const [tile, { columns, scales }] of layers[index]!.placed.entries()) {
        // Full scale of each column in the unit of the network.
        const shares = Array.from({ length: columns[1] - columns[0] }, (_, j) => {
          return (outputRanges[tile]! * inputRange) / scales[columns[0] + j]! / reach[columns[0] + j]!;
        });
        expect(Math.min(...shares)).toBeCloseTo(1, 6);
      }
    }
  });
});

describe("a chip that asks a network which says nothing", () => {
  it("has the ranges it would have had", async () => {
    const bytes = bytesOf({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      tensors: [weight("w", [6, 4])],
      input: ["n", 6],
    });
    const network = await readNetwork("plain.onnx", bytes, ort);
    const images = numbers(60, 3);
    const rangesWith = async (...settings: string[]) => {
      const placement = placementOf(chipWith("pcm", ...settings), new Set(), "statistical", "held");
      const layers = layersOf(placement, network.products, await openEngine(2 ** 26), at(drawOf(1), "plain"));
      const calibrated = await calibrate(network, layers, images, 10, 4, 10, await quantizedRanges(network));
      return calibrated.map(({ ranges }) => ranges);
    };
    const asked = await rangesWith("inputConverter.range=quantized", "outputConverter.range=quantized");
    expect(asked).toEqual(await rangesWith());
  });
});
