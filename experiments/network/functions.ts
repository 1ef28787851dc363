import { clone, create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
} from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";

const mostDeep = 100;

/** Operators of ai.onnx that compute something else from a version on, with nothing in the node to tell. */
const changedSilently = { from: 13n, operators: ["Softmax", "LogSoftmax", "Hardmax"] } as const;

/**
 * Replaces every call of a model function by the function's nodes, in the graph and in all bodies, so that products
 * inside functions are seen. The nodes run in the model's operator sets: ONNX asks that a function's own set means the same.
 *
 * @throws InputError for functions that call themselves, for calls with more inputs or outputs than the function has, and
 *   for operators that mean something else in the model's set
 */
export function inlineFunctions(file: string, model: ModelProto & { graph: GraphProto }): void {
  if (model.functions.length === 0) return;
  const functions = new Map(model.functions.map((body) => [keyOf(body.domain, body.name, body.overload), body]));
  for (const body of model.functions) adoptOpsets(file, model, body);
  let calls = 0;

  function expandAll(nodes: readonly NodeProto[], depth: number): NodeProto[] {
    return nodes.flatMap((node) => {
      const body = functions.get(keyOf(node.domain, node.opType, node.overload));
      if (!body) {
        for (const attribute of node.attribute) for (const graph of graphsOf(attribute)) expandGraph(graph, depth);
        return [node];
      }
      if (depth > mostDeep) {
        const found = `function ${body.name} calls itself`;
        throw inputError({ file, place: node.output[0], found, expected: "functions without recursion" });
      }
      checkCount(file, node, "inputs", node.input.length, body.input.length);
      checkCount(file, node, "outputs", node.output.length, body.output.length);
      calls += 1;
      return expandAll(expandCall(node, body, `${body.name}#${calls}/`), depth + 1);
    });
  }

  function expandGraph(graph: GraphProto, depth: number): void {
    graph.node = expandAll(graph.node, depth);
  }

  expandGraph(model.graph, 0);
  model.functions = [];
}

/** A call may leave inputs and outputs out, not add any. */
function checkCount(file: string, call: NodeProto, what: string, given: number, most: number): void {
  if (given <= most) return;
  const found = `function ${call.opType} called with ${given} ${what}`;
  throw inputError({ file, place: call.output[0], found, expected: `${most} at most` });
}

const keyOf = (domain: string, name: string, overload: string): string =>
  `${domain === "ai.onnx" ? "" : domain}:${name}:${overload}`;
const graphsOf = (attribute: AttributeProto): GraphProto[] => [
  ...(attribute.g ? [attribute.g] : []),
  ...attribute.graphs,
];

function adoptOpsets(file: string, model: ModelProto, body: FunctionProto): void {
  for (const wanted of body.opsetImport) {
    const known = model.opsetImport.find(({ domain }) => keyOf(domain, "", "") === keyOf(wanted.domain, "", ""));
    if (!known) model.opsetImport.push(wanted);
    else if (isOnnx(wanted.domain)) checkMeaning(file, body, body.node, wanted.version, known.version);
  }
}

const isOnnx = (domain: string): boolean => domain === "" || domain === "ai.onnx";

function checkMeaning(
  file: string,
  body: FunctionProto,
  nodes: readonly NodeProto[],
  own: bigint,
  other: bigint,
): void {
  const { from, operators } = changedSilently;
  if (own < from === other < from) return;
  for (const node of nodes) {
    if (isOnnx(node.domain) && (operators as readonly string[]).includes(node.opType)) {
      const found = `${node.opType} of opset ${own} in the function ${body.name}`;
      const expected = `an operator that means the same in the model's opset ${other}`;
      throw inputError({ file, place: node.output[0], found, expected });
    }
    for (const graph of node.attribute.flatMap(graphsOf)) checkMeaning(file, body, graph.node, own, other);
  }
}

/** The nodes of one call: formal names replaced by actual ones, inner names prefixed, attributes filled in. */
function expandCall(call: NodeProto, body: FunctionProto, prefix: string): NodeProto[] {
  const actual = new Map<string, string>();
  for (const [i, formal] of body.input.entries()) actual.set(formal, call.input[i] ?? "");
  for (const [i, formal] of body.output.entries()) if (call.output[i]) actual.set(formal, call.output[i]);
  for (const node of body.node) {
    for (const name of node.output) if (name !== "" && !actual.has(name)) actual.set(name, prefix + name);
  }
  const attributes = new Map(body.attributeProto.map((attribute) => [attribute.name, attribute]));
  for (const attribute of call.attribute) attributes.set(attribute.name, attribute);
  const scope = { rename: (name: string) => actual.get(name) ?? name, attributes, prefix };
  return body.node.map((node) => bind(node, scope));
}

/** What names and attributes of a function's nodes stand for in one call. */
interface Scope {
  readonly rename: (name: string) => string;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly prefix: string;
}

function bind(node: NodeProto, scope: Scope): NodeProto {
  const { rename, attributes, prefix } = scope;
  const copy = create(NodeProtoSchema, {
    opType: node.opType,
    domain: node.domain,
    overload: node.overload,
    name: node.name === "" ? "" : prefix + node.name,
    input: node.input.map(rename),
    output: node.output.map(rename),
  });
  for (const attribute of node.attribute) {
    const given = attribute.refAttrName === "" ? attribute : attributes.get(attribute.refAttrName);
    // An attribute that refers to one that the call leaves out is left out itself.
    if (!given) continue;
    const bound = clone(AttributeProtoSchema, given);
    bound.name = attribute.name;
    for (const graph of graphsOf(bound)) bindBody(graph, scope);
    copy.attribute.push(bound);
  }
  return copy;
}

/** A body sees the function's names; its own get the prefix of the call. */
function bindBody(graph: GraphProto, scope: Scope): void {
  const values = [
    ...graph.input,
    ...graph.initializer,
    ...graph.sparseInitializer.flatMap(({ values: of }) => of ?? []),
  ];
  const local = new Set([...values.map(({ name }) => name), ...graph.node.flatMap(({ output }) => output)]);
  local.delete("");
  const rename = (name: string): string => (local.has(name) ? scope.prefix + name : scope.rename(name));
  for (const value of values) value.name = rename(value.name);
  for (const output of graph.output) output.name = rename(output.name);
  graph.node = graph.node.map((node) => bind(node, { ...scope, rename }));
  graph.valueInfo = [];
}
