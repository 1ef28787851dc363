import { type NodeProto, TensorProto_DataType } from "onnx-buf";
import { writeModel } from "../../src/ground/formats/onnx.ts";
import { namedOutput, onnxGraph, onnxModel, onnxNode, valueInfo } from "../../src/ground/formats/onnx-nodes.ts";
import { type Ort, type OrtPlace, type OrtSession, openSession } from "./ort.ts";
import type { RecurrentOperator } from "./recurrent-node.ts";
import { workOf } from "./work.ts";

/** What gates do between one product with the recurrent weights and the next. Tensors are [image][...]. */
export interface Phase {
  /** The tensor that the product before it multiplies. */
  readonly multiplies: "state" | "gated";
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** For each unit of the state: arithmetic, and elements read and written. */
  readonly operations: number;
  readonly read: number;
  readonly written: number;
}

/**
 * The gates of one step. Tensors: "x" (x Wᵀ with its biases), "product" (what the phase's product gave), "state" (h),
 * "cell" (c), "bias" (Rb of GRU's candidate), and what the phases give: "gated" (r h), "next state", "next cell".
 */
export interface Cell {
  readonly operator: RecurrentOperator;
  /** The same for cells that compute the same. */
  readonly key: string;
  readonly phases: readonly Phase[];
  readonly hasBias: boolean;
}

/**
 * Gates as the ONNX standard defines them, in its order: i o f c of LSTM, z r h of GRU.
 *
 * @param activations  ONNX operators: f, g, h of LSTM; f, g of GRU; f of RNN
 * @param resetsProduct  GRU: the reset gate scales h Rᵀ + Rb, so that one product a step is enough
 * @param hasBias  whether that Rb is there
 * @source ONNX operator specification, LSTM-14, GRU-14, RNN-14
 */
export function cellOf(
  operator: RecurrentOperator,
  activations: readonly string[],
  resetsProduct: boolean,
  hasBias: boolean,
): Cell {
  const [f, g, h] = activations as [string, string, string];
  const key = [operator, ...activations, resetsProduct, hasBias].join(" ");
  switch (operator) {
    case "LSTM":
      return { operator, key, phases: [phase({ x: 4, product: 4 }, "state", longShortTerm(f, g, h))], hasBias };
    case "GRU":
      return { operator, key, phases: gatedUnit(f, g, resetsProduct, hasBias), hasBias };
    case "RNN":
      return { operator, key, phases: [phase({ x: 1, product: 1 }, "state", plain(f))], hasBias };
  }
}

function longShortTerm(f: string, g: string, h: string): NodeProto[] {
  return [
    onnxNode("Add", ["x", "product"], ["sum"]),
    onnxNode("Split", ["sum"], ["to input", "to output", "to forget", "to candidate"], { axis: -1n }),
    onnxNode(f, ["to input"], ["input"]),
    onnxNode(f, ["to output"], ["output"]),
    onnxNode(f, ["to forget"], ["forget"]),
    onnxNode(g, ["to candidate"], ["candidate"]),
    onnxNode("Mul", ["forget", "cell"], ["kept"]),
    onnxNode("Mul", ["input", "candidate"], ["added"]),
    onnxNode("Add", ["kept", "added"], ["next cell"]),
    onnxNode(h, ["next cell"], ["squashed"]),
    onnxNode("Mul", ["output", "squashed"], ["next state"]),
  ];
}

/** z and r from the first two thirds of x and the first two products. */
function updateAndReset(f: string, product: readonly string[]): NodeProto[] {
  return [
    onnxNode("Split", ["x"], ["x update", "x reset", handedOn], { axis: -1n }),
    onnxNode("Split", ["product"], product, { axis: -1n }),
    onnxNode("Add", ["x update", product[0]!], ["to update"]),
    onnxNode("Add", ["x reset", product[1]!], ["to reset"]),
    onnxNode(f, ["to update"], ["update"]),
    onnxNode(f, ["to reset"], ["reset"]),
  ];
}

/** (1 - z) h~ + z h as h~ + z (h - h~). */
function mixed(g: string): NodeProto[] {
  return [
    onnxNode(g, ["to candidate"], ["candidate"]),
    onnxNode("Sub", ["state", "candidate"], ["change"]),
    onnxNode("Mul", ["update", "change"], ["kept"]),
    onnxNode("Add", ["candidate", "kept"], ["next state"]),
  ];
}

function gatedUnit(f: string, g: string, resetsProduct: boolean, hasBias: boolean): Phase[] {
  if (resetsProduct) return [phase({ x: 3, product: 3 }, "state", resetAfter(f, g, hasBias))];
  const before = [...updateAndReset(f, ["h update", "h reset"]), onnxNode("Mul", ["reset", "state"], ["gated"])];
  const after = [onnxNode("Add", [handedOn, "product"], ["to candidate"]), ...mixed(g)];
  return [
    phase({ x: 3, product: 2 }, "state", before, ["gated", "update", handedOn]),
    phase({ x: 3, product: 1 }, "gated", after),
  ];
}

function resetAfter(f: string, g: string, hasBias: boolean): NodeProto[] {
  return [
    ...updateAndReset(f, ["h update", "h reset", "h candidate"]),
    ...(hasBias ? [onnxNode("Add", ["h candidate", "bias"], ["biased candidate"])] : []),
    onnxNode("Mul", ["reset", hasBias ? "biased candidate" : "h candidate"], ["reset candidate"]),
    onnxNode("Add", [handedOn, "reset candidate"], ["to candidate"]),
    ...mixed(g),
  ];
}

function plain(f: string): NodeProto[] {
  return [onnxNode("Add", ["x", "product"], ["sum"]), onnxNode(f, ["sum"], ["next state"])];
}

/** A part of "x" that a phase hands on: it is there already. */
const handedOn = "x candidate";

/**
 * @param gates  width of "x" and of "product", in units of the state's
 * @param outputs  what leaves the phase; the next state and cell unless given
 */
function phase(
  gates: { readonly x: number; readonly product: number },
  multiplies: Phase["multiplies"],
  nodes: readonly NodeProto[],
  outputs?: readonly string[],
): Phase {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const inputs = [...new Set(nodes.flatMap(({ input }) => input))].filter((name) => !made.has(name));
  const given = outputs ?? ["next state", "next cell"].filter((name) => made.has(name));
  const widths = new Map<string, number>(Object.entries(gates));
  const widthOf = (name: string): number => widths.get(name) ?? 1;
  let operations = 0;
  for (const node of nodes) {
    const read = node.input.map(widthOf);
    const width = Math.max(...read) / node.output.length;
    for (const name of node.output) widths.set(name, width);
    const shapes = node.output.map(() => [width]);
    operations += workOf(
      node,
      read.map((length) => [length]),
      shapes,
    ).operations;
  }
  const elements = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (name === handedOn ? 0 : widthOf(name)), 0);
  return { multiplies, nodes, inputs, outputs: given, operations, read: elements(inputs), written: elements(given) };
}

/** One session a phase. */
export async function openCell(ort: Ort, { phases }: Cell, where: OrtPlace): Promise<OrtSession[]> {
  const sessions: OrtSession[] = [];
  for (const { nodes, inputs, outputs } of phases) {
    const graph = onnxGraph("cell", {
      nodes,
      inputs: inputs.map((name) => valueInfo(name, TensorProto_DataType.FLOAT)),
      outputs: outputs.map(namedOutput),
    });
    sessions.push(await openSession(ort, writeModel(onnxModel(graph)), "all", where));
  }
  return sessions;
}
