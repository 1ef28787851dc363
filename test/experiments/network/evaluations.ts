import {
  type ConductanceFile,
  type EvaluateRequest,
  evaluate,
  type ImageData,
  type NamedArrays,
  networkTasks,
} from "../../../experiments/network/index.ts";
import { InterruptedError } from "../../../src/ground/errors.ts";
import type { WrittenArray } from "../../../src/ground/formats/array.ts";
import { NpzArchive, writeNpz } from "../../../src/ground/formats/npz.ts";
import type { Pool } from "../../../src/ground/jobs/pool.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { keeper } from "../../../src/surface/task.ts";
import { chipWith } from "../../circuits/layers.ts";
import { bytesOf, node, numbers, ort, weight } from "../../onnx-graphs.ts";

/** Names as exporters write them, and worse; the first layer has three groups. */
export const layerNames = ["/conv1/Conv_output_0", "h%2 \\ µ"] as const;

function networkOf(seed: string): Uint8Array {
  const [first, second] = layerNames;
  const nodes = [
    node("Conv", ["x", `${seed}w1`], [first], { group: 3n, kernel_shape: [3n, 3n] }),
    node("Relu", [first], ["r"]),
    node("Flatten", ["r"], ["f"]),
    node("Gemm", ["f", `${seed}w2`, `${seed}b2`], [second]),
    node("Identity", [second], ["y"]),
  ];
  const tensors = [weight(`${seed}w1`, [6, 1, 3, 3]), weight(`${seed}w2`, [24, 5]), weight(`${seed}b2`, [5])];
  return bytesOf({ nodes, tensors, input: ["batch", 3, 4, 4] });
}

export const images = 300;
/** Scores lie close together, so that every chip and time puts some images into other classes. */
export const data: ImageData = {
  values: numbers(48 * images, 21),
  labels: Int32Array.from({ length: images }, (_, i) => i % 5),
  size: 48,
  shapes: [[3, 4, 4]],
  scale: [1],
  shift: [0],
};

const asked: EvaluateRequest = {
  data: "numbers",
  times: [0, 86_400],
  chips: 3,
  seed: 5,
  compensation: "both",
  readNoise: "process",
  fidelity: "statistical",
  readWindow: 1e-3,
  without: new Set(),
  causes: false,
  top: [2],
  gpus: [],
  batches: [1],
  precision: "fp16",
  inferences: 1e6,
};

const keep = keeper();

/** A pool that cuts work for so many threads, does it here, and stops at the given step of the chips. */
function pool(threads: number, controller: AbortController, stopAt: number): Pool {
  let call = -1;
  return {
    threads,
    async map<Input, Output>(_: string, inputs: readonly Input[], watch: Parameters<Pool["map"]>[2]) {
      call++;
      const outputs: Output[] = [];
      for (const [index, input] of inputs.entries()) {
        if (call === 1 && index === stopAt) controller.abort();
        if (watch.signal.aborted) throw new InterruptedError("interrupted");
        const tools = { ort, openEngine, keep, progress: watch.progress, signal: watch.signal };
        // As between threads: plain data.
        const output = await networkTasks.evaluateStep(structuredClone(input) as never, tools);
        outputs[index] = structuredClone(output) as Output;
        watch.done(index, outputs[index]);
      }
      return outputs;
    },
    close: async () => {},
  };
}

export interface Given {
  readonly preset?: string;
  readonly chip?: readonly string[];
  readonly conductances?: Partial<ConductanceFile> & { readonly archive: NpzArchive };
  readonly network?: string;
  readonly threads?: number;
  readonly stopAt?: number;
  readonly room?: (bytes: { conductances: number; outputs: number }) => void;
}

export async function run(request: Partial<EvaluateRequest> = {}, given: Given = {}) {
  const controller = new AbortController();
  const network = given.network ?? "one";
  return evaluate(
    { ...asked, ...request },
    {
      ort,
      openEngine,
      keep,
      source: { file: `${network}.onnx`, bytes: networkOf(network), imageShapes: [[3, 4, 4]] },
      chip: chipWith(given.preset ?? "pcm", "tile.rows=10", "tile.columns=4", ...(given.chip ?? [])),
      test: data,
      calibration: data,
      pool: pool(given.threads ?? 1, controller, given.stopAt ?? -1),
      signal: controller.signal,
      stage: () => ({ progress: () => {} }),
      ...(given.conductances
        ? { conductances: { file: "arrays.npz", times: null, chips: null, ...given.conductances } }
        : {}),
      ...(given.room ? { room: given.room } : {}),
    },
  );
}

/** The arrays as they come back from a file, some of them others. */
export function archiveOf(arrays: NamedArrays, others: Readonly<Record<string, WrittenArray | null>> = {}): NpzArchive {
  const kept = arrays.filter(([name]) => !(name in others));
  const put = Object.entries(others).flatMap(([name, array]) => (array ? [[name, array] as const] : []));
  return new NpzArchive(writeNpz([...kept, ...put]), "arrays.npz");
}

/** Without the entries of a kind. */
export function withoutKind(arrays: NamedArrays, ...kinds: readonly string[]): NamedArrays {
  return arrays.filter(([name]) => !kinds.some((kind) => name.includes(`.${kind}.`)));
}
