import type { GraphProto, ModelProto, NodeProto, TensorProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import {
  elementsOf,
  elementTypeName,
  isExternal,
  isFloatType,
  readFloats,
  tensorShape,
} from "../../src/ground/formats/onnx.ts";
import { bodiesOf } from "../../src/ground/formats/onnx-nodes.ts";

const oldestOpset = 7;
const newestOpset = 26;
const domains: readonly string[] = ["", "ai.onnx", "ai.onnx.ml", "com.microsoft"];

/** Refuses what cannot run here, before anything is built from the model. Functions are already inlined. */
export function checkModel(file: string, model: ModelProto & { graph: GraphProto }): void {
  checkOpset(file, model);
  checkGraph(file, model.graph);
}

function checkOpset(file: string, model: ModelProto): void {
  const expected = `opset ${oldestOpset} to ${newestOpset}`;
  const opset = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  if (!opset) throw inputError({ file, found: "no operator set of ai.onnx is named (file cut short?)", expected });
  if (opset.version < oldestOpset || opset.version > newestOpset) {
    throw inputError({ file, found: `opset ${opset.version}`, expected });
  }
}

function checkGraph(file: string, graph: GraphProto): void {
  if (graph.sparseInitializer.length > 0) {
    const place = graph.sparseInitializer[0]!.values?.name || undefined;
    throw inputError({ file, place, found: "weights stored sparsely", expected: "dense tensors" });
  }
  for (const tensor of graph.initializer) checkTensor(file, tensor, tensor.name);
  for (const node of graph.node) {
    checkDomain(file, node);
    for (const attribute of node.attribute) {
      if (attribute.t) checkTensor(file, attribute.t, node.output[0] ?? node.name);
      if (attribute.sparseTensor) {
        throw inputError({
          file,
          place: node.output[0],
          found: "a constant stored sparsely",
          expected: "dense tensors",
        });
      }
    }
    for (const body of bodiesOf(node)) checkGraph(file, body);
  }
}

function checkDomain(file: string, node: NodeProto): void {
  if (domains.includes(node.domain)) return;
  const found = `operator ${node.opType} of the domain "${node.domain}"`;
  throw inputError({ file, place: nodePlace(node), found, expected: `operators of ${domains.slice(1).join(", ")}` });
}

function checkTensor(file: string, tensor: TensorProto, place: string): void {
  if (isExternal(tensor)) {
    const where = tensor.externalData.find(({ key }) => key === "location")?.value;
    const found = `weights kept in another file${where ? ` ("${where}")` : ""}`;
    const expected = "a model with all its tensors inside";
    throw inputError({ file, place, found, expected });
  }
  if (tensor.dims.some((length) => length < 0n)) {
    throw inputError({ file, place, found: `shape ${tensor.dims.join(" x ")}`, expected: "lengths from 0" });
  }
  if (!isFloatType(tensor.dataType)) return;
  const index = readFloats(file, tensor).findIndex(Number.isNaN);
  if (index >= 0) throw inputError({ file, place, found: `NaN at element ${index}`, expected: "finite numbers" });
}

/** How a node is named to the user: by its output, since node names may be empty. */
export function nodePlace(node: NodeProto): string | undefined {
  return node.output.find((name) => name !== "") ?? (node.name || undefined);
}

const weightBits = new Set([
  "uint8",
  "int8",
  "uint4",
  "int4",
  "uint2",
  "int2",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "float4e2m1",
]);

/** Elements of all weights: float tensors, and integers of 8 bits or fewer (quantised weights). */
export function countParameters(tensors: Iterable<TensorProto>): number {
  let count = 0;
  for (const tensor of tensors) {
    if (isFloatType(tensor.dataType) || weightBits.has(elementTypeName(tensor.dataType))) {
      count += elementsOf(tensorShape(tensor));
    }
  }
  return count;
}
