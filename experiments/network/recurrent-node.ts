import type { NodeProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import {
  floatAttribute,
  integerAttribute,
  textAttribute,
  textsAttribute,
} from "../../src/ground/formats/onnx-nodes.ts";
import { isOperator } from "./graph.ts";
import { ownPlace } from "./recurrent-forms.ts";

const operators = ["LSTM", "GRU", "RNN"] as const;
export type RecurrentOperator = (typeof operators)[number];

/** Blocks of rows in W and R, one for each gate. */
export const gatesOf: Readonly<Record<RecurrentOperator, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

const usualActivations: Readonly<Record<RecurrentOperator, readonly string[]>> = {
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  RNN: ["Tanh"],
};

// Functions without parameters, each an ONNX operator of the same name.
const knownActivations = ["Sigmoid", "Tanh", "Relu", "Softplus", "Softsign"];

/** A recurrent node with constant weights, as its attributes and inputs say it. Absent inputs are empty names. */
export interface RecurrentNode {
  readonly node: NodeProto;
  readonly operator: RecurrentOperator;
  /** Names its layers and messages: its first output. */
  readonly name: string;
  readonly input: string;
  /** W, R and B of the standard. */
  readonly weights: string;
  readonly recurrentWeights: string;
  readonly biases: string;
  readonly initialState: string;
  readonly initialCell: string;
  readonly directions: readonly { readonly reversed: boolean; readonly activations: readonly string[] }[];
  /** GRU: the reset gate scales h Rᵀ rather than h. */
  readonly resetsProduct: boolean;
}

/** True for LSTM, GRU and RNN whose W, R and B are constant and whose input is not. */
export function hasRecurrentWeights(node: NodeProto, constant: ReadonlySet<string>): boolean {
  const [x = "", w = "", r = "", b = ""] = node.input;
  return (
    isOperator(node, ...operators) &&
    !constant.has(x) &&
    constant.has(w) &&
    constant.has(r) &&
    (b === "" || constant.has(b))
  );
}

/**
 * Reads a node for which `hasRecurrentWeights` holds.
 *
 * @throws InputError for what its cells cannot do: sequence lengths, peepholes, clipping, a coupled input gate, and
 *   activations other than Sigmoid, Tanh, Relu, Softplus and Softsign
 */
export function readRecurrentNode(file: string, node: NodeProto): RecurrentNode {
  const operator = node.opType as RecurrentOperator;
  const place = ownPlace(node);
  const [input = "", weights = "", recurrentWeights = "", biases = "", lengths = "", ...initial] = node.input;
  const refuse = (found: string, expected: string): never => {
    throw inputError({ file, place, found: `${operator} with ${found}`, expected });
  };
  if (lengths !== "") refuse(`sequence_lens ("${lengths}")`, "sequences of one length, without sequence_lens");
  if ((initial[2] ?? "") !== "") refuse(`peepholes ("${initial[2]}")`, "cells without peepholes (P)");
  if (node.attribute.some(({ name }) => name === "clip")) {
    refuse(`clip ${floatAttribute(node, "clip", 0)}`, "cells without clip");
  }
  if (integerAttribute(node, "input_forget", 0) !== 0) refuse("input_forget", "input and forget gates of their own");

  const direction = textAttribute(node, "direction", "forward");
  const reversed = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  const usual = usualActivations[operator];
  const given = textsAttribute(node, "activations");
  const directions = reversed.map((isReversed, d) => {
    const wanted = given ? given.slice(d * usual.length, (d + 1) * usual.length) : usual;
    const activations = wanted.map((name) => {
      const known = knownActivations.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
      return known ?? refuse(`the activation ${name}`, knownActivations.join(", "));
    });
    return { reversed: isReversed, activations };
  });
  return {
    node,
    operator,
    name: place,
    input,
    weights,
    recurrentWeights,
    biases,
    initialState: initial[0] ?? "",
    initialCell: initial[1] ?? "",
    directions,
    resetsProduct: integerAttribute(node, "linear_before_reset", 0) !== 0,
  };
}
