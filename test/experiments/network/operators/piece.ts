import type { GraphProto, NodeProto, TensorProto } from "onnx-buf";
import {
  body,
  elements,
  floatTensor,
  integerTensor,
  node,
  rawTensor,
  valueInfo,
  weight,
} from "../../../onnx-graphs.ts";

type Attributes = NonNullable<Parameters<typeof node>[3]>;

/** Nodes of a graph from tensor "t" to tensor "u", with the constants they read. */
export interface Piece {
  readonly title: string;
  readonly nodes: readonly NodeProto[];
  readonly tensors: readonly TensorProto[];
  /** Of one image. */
  readonly shape: readonly number[];
  readonly opset: number;
  /** Its result for an image depends on the others, so that they go one at a time. */
  readonly alone: boolean;
}

/**
 * Pieces in text, one a line: `3x4 @18 alone | p, q = Op(t, ~[3,4], i[1,2], _) axis=1 alpha=0.5; u = Other(p)`.
 *
 * Before the bar: shape of one image (6 unless said), operator set (17 unless said), whether images must go one at a time. Constants:
 * `~[shape]` a weight, `f[..]` float32, `i[..]` int64, `b[..]` int8, `B[..]` uint8, `?[..]` bool, in round brackets a single number, with
 * `@2x1` behind it of that shape; `b~[shape]`, `B~[shape]` integers of all sizes; `_` nothing. Attributes: 1 is an INT, 1.0 a FLOAT,
 * `$name` one of the bodies.
 */
export function pieces(text: string, bodies: Bodies = {}): Piece[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").map((line) => pieceOf(line, bodies));
}

type Bodies = Readonly<Record<string, GraphProto>>;

/** A body of If, Loop or Scan in the same words; its inputs and outputs with their element types, "go:9 s:1". */
export function bodyOf(inputs: string, statements: string, outputs: string): GraphProto {
  const values = (text: string) =>
    text
      .split(" ")
      .filter(Boolean)
      .map((value) => {
        const [name, type] = value.split(":");
        return type === "1" ? valueInfo(name!, 1) : valueInfo(name!, Number(type), []);
      });
  const tensors: TensorProto[] = [];
  const nodes = statements.split(";").map((statement) => statementOf(statement.trim(), tensors, {}));
  return body(nodes, values(inputs), values(outputs), tensors);
}

function pieceOf(line: string, bodies: Bodies): Piece {
  const [head, rest] = line.includes("|") ? (line.split("|") as [string, string]) : ["", line];
  const words = head.trim().split(/\s+/);
  const shape = words.find((word) => /^\d+(x\d+)*$/.test(word));
  const opset = words.find((word) => word.startsWith("@"));
  const tensors: TensorProto[] = [];
  const nodes = rest.split(";").map((statement) => statementOf(statement.trim(), tensors, bodies));
  return {
    title: line,
    nodes,
    tensors,
    shape: (shape ?? "6").split("x").map(Number),
    opset: Number(opset?.slice(1) ?? 17),
    alone: words.includes("alone"),
  };
}

function statementOf(text: string, tensors: TensorProto[], bodies: Bodies): NodeProto {
  const [, outputs, domain, operator, inputs, attributes] =
    /^([\w, ]+) = (?:([a-z.]+)\.)?(\w+)\((.*?)\)(?: (\S.*))?$/.exec(closed(text)) ?? [];
  if (operator === undefined) throw new Error(`no statement: ${text}`);
  const names = splitOutside(inputs!).map((argument) => nameOf(argument, tensors));
  return node(
    operator,
    names,
    outputs!.split(",").map((name) => name.trim()),
    attributesOf(attributes ?? "", bodies),
    domain ?? "",
  );
}

/** Single numbers' brackets become square ones with a mark, so that the first round bracket closes the arguments. */
const closed = (text: string): string => text.replace(/(?<!\w)([fibB?])\(([^()]*)\)/g, "$1[$2]@");

const splitOutside = (text: string): string[] =>
  text
    .split(/,(?![^[]*\])/)
    .map((argument) => argument.trim())
    .filter((argument) => argument !== "");

function nameOf(argument: string, tensors: TensorProto[]): string {
  if (argument === "_") return "";
  const [, kind, random, list, of] = /^([~fibB?])(~?)\[([^\]]*)\](@[\dx]*)?$/.exec(argument) ?? [];
  if (kind === undefined) return argument;
  const name = `constant ${tensors.length}`;
  const given = list === "" ? [] : list!.split(",").map(Number);
  if (kind === "~") tensors.push(weight(name, given));
  else {
    const shape = random
      ? given
      : of === undefined
        ? [given.length]
        : of.slice(1).split("x").filter(Boolean).map(Number);
    const values = random ? Array.from({ length: elements(shape) }, (_, i) => ((i + 1) * 83) % 251) : given;
    tensors.push(tensorOf(kind, name, shape, random && kind === "b" ? values.map((value) => value - 125) : values));
  }
  return name;
}

function tensorOf(kind: string, name: string, shape: readonly number[], values: readonly number[]): TensorProto {
  switch (kind) {
    case "f":
      return floatTensor(name, shape, values);
    case "i":
      return integerTensor(name, shape, values);
    case "b":
      return rawTensor(name, 3, shape, Int8Array.from(values));
    default:
      return rawTensor(name, kind === "B" ? 2 : 9, shape, Uint8Array.from(values));
  }
}

function attributesOf(text: string, bodies: Bodies): Attributes {
  const entries = text.split(/\s+/).filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      const value = entry.slice(at + 1);
      return [entry.slice(0, at), value.startsWith("$") ? bodies[value.slice(1)]! : readValue(value)];
    }),
  );
}

function readValue(text: string): Attributes[string] {
  const number = (part: string): number | bigint => (/^-?\d+$/.test(part) ? BigInt(part) : Number(part));
  if (text.startsWith("[")) return text.slice(1, -1).split(",").map(number) as Attributes[string];
  return Number.isNaN(Number(text)) ? text : number(text);
}
