import { inputError } from "../../src/ground/errors.ts";
import { readModel, writeModel } from "../../src/ground/formats/onnx.ts";
import { type Boundary, inputNames, type NetworkInput, openBoundary } from "./boundary.ts";
import { type Constant, constantNames, foldConstant } from "./constants.ts";
import { type CutGraph, gatesName, type Multiply, type Product } from "./cut-graph.ts";
import { failingNode } from "./failing-node.ts";
import { inlineFunctions } from "./functions.ts";
import { buildGraph, clearRepeatedNames, type Graph, isOperator, operatorName } from "./graph.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { type Ort, type OrtPlace, openSession } from "./ort.ts";
import { cutProducts } from "./products.ts";
import { runRecurrentNodes } from "./recurrent-forms.ts";
import { checkModel, countParameters } from "./refusals.ts";
import { runCut, runSessionWhole } from "./run.ts";
import { showTensors } from "./seen-tensors.ts";
import { type Action, scheduleStages, sessionsOf } from "./stages.ts";

export type { Multiply, Product, ProductOperator } from "./cut-graph.ts";

/** A trained network, cut at its constant-weight products; everything else runs on ONNX Runtime. */
export interface Network {
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly checksum: string;
  readonly products: readonly Product[];
  /** Elements of all weights: float tensors, and integers of 8 bits or fewer. */
  readonly parameters: number;
  /** Operators that stayed on ONNX Runtime, with how many of each; constant folding not counted. */
  readonly digitalOperators: Readonly<Record<string, number>>;
  /** In the graph's order; `shape` is one image's, without the batch axis; images are given as float32 whatever `type` is. */
  readonly inputs: readonly NetworkInput[];
  readonly output: { readonly name: string };
  /** Scores for each image. */
  readonly classes: number;
  /** False where the graph takes one image at a time; `run` still hands all images' vectors over in one call. */
  readonly batched: boolean;
  readonly warnings: readonly string[];
  /** What `profileNetwork` reads. */
  readonly inner: {
    readonly ort: Ort;
    readonly graph: Graph;
    readonly cut: CutGraph;
    readonly lanes: Lanes;
    /** Names of constant tensors, and the value of one. */
    readonly constant: ReadonlySet<string>;
    fold(name: string): Promise<Constant>;
  };
  /**
   * Scores with every product handed to `multiply`.
   *
   * @param images  [image][the numbers of all inputs, one input after another]
   * @returns [image][class]
   */
  run(images: Float32Array, count: number, multiply: Multiply): Promise<Float32Array>;
  /** Scores of the whole graph on ONNX Runtime, the nodes as they stand in the file (recurrent-forms.ts). */
  runWhole(images: Float32Array, count: number): Promise<Float32Array>;
  /** Frees the runtime's sessions. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Shapes of the images that will be given, for each input; they fill axes that the file leaves open. */
  readonly imageShapes?: readonly (readonly number[] | undefined)[];
}

/**
 * Reads an ONNX file and cuts it by product depth: one ONNX Runtime session for the digital nodes between products.
 *
 * @param file  name for error messages
 * @throws InputError in one line for whatever cannot run here
 */
export async function readNetwork(
  file: string,
  bytes: Uint8Array,
  ort: Ort,
  options: ReadOptions = {},
): Promise<Network> {
  const model = readModel(file, bytes);
  inlineFunctions(file, model);
  checkModel(file, model);
  clearRepeatedNames(model.graph);
  const helpers = runRecurrentNodes(model.graph);
  const boundary = openBoundary(file, model, options.imageShapes);

  const edge = model.graph.input;
  const graph = buildGraph(file, model, boundary, helpers);
  const where: OrtPlace = { file, failing: (feeds) => failingNode(graph, edge, ort, feeds) };
  const whole = await openSession(ort, writeModel(model), "disabled", where);
  const constant = constantNames(graph);
  checkDependence(file, graph, constant, boundary);
  const { lanes, classes, probe } = await lanesOf(where, ort, whole, boundary);
  const fold = cached((name) => foldConstant(graph, ort, name));
  const cut = await cutProducts(graph, constant, fold);
  if (cut.products.length === 0) {
    const found = "no product with constant weights";
    const expected = "at least one Gemm, MatMul, Conv, LSTM, GRU or RNN whose weights are in the file";
    throw inputError({ file, found, expected });
  }
  const seen = needsAxes(graph) ? await showTensors(graph, cut, ort, probe) : null;
  const actions = await scheduleStages(graph, cut, constant, ort, seen);

  return {
    file,
    checksum: await sha256(bytes),
    products: cut.products,
    parameters: countParameters(graph.initializers.values()),
    digitalOperators: countOperators(cut),
    inputs: boundary.inputs,
    output: boundary.output,
    classes,
    batched: lanes.batched,
    warnings: warningsOf(cut, constant, classes),
    inner: { ort, graph, cut, lanes, constant, fold },
    run: (images, count, multiply) =>
      runCut({ where, ort, actions, cut, lanes, boundary, classes }, images, count, multiply),
    runWhole: (images, count) => runSessionWhole({ where, ort, whole, lanes, boundary, classes }, images, count),
    close: () => closeAll(actions, whole),
  };
}

/** A Scan runs only where it is known how many axes its inputs have. */
function needsAxes({ nodes }: Graph): boolean {
  return nodes.some(({ node }) => isOperator(node, "Scan"));
}

function checkDependence(file: string, graph: Graph, constant: ReadonlySet<string>, boundary: Boundary): void {
  const read = graph.nodes.some(({ reads }) => reads.some((name) => graph.entries.includes(name)));
  if (read && !constant.has(graph.exit)) return;
  const found = `an output that does not depend on "${inputNames(boundary.inputs)}"`;
  throw inputError({ file, place: boundary.output.name, found, expected: "scores computed from the input" });
}

function cached(fold: (name: string) => Promise<Constant>): (name: string) => Promise<Constant> {
  const known = new Map<string, Promise<Constant>>();
  return (name) => {
    const value = known.get(name) ?? fold(name);
    known.set(name, value);
    return value;
  };
}

function countOperators(cut: CutGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { node, helper } of cut.nodes) {
    if (helper) continue;
    const name = operatorName(node);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const { operator } of cut.levels.flatMap(({ recurrences }) => recurrences)) {
    const name = gatesName(operator);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const holdWeights = new Set([
  ...["LSTM", "GRU", "RNN", "ConvTranspose", "Einsum", "DeformConv", "Gemm", "MatMul", "Conv"],
  ...["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"],
]);

function warningsOf(cut: CutGraph, constant: ReadonlySet<string>, classes: number): string[] {
  const digital = new Map<string, number>();
  for (const { node, reads } of cut.nodes) {
    if (node.domain !== "com.microsoft" && !holdWeights.has(node.opType)) continue;
    if (!reads.some((name) => constant.has(name))) continue;
    const name = operatorName(node);
    digital.set(name, (digital.get(name) ?? 0) + 1);
  }
  const warnings = [...digital].map(([name, count]) => `${count} x ${name} with constant weights stay digital`);
  if (classes === 1) warnings.push("the output is a single number for each image, not scores of classes");
  return warnings;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function closeAll(actions: readonly Action[], whole: { release(): Promise<void> }): Promise<void> {
  for (const session of sessionsOf(actions)) await session.release();
  await whole.release();
}
