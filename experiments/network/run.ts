import type { VectorSource } from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import type { Boundary } from "./boundary.ts";
import type { CutGraph, Multiply, PlacedProduct, Product } from "./cut-graph.ts";
import { checkedFeeds, type Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import { type Ort, type OrtPlace, type OrtSession, type OrtTensor, runSession } from "./ort.ts";
import { runRecurrence } from "./recurrent-run.ts";
import type { Action, Stage } from "./stages.ts";

interface Common {
  readonly where: OrtPlace;
  readonly ort: Ort;
  readonly lanes: Lanes;
  readonly boundary: Boundary;
  readonly classes: number;
}

export interface CutNetwork extends Common {
  readonly actions: readonly Action[];
  readonly cut: CutGraph;
}

export interface WholeNetwork extends Common {
  readonly whole: OrtSession;
}

/** The whole graph, every image or all at once. */
export async function runSessionWhole(
  network: WholeNetwork,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const { where, whole, boundary } = network;
  const results: OrtTensor[] = [];
  for (const feeds of checkedFeeds(network, images, count)) {
    results.push((await runSession(whole, feeds, where))[boundary.exit]!);
  }
  return joined(network, results, count);
}

/** Stage by stage, with the products of all lanes handed to `multiply` in one call. */
export async function runCut(
  network: CutNetwork,
  images: Float32Array,
  count: number,
  multiply: Multiply,
): Promise<Float32Array> {
  const { where, ort, actions, cut, boundary } = network;
  const { file } = where;
  const feeds = checkedFeeds(network, images, count);
  const values = new Map<string, OrtTensor[]>();
  for (const { entry } of boundary.inputs) {
    values.set(
      entry,
      feeds.map((ofLane) => ofLane[entry]!),
    );
  }
  const indexOf = (product: Product): number => cut.products.indexOf(product);
  const read = (name: string): OrtTensor[] => values.get(name)!;
  for (const action of actions) {
    switch (action.kind) {
      case "stage":
        await runStage(action.stage, values, count, (lane) => ({
          ...{ file, place: action.stage.name },
          failing: async () => where.failing?.(feeds[lane]!),
        }));
        break;
      case "product": {
        const { product, input, output } = action.product;
        values.set(output, await runProduct(ort, action.product, indexOf(product), read(input), multiply));
        break;
      }
      case "recurrence": {
        const results = await runRecurrence(action.open, { file, ort, multiply, indexOf, read });
        for (const [name, tensors] of results) values.set(name, tensors);
        break;
      }
    }
    for (const name of action.lastUse) values.delete(name);
  }
  return joined(network, values.get(boundary.exit)!, count);
}

async function runStage(
  stage: Stage,
  values: Map<string, OrtTensor[]>,
  count: number,
  whereOf: (lane: number) => OrtPlace,
): Promise<void> {
  // A stage that reads nothing gives every lane the same.
  const width = stage.inputs.length > 0 ? values.get(stage.inputs[0]!)!.length : count;
  for (const name of stage.outputs) values.set(name, []);
  for (let lane = 0; lane < width; lane++) {
    const feeds: Record<string, OrtTensor> = {};
    for (const name of stage.inputs) feeds[name] = values.get(name)![lane]!;
    const results = await runSession(stage.session, feeds, whereOf(lane), stage.outputs);
    for (const name of stage.outputs) values.get(name)!.push(results[name]!);
  }
}

async function runProduct(
  ort: Ort,
  { product, layoutOf }: PlacedProduct,
  index: number,
  inputs: readonly OrtTensor[],
  multiply: Multiply,
): Promise<OrtTensor[]> {
  const { groups, rows, columns, bias } = product;
  const layouts = inputs.map(({ dims }) => layoutOf(dims));
  const total = layouts.reduce((sum, { vectors }) => sum + vectors, 0);
  const alone = inputs.length === 1 ? layouts[0]! : null;
  const tensors = inputs.map(({ data }) => data as Float32Array);
  const vectors = alone?.inputInPlace ? tensors[0]! : laidOut(layouts, tensors, rows);
  const results = await multiply(index, vectors, total, 0);
  if (results.length !== groups * total * columns) {
    throw new Error(`${product.name}: ${results.length} results for ${groups} x ${total} x ${columns} outputs`);
  }
  if (alone?.outputInPlace) {
    if (bias) addBias(results, bias, groups, total, columns);
    return [new ort.Tensor("float32", results, alone.outputShape)];
  }
  let first = 0;
  return layouts.map((layout) => {
    const target = new Float32Array(elementsOf(layout.outputShape));
    layout.scatter(results, target, first, total, bias);
    first += layout.vectors;
    return new ort.Tensor("float32", target, layout.outputShape);
  });
}

/** The vectors of several tensors, one tensor's after another's. */
function laidOut(layouts: readonly Layout[], tensors: readonly Float32Array[], rows: number): VectorSource {
  return {
    read(engine, group, first, count, target) {
      let start = 0;
      for (const [lane, layout] of layouts.entries()) {
        const from = Math.max(first, start);
        const some = Math.min(first + count, start + layout.vectors) - from;
        if (some > 0) {
          const into = target.subarray((from - first) * rows, (from - first + some) * rows);
          layout.gather(engine, tensors[lane]!, group, from - start, some, into);
        }
        start += layout.vectors;
      }
    },
  };
}

function addBias(results: Float32Array, bias: Float32Array, groups: number, vectors: number, columns: number): void {
  for (let group = 0, at = 0; group < groups; group++) {
    const ofGroup = bias.subarray(group * columns, (group + 1) * columns);
    for (let vector = 0; vector < vectors; vector++, at += columns) {
      for (let column = 0; column < columns; column++) results[at + column] = results[at + column]! + ofGroup[column]!;
    }
  }
}

function joined(
  { where: { file }, boundary, classes }: Common,
  results: readonly OrtTensor[],
  count: number,
): Float32Array {
  const scores = results.length === 1 ? (results[0]!.data as Float32Array) : new Float32Array(count * classes);
  if (results.length > 1) for (const [i, { data }] of results.entries()) scores.set(data as Float32Array, i * classes);
  if (scores.length === count * classes) return scores;
  const found = `${scores.length} scores for ${count} images`;
  throw inputError({ file, place: boundary.output.name, found, expected: `${classes} for each image` });
}
