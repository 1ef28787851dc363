import { causes } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import { type ChipShare, type ChipTask, runChip } from "./chip-run.ts";
import { classesOf, type ImageData, imageBatch } from "./images.ts";
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
  readonly firstImage: number;
  readonly endImage: number;
  readonly batchSize: number;
}

/** Of a share of the images: right classes in float, same classes through the tiles with every cause off, worst logit. */
export interface CheckShare {
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

/** Tasks of this room by name, for the pool. */
export const networkTasks = {
  async runChip(input: ChipTask & { readonly source: NetworkSource }, tools: TaskTools): Promise<ChipShare> {
    const { network, engine } = await networkOnThread(input.source, tools);
    return runChip(input, network, engine, tools);
  },

  async checkNetwork(task: CheckTask, tools: TaskTools): Promise<CheckShare> {
    const { network, engine } = await networkOnThread(task.source, tools);
    const mark = engine.memory.mark();
    try {
      return await check(task, network, engine, tools);
    } finally {
      engine.memory.release(mark);
    }
  },
};

async function check(task: CheckTask, network: Network, engine: Engine, tools: TaskTools): Promise<CheckShare> {
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
  for (let first = task.firstImage; first < task.endImage; first += task.batchSize) {
    if (tools.signal.aborted) throw new InterruptedError("interrupted");
    const count = Math.min(task.batchSize, task.endImage - first);
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
