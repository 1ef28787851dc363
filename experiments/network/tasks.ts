import { causes } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import { type ChipShare, type ChipTask, runChip } from "./chip-run.ts";
import { classesOf, type ImageData, imageBatch, imageCount } from "./images.ts";
import { KeptArrays } from "./kept-arrays.ts";
import type { Ort } from "./ort.ts";
import { type Network, type ReadOptions, readNetwork } from "./partition.ts";
import { engineBytes, layersOf, type Placement } from "./placement.ts";

/** A network as workers are sent it. */
export interface NetworkSource {
  readonly file: string;
  /** Over a SharedArrayBuffer where several threads read it. */
  readonly bytes: Uint8Array;
  /** Axes of the images that will be given: they fill what the file leaves open. */
  readonly imageShape: readonly number[];
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

export interface CheckTask {
  readonly source: NetworkSource;
  readonly placement: Placement;
  readonly calibration: readonly LayerCalibration[];
  readonly images: ImageData;
  readonly batchSize: number;
}

/** Right classes in float, same classes through the tiles with every cause off, worst logit. */
export interface CheckResult {
  readonly floatCorrect: number;
  readonly sameClass: number;
  readonly maximumLogitDifference: number;
}

/** The network as this thread keeps it, with an engine large enough for its tiles. */
export async function networkOnThread(source: NetworkSource, tools: Pick<TaskTools, "ort" | "keep" | "openEngine">) {
  const network = await tools.keep(`network ${source.file}`, () =>
    readNetwork(source.file, source.bytes, tools.ort, imageOptions(source)),
  );
  const engine = await tools.keep(`engine ${source.file}`, () => tools.openEngine(engineBytes(network.products)));
  return { network, engine };
}

/** A row of numbers says nothing of axes. */
function imageOptions({ imageShape }: NetworkSource): ReadOptions {
  return imageShape.length > 1 ? { imageShape } : {};
}

/** A piece of an evaluation: the self-check, or one chip's share of the images. */
export type Step = { readonly check: CheckTask } | { readonly chip: ChipTask & { readonly source: NetworkSource } };

export type StepResult = { readonly check: CheckResult } | { readonly chip: ChipShare };

/** Tasks of this room by name, for the pool. */
export const networkTasks = {
  async evaluateStep(step: Step, tools: TaskTools): Promise<StepResult> {
    const task = "check" in step ? step.check : step.chip;
    const { network, engine } = await networkOnThread(task.source, tools);
    const mark = engine.memory.mark();
    try {
      if ("check" in step) return { check: await check(step.check, network, engine, tools) };
      return { chip: await runChip(step.chip, network, engine, tools) };
    } finally {
      engine.memory.release(mark);
    }
  },
};

async function check(task: CheckTask, network: Network, engine: Engine, tools: TaskTools): Promise<CheckResult> {
  const exact: Placement = { ...task.placement, without: causes, fidelity: "statistical" };
  const layers = layersOf(exact, network.products, engine, at(drawOf(0), "self-check"));
  for (const [index, layer] of layers.entries()) {
    layer.setRanges(task.calibration[index]!.ranges);
    layer.program(0);
    layer.elapse(exact.firstReading);
    layer.hold({ mode: "held", window: 0 }, 0);
  }
  const arrays = new KeptArrays();
  let floatCorrect = 0;
  let sameClass = 0;
  let maximumLogitDifference = 0;
  const images = imageCount(task.images);
  for (let first = 0; first < images; first += task.batchSize) {
    if (tools.signal.aborted) throw new InterruptedError("interrupted");
    const count = Math.min(task.batchSize, images - first);
    const batch = imageBatch(task.images, first, count, arrays.take("images", count * task.images.size));
    const whole = await network.runWhole(batch, count);
    const tiled = await network.run(batch, count, (index, inputs, vectors) => {
      const { groups, columns } = network.products[index]!;
      const out = arrays.take(`products ${index}`, groups * vectors * columns);
      return layers[index]!.multiply(inputs, vectors, "images", 0, null, out);
    });
    const wanted = classesOf(whole, count);
    const found = classesOf(tiled, count);
    for (let i = 0; i < count; i++) {
      if (wanted[i] === task.images.labels[first + i]) floatCorrect++;
      if (wanted[i] === found[i]) sameClass++;
    }
    for (let i = 0; i < whole.length; i++) {
      const difference = Math.abs(whole[i]! - tiled[i]!);
      if (!(difference <= maximumLogitDifference)) maximumLogitDifference = difference;
    }
    await tools.progress(count);
  }
  return { floatCorrect, sameClass, maximumLogitDifference };
}
