import { inputError } from "../../src/ground/errors.ts";
import type { InitialState, Multiply, Product, Recurrence, RecurrentDirection } from "./cut-graph.ts";
import { type Ort, type OrtSession, type OrtTensor, runSession } from "./ort.ts";

/** A recurrence with the sessions of its gates: [direction][phase]. */
export interface OpenRecurrence {
  readonly recurrence: Recurrence;
  readonly sessions: readonly (readonly OrtSession[])[];
}

/** What a run lends to a recurrence. */
export interface RecurrentTools {
  readonly file: string;
  readonly ort: Ort;
  readonly multiply: Multiply;
  indexOf(product: Product): number;
  /** A float32 tensor in every lane (run.ts). */
  read(name: string): readonly OrtTensor[];
}

/** Steps that one run may call a product in: each has noise of its own. */
const mostSteps = 2 ** 16;

/**
 * Runs all steps of a recurrence: at every step h Rᵀ of all lanes' images in one call, then the gates in one session.
 *
 * @returns its outputs by name, in every lane
 */
export async function runRecurrence(
  { recurrence, sessions }: OpenRecurrence,
  tools: RecurrentTools,
): Promise<Map<string, OrtTensor[]>> {
  const { directions, hidden, outputs } = recurrence;
  const { steps, widths, images } = extentOf(recurrence, tools);
  const of = (length: number): Float32Array => new Float32Array(length * directions.length * images * hidden);
  const given = {
    steps: outputs.steps === null ? null : of(steps),
    state: of(1),
    cell: of(recurrence.operator === "LSTM" ? 1 : 0),
  };
  const initialState = startOf(recurrence, recurrence.initialState, widths, tools);
  const initialCell = startOf(recurrence, recurrence.initialCell, widths, tools);
  const size = images * hidden;
  for (const [d, direction] of directions.entries()) {
    const x = joined(tools.read(direction.input), steps);
    const own = (values: Float32Array | null): Float32Array =>
      values?.subarray(d * size, (d + 1) * size) ?? new Float32Array(size);
    const walk = { direction, sessions: sessions[d]!, steps, images, hidden, x, name: recurrence.name };
    const last = await runDirection(walk, own(initialState), own(initialCell), tools, (step, state) =>
      given.steps?.set(state, (step * directions.length + d) * size),
    );
    given.state.set(last.state, d * size);
    if (given.cell.length > 0) given.cell.set(last.cell, d * size);
  }
  const results = new Map<string, OrtTensor[]>();
  const give = (name: string | null, values: Float32Array | null, outer: readonly number[]): void => {
    if (name !== null && values) results.set(name, divided(tools.ort, values, outer, widths, hidden));
  };
  give(outputs.steps, given.steps, [steps, directions.length]);
  give(outputs.state, given.state, [directions.length]);
  give(outputs.cell, given.cell, [directions.length]);
  return results;
}

interface Walk {
  readonly name: string;
  readonly direction: RecurrentDirection;
  readonly sessions: readonly OrtSession[];
  readonly steps: number;
  readonly images: number;
  readonly hidden: number;
  /** [step][image][gate and unit]. */
  readonly x: Float32Array;
}

