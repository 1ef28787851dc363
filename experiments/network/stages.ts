import { TensorProto_DataType } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { type ElementType, elementTypeNamed, writeModel } from "../../src/ground/formats/onnx.ts";
import { namedOutput, onnxGraph, onnxModel, valueInfo } from "../../src/ground/formats/onnx-nodes.ts";
import { ancestorsOf } from "./constants.ts";
import type { CutGraph, PlacedProduct, Recurrence } from "./cut-graph.ts";
import { type Graph, type GraphNode, operatorName } from "./graph.ts";
import { type Ort, type OrtSession, openSession } from "./ort.ts";
import { openCell } from "./recurrent-cell.ts";
import type { OpenRecurrence } from "./recurrent-run.ts";
import { openAxes, type Seen } from "./seen-tensors.ts";

/** All digital nodes of one product depth: one session. */
export interface Stage {
  readonly name: string;
  readonly session: OrtSession;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One thing a run does, and the tensors that nothing reads after it. */
export type Action = Step & { readonly lastUse: readonly string[] };

type Step =
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "product"; readonly product: PlacedProduct }
  | { readonly kind: "recurrence"; readonly open: OpenRecurrence };

/** What reads a tensor; the graph's exit is read by its user. */
type Reader = GraphNode | PlacedProduct | Recurrence | "user";

/**
 * Orders a cut graph by product depth: the depth of a node is the largest of what it reads, a product's output lies one
 * deeper. Digital nodes of one depth are one session; a depth without any needs none.
 *
 * @param seen  what tensors are like, where an operator must know how many axes they have
 */
export async function scheduleStages(
  graph: Graph,
  cut: CutGraph,
  constant: ReadonlySet<string>,
  ort: Ort,
  seen: ReadonlyMap<string, Seen> | null,
): Promise<Action[]> {
  const types = new Map<string, ElementType>(graph.entries.map((entry) => [entry, TensorProto_DataType.FLOAT]));
  const readLater = readersOf(graph, cut);
  const cells = new Map<string, Promise<OrtSession[]>>();
  const steps: Step[] = [];
  for (const [depth, { nodes, products, recurrences }] of cut.levels.entries()) {
    if (nodes.length > 0) {
      const stage = await buildStage(graph, cut, constant, ort, nodes, `stage ${depth}`, types, readLater, seen);
      steps.push({ kind: "stage", stage });
    }
    for (const product of products) {
      types.set(product.output, TensorProto_DataType.FLOAT);
      steps.push({ kind: "product", product });
    }
    for (const recurrence of recurrences) {
      for (const name of Object.values(recurrence.outputs))
        if (name !== null) types.set(name, TensorProto_DataType.FLOAT);
      steps.push({ kind: "recurrence", open: await openRecurrence(graph, recurrence, cells, ort) });
    }
  }
  return withLastUses(steps, graph.exit);
}

const isConstant = (cut: CutGraph, constant: ReadonlySet<string>, name: string): boolean =>
  constant.has(name) || cut.addedConstants.has(name);

/** Cells that compute the same share their sessions. */
async function openRecurrence(
  graph: Graph,
  recurrence: Recurrence,
  cells: Map<string, Promise<OrtSession[]>>,
  ort: Ort,
): Promise<OpenRecurrence> {
  const where = { file: graph.file, place: recurrence.name };
  const sessions: OrtSession[][] = [];
  for (const { cell } of recurrence.directions) {
    const open = cells.get(cell.key) ?? openCell(ort, cell, where);
    cells.set(cell.key, open);
    sessions.push(await open);
  }
  return { recurrence, sessions };
}

/** For each tensor what reads it. */
function readersOf(graph: Graph, cut: CutGraph): Map<string, Set<Reader>> {
  const readers = new Map<string, Set<Reader>>([[graph.exit, new Set(["user"])]]);
  const add = (reader: Reader, names: readonly string[]): void => {
    for (const name of names) {
      const known = readers.get(name);
      if (known) known.add(reader);
      else readers.set(name, new Set([reader]));
    }
  };
  for (const item of cut.nodes) add(item, item.reads);
  for (const { products, recurrences } of cut.levels) {
    for (const product of products) add(product, [product.input]);
    for (const recurrence of recurrences) add(recurrence, recurrence.reads);
  }
  return readers;
}

async function buildStage(
  graph: Graph,
  cut: CutGraph,
  constant: ReadonlySet<string>,
  ort: Ort,
  nodes: readonly GraphNode[],
  name: string,
  types: Map<string, ElementType>,
  readers: ReadonlyMap<string, ReadonlySet<Reader>>,
  seen: ReadonlyMap<string, Seen> | null,
): Promise<Stage> {
  const members = new Set<Reader>(nodes);
  const makes = new Set(nodes.flatMap(({ node }) => node.output.filter((output) => output !== "")));
  const reads = new Set(nodes.flatMap((item) => item.reads));
  const inputs = [...reads].filter((read) => !makes.has(read) && !isConstant(cut, constant, read));
  const outputs = [...makes].filter((output) =>
    [...(readers.get(output) ?? [])].some((reader) => !members.has(reader)),
  );
  const { nodes: before, initializers } = ancestorsOf(
    graph,
    [...reads].filter((read) => constant.has(read)),
  );
  const added = [...reads].flatMap((read) => cut.addedConstants.get(read) ?? []);
  const body = onnxGraph(name, {
    nodes: [...before, ...nodes].map(({ node }) => node),
    inputs: inputs.map((input) => {
      const shape = seen?.get(input)?.shape;
      return valueInfo(input, types.get(input)!, shape && openAxes(shape));
    }),
    outputs: outputs.map(namedOutput),
    initializers: [...initializers, ...added],
  });
  const model = writeModel(onnxModel(body, graph.irVersion, graph.opsetImport));
  const makerOf = (output: string) => operatorName(nodes.find(({ node }) => node.output.includes(output))!.node);
  const made = outputs.map((output) => `${output} of ${makerOf(output)}`);
  const where = { file: graph.file, place: `${name} (${made.join(", ")})` };
  const session = await openSession(ort, model, "all", where);
  for (const { name: output, isTensor, type } of session.outputMetadata) {
    const element = isTensor && type !== undefined ? elementTypeNamed(type) : undefined;
    if (element === undefined) {
      const found = `${makerOf(output)} gives a sequence or optional value that crosses a product`;
      throw inputError({ file: graph.file, place: output, found, expected: "tensors between products" });
    }
    types.set(output, element);
  }
  return { name, session, inputs, outputs };
}

function withLastUses(steps: readonly Step[], exit: string): Action[] {
  const seen = new Set([exit]);
  const reversed = [...steps].reverse().map((step) => {
    const reads = readsOf(step);
    const lastUse = reads.filter((name) => !seen.has(name));
    for (const name of reads) seen.add(name);
    return { ...step, lastUse };
  });
  return reversed.reverse();
}

function readsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case "stage":
      return step.stage.inputs;
    case "product":
      return [step.product.input];
    case "recurrence":
      return step.open.recurrence.reads;
  }
}

/** Every session of a network's actions, once. */
export function sessionsOf(actions: readonly Action[]): Set<OrtSession> {
  return new Set(
    actions.flatMap((action) => {
      if (action.kind === "stage") return [action.stage.session];
      return action.kind === "recurrence" ? action.open.sessions.flat() : [];
    }),
  );
}
