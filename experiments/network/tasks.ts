import type { Engine } from "../../src/ground/kernels/index.ts";
import { runChip } from "./chip-run.ts";
import type { ChipShare, ChipTask } from "./chip-task.ts";
import type { Ort } from "./ort.ts";
import { type ReadOptions, readNetwork } from "./partition.ts";
import { engineBytes } from "./placement.ts";
import { type CheckShare, type CheckTask, checkShare } from "./self-check.ts";

/** A network as workers are sent it. */
export interface NetworkSource {
  readonly file: string;
  /** Over a SharedArrayBuffer where several threads read it. */
  readonly bytes: Uint8Array;
  /** Axes of the images that will be given, for each input: they fill what the file leaves open. */
  readonly imageShapes: readonly (readonly number[])[];
}

/** What the surface gives a task of this room, on whatever thread it runs. */
export interface TaskTools {
  readonly ort: Ort;
  openEngine(bytes: number): Promise<Engine>;
  /** Makes a thing once per thread and keeps it for later tasks. */
  keep<T>(key: string, make: () => T): T;
  progress(amount: number): void | Promise<void>;
  readonly signal: AbortSignal;
}

/** The network as this thread keeps it, with an engine large enough for its tiles. */
export async function networkOnThread(source: NetworkSource, tools: Pick<TaskTools, "ort" | "keep" | "openEngine">) {
  const network = await tools.keep(`network ${source.file}`, () =>
    readNetwork(source.file, source.bytes, tools.ort, imageOptions(source)),
  );
  const engine = await tools.keep(`engine ${source.file}`, () => tools.openEngine(engineBytes(network.products)));
  return { network, engine };
}

/** A row of numbers for the only input says nothing of axes. */
function imageOptions({ imageShapes }: NetworkSource): ReadOptions {
  return imageShapes.length === 1 && imageShapes[0]!.length < 2 ? {} : { imageShapes };
}

/** A piece of an evaluation: a share of the self-check, or of one chip's images. */
export type Step = { readonly source: NetworkSource } & ({ readonly check: CheckTask } | { readonly chip: ChipTask });

export type StepResult = { readonly check: CheckShare } | { readonly chip: ChipShare };

/** Tasks of this room by name, for the pool. */
export const networkTasks = {
  async evaluateStep(step: Step, tools: TaskTools): Promise<StepResult> {
    const { network, engine } = await networkOnThread(step.source, tools);
    const mark = engine.memory.mark();
    try {
      if ("check" in step) return { check: await checkShare(step.check, network, engine, tools) };
      return { chip: await runChip(step.chip, network, engine, tools) };
    } finally {
      engine.memory.release(mark);
    }
  },
};
