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

/**
 * Replaces every call of a model function by the function's nodes, in the graph and in all bodies, so that products
 * inside functions are seen. Function bodies keep their own operator set only where it is the model's.
 *
 * @throws InputError for functions that call themselves, and for functions of another operator set than the model's
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

const keyOf = (domain: string, name: string, overload: string): string =>
  `${domain === "ai.onnx" ? "" : domain}:${name}:${overload}`;
const graphsOf = (attribute: AttributeProto): GraphProto[] => [
  ...(attribute.g ? [attribute.g] : []),
  ...attribute.graphs,
];

function adoptOpsets(file: string, model: ModelProto, body: FunctionProto): void {
  for (const wanted of body.opsetImport) {
    const known = model.opsetImport.find(({ domain }) => domain === wanted.domain);
    if (!known) model.opsetImport.push(wanted);
    else if (known.version !== wanted.version) {
      const found = `function ${body.name} written for opset ${wanted.version} of "${wanted.domain || "ai.onnx"}"`;
      throw inputError({ file, place: body.name, found, expected: `the model's own opset ${known.version}` });
    }
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
  return body.node.map((node) => bind(node, (name) => actual.get(name) ?? name, attributes, prefix));
}

function bind(
  node: NodeProto,
  rename: (name: string) => string,
  attributes: ReadonlyMap<string, AttributeProto>,
  prefix: string,
): NodeProto {
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
    for (const graph of graphsOf(bound)) {
      graph.node = graph.node.map((inner) => bind(inner, rename, attributes, prefix));
      for (const output of graph.output) output.name = rename(output.name);
    }
    copy.attribute.push(bound);
  }
  return copy;
}
