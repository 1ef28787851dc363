import { causes } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import type { RunWatch } from "./chip-task.ts";
import { classesOf, type ImageData, imageBatch } from "./images.ts";
import { KeptArrays } from "./kept-arrays.ts";
import type { Network } from "./partition.ts";
import { layersOf, type Placement } from "./placement.ts";
import { largestDifference, rankLabels } from "./scores.ts";
import { sharedFloats } from "./shared-floats.ts";

/** The float network and the tiles with every cause off, on a share of the images. */
export interface CheckTask {
  readonly placement: Placement;
  readonly calibration: readonly LayerCalibration[];
  readonly images: ImageData;
  readonly firstImage: number;
  readonly endImage: number;
  readonly batchSize: number;
}

export interface CheckShare {
  readonly firstImage: number;
  /** Of the float network, [image][class]. */
  readonly scores: Float32Array;
  /** Of the labels among them, [image]. */
  readonly ranks: Uint32Array;
  /** Images that the tiles put in the float network's class. */
  readonly sameClass: number;
  readonly maximumLogitDifference: number;
}

/** All shares of the check put together. */
export interface CheckResult extends Omit<CheckShare, "firstImage"> {}

export async function checkShare(
  task: CheckTask,
  network: Network,
  engine: Engine,
  watch: RunWatch,
): Promise<CheckShare> {
  const { firstImage, endImage, images } = task;
  const exact: Placement = { ...task.placement, without: causes, fidelity: "statistical" };
  const layers = layersOf(exact, network.products, engine, at(drawOf(0), "self-check"));
  for (const [index, layer] of layers.entries()) {
    layer.setRanges(task.calibration[index]!.ranges);
    layer.program(0);
    layer.elapse(exact.firstReading);
    layer.hold({ mode: "held", window: 0 }, 0);
  }
  const arrays = new KeptArrays();
  const scores = new Float32Array((endImage - firstImage) * network.classes);
  const ranks = new Uint32Array(endImage - firstImage);
  let sameClass = 0;
  let maximumLogitDifference = 0;
  for (let first = firstImage; first < endImage; first += task.batchSize) {
    if (watch.signal.aborted) throw new InterruptedError("interrupted");
    const count = Math.min(task.batchSize, endImage - first);
    const batch = imageBatch(images, first, count, arrays.take("images", count * images.size));
    const whole = await network.runWhole(batch, count);
    const tiled = await network.run(batch, count, (index, inputs, vectors) => {
      const { groups, columns } = network.products[index]!;
      const out = arrays.take(`products ${index}`, groups * vectors * columns);
      return layers[index]!.multiply(inputs, vectors, "images", 0, null, out);
    });
    const done = first - firstImage;
    scores.set(whole, done * network.classes);
    rankLabels(whole, images.labels.subarray(first, first + count), ranks.subarray(done, done + count));
    const wanted = classesOf(whole, count);
    const found = classesOf(tiled, count);
    for (let i = 0; i < count; i++) if (wanted[i] === found[i]) sameClass++;
    const difference = largestDifference(whole, tiled);
    if (!(difference <= maximumLogitDifference)) maximumLogitDifference = difference;
    await watch.progress(count);
  }
  return { firstImage, scores, ranks, sameClass, maximumLogitDifference };
}

/** The shares in one; scores lie in memory that threads share where there is such memory, since every chip compares with them. */
export function joinChecks(shares: readonly CheckShare[], classes: number): CheckResult {
  const images = shares.reduce((sum, { ranks }) => sum + ranks.length, 0);
  const scores = sharedFloats(images * classes);
  const ranks = new Uint32Array(images);
  for (const share of shares) {
    scores.set(share.scores, share.firstImage * classes);
    ranks.set(share.ranks, share.firstImage);
  }
  return {
    scores,
    ranks,
    sameClass: shares.reduce((sum, share) => sum + share.sameClass, 0),
    maximumLogitDifference: shares.reduce(
      (most, { maximumLogitDifference: found }) => (found <= most ? most : found),
      0,
    ),
  };
}

/** Share of images that the float network puts in their label's class. */
export function floatAccuracyOf({ ranks }: Pick<CheckResult, "ranks">): number {
  return ranks.reduce((sum, rank) => sum + (rank === 0 ? 1 : 0), 0) / ranks.length;
}
