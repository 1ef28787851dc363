import type { VectorSource } from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import type { Boundary } from "./boundary.ts";
import type { CutGraph, Multiply, PlacedProduct, Product } from "./cut-graph.ts";
import type { Layout } from "./layout.ts";
import { type Ort, type OrtPlace, type OrtSession, type OrtTensor, runSession } from "./ort.ts";
import { runRecurrence } from "./recurrent-run.ts";
import type { Action, Stage } from "./stages.ts";

/**
 * How images go through the graph: all in one tensor, or, where the graph takes one at a time, in one tensor each,
 * stage by stage side by side.
 */
export interface Lanes {
  readonly batched: boolean;
  tensors(ort: Ort, images: Float32Array, count: number): OrtTensor[];
}

interface Common {
  readonly file: string;
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

function lanes(boundary: Boundary, batched: boolean): Lanes {
  const { shape } = boundary.input;
  const size = elementsOf(shape);
  const one = boundary.batchAxis ? [1, ...shape] : shape;
  return {
    batched,
    tensors(ort, images, count) {
      if (batched) return [new ort.Tensor("float32", images.subarray(0, count * size), [count, ...shape])];
      return Array.from(
        { length: count },
        (_, i) => new ort.Tensor("float32", images.subarray(i * size, (i + 1) * size), one),
      );
    },
  };
}

/**
 * Finds out whether the graph takes several images at once: two probe images together must give what each gives alone
 * (a Reshape to one image, or a normalisation over the batch, would not).
 */
export async function lanesOf(
  file: string,
  ort: Ort,
  whole: OrtSession,
  boundary: Boundary,
): Promise<{ readonly lanes: Lanes; readonly classes: number }> {
  const where = { file };
  const single = lanes(boundary, false);
  const together = lanes(boundary, true);
  const probe = probeImages(boundary);
  const feed = async (input: OrtTensor): Promise<OrtTensor> =>
    (await runSession(whole, { [boundary.entry]: input }, where))[boundary.exit]!;
  const scores = async (by: Lanes): Promise<OrtTensor[]> => {
    const results: OrtTensor[] = [];
    for (const input of by.tensors(ort, probe, 2)) results.push(await feed(input));
    return results;
  };
  if (boundary.batchAxis && (boundary.fixedBatch ?? 1) > 1) {
    const fits = await scores(together).catch(() => null);
    const alone = fits && (await scores(single).catch(() => null));
    if (fits && alone && sameScores(fits, alone)) return { lanes: together, classes: classesOf(file, boundary, alone) };
    const found = `a batch fixed at ${boundary.fixedBatch} images`;
    throw inputError({
      file,
      place: boundary.input.name,
      found,
      expected: "an open batch axis, or batches of one image",
    });
  }
  const alone = await scores(single);
  const classes = classesOf(file, boundary, alone);
  if (!boundary.batchAxis) return { lanes: single, classes };
  const both = await scores(together).catch(() => null);
  return { lanes: both && sameScores(both, alone) ? together : single, classes };
}

/** Two images that differ: numbers from 0 to 1, whole ones (tokens) 0 and 1. */
function probeImages(boundary: Boundary): Float32Array {
  const size = elementsOf(boundary.input.shape);
  const whole = !boundary.input.type.includes("float");
  return Float32Array.from({ length: 2 * size }, (_, i) => {
    const fraction = ((i + 1) * 0.6180339887498949) % 1;
    return whole ? Math.round(fraction) : fraction;
  });
}

function sameScores(together: readonly OrtTensor[], alone: readonly OrtTensor[]): boolean {
  const both = together[0]!.data as Float32Array;
  const each = alone.flatMap(({ data }) => Array.from(data as Float32Array));
  const largest = each.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  // Kernels of other sizes add in another order; a graph that mixes images is off by far more.
  return both.length === each.length && each.every((value, i) => Math.abs(value - both[i]!) <= 1e-4 * largest);
}

function classesOf(file: string, boundary: Boundary, results: readonly OrtTensor[]): number {
  const [first] = results;
  if (first!.type === "float32" && elementsOf(first!.dims) > 0) return elementsOf(first!.dims);
  const found = `${first!.type} of shape ${first!.dims.join(" x ")}`;
  throw inputError({ file, place: boundary.output.name, found, expected: "a tensor of scores" });
}

/** The whole graph, every image or all at once. */
export async function runSessionWhole(
  network: WholeNetwork,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const { file, ort, whole, boundary } = network;
  const results: OrtTensor[] = [];
  for (const input of checkedTensors(network, ort, images, count)) {
    results.push((await runSession(whole, { [boundary.entry]: input }, { file }))[boundary.exit]!);
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
  const { file, ort, actions, cut, boundary } = network;
  const values = new Map<string, OrtTensor[]>([[boundary.entry, checkedTensors(network, ort, images, count)]]);
  const indexOf = (product: Product): number => cut.products.indexOf(product);
  const read = (name: string): OrtTensor[] => values.get(name)!;
  for (const action of actions) {
    switch (action.kind) {
      case "stage":
        await runStage(action.stage, values, count, { file, place: action.stage.name });
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

function checkedTensors({ file, boundary, lanes }: Common, ort: Ort, images: Float32Array, count: number): OrtTensor[] {
  const size = elementsOf(boundary.input.shape);
  if (images.length < count * size) {
    const found = `${images.length} numbers for ${count} images`;
    throw inputError({ file, place: boundary.input.name, found, expected: `${size} for each image` });
  }
  return lanes.tensors(ort, images, count);
}

async function runStage(stage: Stage, values: Map<string, OrtTensor[]>, count: number, where: OrtPlace): Promise<void> {
  // A stage that reads nothing gives every lane the same.
  const width = stage.inputs.length > 0 ? values.get(stage.inputs[0]!)!.length : count;
  for (const name of stage.outputs) values.set(name, []);
  for (let lane = 0; lane < width; lane++) {
    const feeds: Record<string, OrtTensor> = {};
    for (const name of stage.inputs) feeds[name] = values.get(name)![lane]!;
    const results = await runSession(stage.session, feeds, where, stage.outputs);
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
  if (bias) addBias(results, bias, groups, total, columns);
  if (alone?.outputInPlace) return [new ort.Tensor("float32", results, alone.outputShape)];
  let first = 0;
  return layouts.map((layout) => {
    const target = new Float32Array(elementsOf(layout.outputShape));
    layout.scatter(results, target, first, total);
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

function joined({ file, boundary, classes }: Common, results: readonly OrtTensor[], count: number): Float32Array {
  const scores = results.length === 1 ? (results[0]!.data as Float32Array) : new Float32Array(count * classes);
  if (results.length > 1) for (const [i, { data }] of results.entries()) scores.set(data as Float32Array, i * classes);
  if (scores.length === count * classes) return scores;
  const found = `${scores.length} scores for ${count} images`;
  throw inputError({ file, place: boundary.output.name, found, expected: `${classes} for each image` });
}