async function runDirection(
  { direction, sessions, steps, images, hidden, x, name }: Walk,
  state: Float32Array,
  cell: Float32Array,
  { file, ort, multiply, indexOf }: RecurrentTools,
  keep: (step: number, state: Float32Array) => void,
): Promise<{ readonly state: Float32Array; readonly cell: Float32Array }> {
  const { phases } = direction.cell;
  const where = { file, place: name };
  const indices = direction.products.map(indexOf);
  const tensor = (data: Float32Array, width: number): OrtTensor => new ort.Tensor("float32", data, [images, width]);
  const values = new Map([
    ["state", tensor(state, hidden)],
    ["cell", tensor(cell, hidden)],
  ]);
  if (direction.bias) values.set("bias", new ort.Tensor("float32", direction.bias, [hidden]));
  const width = steps > 0 ? x.length / (steps * images) : 0;
  for (let call = 0; call < steps; call++) {
    const step = direction.reversed ? steps - 1 - call : call;
    values.set("x", tensor(x.subarray(step * images * width, (step + 1) * images * width), width));
    for (const [p, phase] of phases.entries()) {
      const product = direction.products[p]!;
      const vectors = values.get(phase.multiplies)!.data as Float32Array;
      const results = await multiply(indices[p]!, vectors, images, call);
      values.set("product", tensor(results, product.columns));
      const feeds: Record<string, OrtTensor> = {};
      for (const input of phase.inputs) feeds[input] = values.get(input)!;
      const given = await runSession(sessions[p]!, feeds, where, phase.outputs);
      for (const output of phase.outputs) values.set(output, given[output]!);
    }
    values.set("state", values.get("next state")!);
    values.set("cell", values.get("next cell") ?? values.get("cell")!);
    keep(step, values.get("state")!.data as Float32Array);
  }
  return { state: values.get("state")!.data as Float32Array, cell: values.get("cell")!.data as Float32Array };
}

/** Steps, and images of every lane and of all. */
function extentOf(
  { name, directions }: Recurrence,
  { file, read }: RecurrentTools,
): { readonly steps: number; readonly widths: readonly number[]; readonly images: number } {
  const shapes = read(directions[0]!.input).map(({ dims }) => dims);
  const lengths = [...new Set(shapes.map(([steps]) => steps!))];
  const [steps = 0] = lengths;
  if (lengths.length > 1 || steps > mostSteps) {
    const found = `sequences of ${lengths.join(", ")} steps`;
    throw inputError({ file, place: name, found, expected: `sequences of one length, at most ${mostSteps}` });
  }
  const widths = shapes.map(([, images]) => images!);
  return { steps, widths, images: widths.reduce((sum, images) => sum + images, 0) };
}

/** Initial values of all lanes, [direction][image][unit]; null for zeros. */
function startOf(
  { name, hidden, directions }: Recurrence,
  state: InitialState | null,
  widths: readonly number[],
  { file, ort, read }: RecurrentTools,
): Float32Array | null {
  if (state === null) return null;
  const tensors =
    typeof state === "string" ? read(state) : widths.map(() => new ort.Tensor("float32", state.values, state.shape));
  for (const [lane, { dims }] of tensors.entries()) {
    const expected = [directions.length, widths[lane], hidden].join(" x ");
    const found = dims.join(" x ");
    if (found !== expected) throw inputError({ file, place: name, found: `an initial state of ${found}`, expected });
  }
  return joined(tensors, directions.length);
}

/** Tensors of all lanes as one, [block][image][...]; a single one is taken as it is. */
function joined(tensors: readonly OrtTensor[], blocks: number): Float32Array {
  const parts = tensors.map(({ data }) => data as Float32Array);
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    for (const part of parts) {
      const length = part.length / blocks;
      whole.set(part.subarray(block * length, (block + 1) * length), at);
      at += length;
    }
  }
  return whole;
}

/** The opposite, for [...outer][image][unit]. */
function divided(
  ort: Ort,
  whole: Float32Array,
  outer: readonly number[],
  widths: readonly number[],
  hidden: number,
): OrtTensor[] {
  if (widths.length === 1) return [new ort.Tensor("float32", whole, [...outer, widths[0]!, hidden])];
  const blocks = outer.reduce((product, length) => product * length, 1);
  const parts = widths.map((images) => new Float32Array(blocks * images * hidden));
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    for (const part of parts) {
      const length = part.length / blocks;
      part.set(whole.subarray(at, at + length), block * length);
      at += length;
    }
  }
  return parts.map((part, lane) => new ort.Tensor("float32", part, [...outer, widths[lane]!, hidden]));
}
