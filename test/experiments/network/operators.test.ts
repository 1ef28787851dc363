import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { causes } from "../../../circuits/index.ts";
import { type Network, readNetwork } from "../../../experiments/network/partition.ts";
import { layersOf, placementOf } from "../../../experiments/network/placement.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { InputError } from "../../../src/ground/errors.ts";
import { float16 } from "../../../src/ground/formats/half.ts";
import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";
import { chipWith } from "../../circuits/layers.ts";
import {
  bytesOf,
  difference,
  elements,
  exact,
  type GraphText,
  integerTensor,
  node,
  numbers,
  ort,
  weight,
} from "../../onnx-graphs.ts";
import { halfGraphs, productGraphs } from "./operators/forms.ts";
import type { Piece } from "./operators/piece.ts";
import { controlled, elementwise, products, refused, regions, shapes } from "./operators/tables.ts";

// Tiles so small that most products take several: 5 rows, 4 columns.
const placement = placementOf(chipWith("pcm", "tile.rows=5", "tile.columns=4"), new Set(causes), "statistical", "held");
let engine: Engine;
let graphs = 0;
beforeAll(async () => {
  engine = await openEngine(2 ** 27);
});
// The tables cannot quietly lose their entries: some 320 of products alone, three places for each of some 320 pieces.
afterAll(() => expect(graphs).toBeGreaterThan(1250));

/** The network's scores through tiles with every cause off. */
async function onTiles(network: Network, images: Float32Array, count: number): Promise<Float32Array> {
  const mark = engine.memory.mark();
  const layers = layersOf(placement, network.products, engine, at(drawOf(1), "operators"));
  for (const layer of layers) {
    layer.setRanges({ inputRange: 1, outputRanges: Array(layer.tiles).fill(1) });
    layer.program(0);
    layer.elapse(placement.firstReading);
    layer.hold({ mode: "held", window: 0 }, 0);
  }
  const scores = await network.run(images, count, (index, inputs, vectors, call) =>
    layers[index]!.multiply(inputs, vectors, "images", call, null),
  );
  engine.memory.release(mark);
  return scores;
}

const images = 3;

/** Multiples of 1/256 as float16, which has them all up to 4. */
function halvesOf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.slice().buffer);
  return Uint16Array.from(bits, (of) =>
    of === 0 ? 0 : ((of >>> 16) & 0x8000) | ((((of >>> 23) & 0xff) - 112) << 10) | ((of >>> 13) & 0x3ff),
  );
}

/** The whole graph by ONNX Runtime, without any of our code: all images at once, or one after another. */
async function wholeOf(graph: GraphText, data: Float32Array, alone: boolean) {
  const bytes = bytesOf(graph);
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  const rest = graph.input.slice(1) as number[];
  const [runs, count] = alone ? [images, 1] : [1, images];
  const values: number[] = [];
  let dims: readonly number[] = [];
  for (let run = 0; run < runs; run++) {
    const own = data.subarray(run * elements(rest), (run + count) * elements(rest));
    const x =
      graph.inputType === 10
        ? new ort.Tensor("float16", halvesOf(own), [count, ...rest])
        : new ort.Tensor("float32", own, [count, ...rest]);
    const { y } = await session.run({ x });
    values.push(...Array.from(y!.data as Float32Array | Uint16Array, graph.outputType === 10 ? float16 : Number));
    dims = y!.dims;
  }
  await session.release();
  return { bytes, wanted: Float32Array.from(values), dims };
}

/** Holds the cut graph, exact and on tiles, against the whole; gives the axes of the result. */
async function holds(graph: GraphText, alone = false, bound = 1e-5): Promise<readonly number[]> {
  graphs++;
  const size = elements(graph.input.slice(1) as number[]);
  const data = numbers(images * size, 5).map((value) => Math.round(256 * value) / 256);
  const { bytes, wanted, dims } = await wholeOf(graph, data, alone);
  const network = await readNetwork("operator.onnx", bytes, ort);
  expect(network.batched).toBe(!alone);
  expect(difference(await network.run(data, images, exact(network)), wanted)).toBeLessThan(bound);
  expect(difference(await onTiles(network, data, images), wanted)).toBeLessThan(bound);
  await network.close();
  return dims;
}

describe("a graph of one product gives ONNX Runtime's own result, exactly and on tiles", () => {
  it.each(productGraphs)("$title", async ({ graph }) => {
    await holds(graph);
  });

  // The runtime rounds sums and results to 11 bits, tiles only results.
  it.each(halfGraphs)("$title", async ({ graph }) => {
    await holds(graph, false, 4e-3);
  });
});

/** Graphs with the piece behind a product, before one, and between two; the latter need the piece's own result's axes. */
function placesOf({ nodes, tensors, shape, opset }: Piece) {
  const domains = ["com.microsoft", "ai.onnx.ml", "my.own"].map((domain) => {
    return { domain, version: domain === "ai.onnx.ml" ? 3n : 1n };
  });
  const graph = (first: boolean, last: readonly number[] | null): GraphText => {
    const into = first
      ? [node("MatMul", ["x", "w1"], ["f1"]), node("Reshape", ["f1", "axes1"], ["t"])]
      : [node("Identity", ["x"], ["t"])];
    const outOf = last
      ? [node("Reshape", ["u", "axes2"], ["f2"]), node("MatMul", ["f2", "w2"], ["y"])]
      : [node("Identity", ["u"], ["y"])];
    const size = elements(shape);
    const ownTensors = [
      ...(first ? [weight("w1", [6, size]), integerTensor("axes1", [shape.length + 1], [-1, ...shape])] : []),
      ...(last ? [weight("w2", [elements(last), 3]), integerTensor("axes2", [2], [-1, elements(last)])] : []),
    ];
    const input = ["n", ...(first ? [6] : shape)];
    return { opset, domains, input, nodes: [...into, ...nodes, ...outOf], tensors: [...ownTensors, ...tensors] };
  };
  return {
    behind: graph(true, null),
    before: (axes: readonly number[]) => graph(false, axes),
    between: (axes: readonly number[]) => graph(true, axes),
  };
}

describe("an operator behind, before and between products leaves ONNX Runtime's own result", () => {
  it.each([...elementwise, ...regions, ...shapes, ...products, ...controlled])("$title", async (piece) => {
    const { behind, before, between } = placesOf(piece);
    const [, ...axes] = await holds(behind, piece.alone);
    await holds(before(axes), piece.alone);
    await holds(between(axes), piece.alone);
  });
});

describe("an operator that cannot be is named", () => {
  it.each(refused)("%s", async (line, [piece]) => {
    graphs++;
    const error = await readNetwork("operator.onnx", bytesOf(placesOf(piece!).behind), ort).catch((reason) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(line);
  });
});
