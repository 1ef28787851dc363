import { type Chip, type Costs, costsOf, type TileLayer } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError, inputError } from "../../src/ground/errors.ts";
import type { Pool } from "../../src/ground/jobs/pool.ts";
import { calibrate, type LayerCalibration } from "./calibration.ts";
import type { ChipShare, ChipTask } from "./chip-run.ts";
import type { Evaluation } from "./evaluation.ts";
import { type ImageData, imageBatch, imageCount } from "./images.ts";
import type { Measured } from "./measured.ts";
import type { Network } from "./partition.ts";
import { layersOf, placementOf } from "./placement.ts";
import { type Profile, profileNetwork } from "./profile.ts";
import type { EvaluateRequest } from "./request.ts";
import { summarise } from "./summarise.ts";
import {
  type CheckResult,
  type NetworkSource,
  networkOnThread,
  type Step,
  type StepResult,
  type TaskTools,
} from "./tasks.ts";

/** What an evaluation is given by the surface. */
export interface EvaluateSupplies extends Pick<TaskTools, "ort" | "openEngine" | "keep"> {
  readonly source: NetworkSource;
  readonly chip: Chip;
  readonly test: ImageData;
  readonly calibration: ImageData;
  readonly pool: Pool;
  readonly signal: AbortSignal;
  /** Told of every stage and of work done within it: total is in image readings. */
  readonly stage: (title: string, total: number) => { progress(amount: number): void };
}

/** The largest batch whose inputs to one layer stay under 32 MB: the same for any number of threads, since it names noise. */
export function batchSizeOf(vectorBytes: number): number {
  return Math.max(1, Math.min(256, 2 ** Math.floor(Math.log2(2 ** 25 / Math.max(1, vectorBytes)))));
}

/**
 * Evaluates a network on emulated chips: places it, calibrates converters, checks that the tiles with every cause off give
 * the float network, then programs each chip and reads the images at every time.
 *
 * An interrupted evaluation keeps the chips that finished; `interrupted` says so. Without any, it throws InterruptedError.
 */
export async function evaluate(
  request: EvaluateRequest,
  supplies: EvaluateSupplies,
): Promise<{ evaluation: Omit<Evaluation, "runtime">; interrupted: boolean; warnings: readonly string[] }> {
  const { chip, test, source } = supplies;
  const { network, engine } = await networkOnThread(source, supplies);
  checkImages(request, network, test);
  checkImages(request, network, supplies.calibration);
  const placement = placementOf(chip, request.without, request.fidelity, request.readNoise);
  const profile = await profileNetwork(network, imageBatch(test, 0, 1));
  const widest = network.products.map(({ groups, rows }, index) => 4 * groups * rows * profile.products[index]!);
  const batchSize = batchSizeOf(Math.max(...widest));

  // These layers hold no chip: they are asked for targets, ranges, counts and times, and give their memory back.
  const mark = engine.memory.mark();
  const layers = layersOf(placement, network.products, engine, at(drawOf(request.seed), "calibration"));
  const calibration = await calibrateLayers(chip, network, layers, supplies, batchSize);
  engine.memory.release(mark);
  const images = imageCount(test);
  const window = request.readWindow ?? images * latencyOfOne(layers, profile, costsOf(chip.costs, chip));
  const times = [...new Set(request.times)].sort((a, b) => a - b);
  const compensation = { none: [false], global: [true], both: [false, true] }[request.compensation];
  const { seed } = request;
  const task = { source, placement, calibration, images: test, batchSize, seed, times, compensation, window };
  const { check, shares, interrupted } = await runSteps(task, request.chips, supplies);
  const measured: Measured = {
    network,
    profile,
    layers,
    calibration,
    check,
    images,
    times,
    compensation,
    window,
    shares,
  };
  const warnings = [...network.warnings, ...profile.warnings, ...selfCheckWarnings(check, images)];
  return { evaluation: summarise(request, chip, measured), interrupted, warnings };
}

/** The tiles with every cause off must be the float network; where they are not, no figure can be trusted. */
function selfCheckWarnings({ sameClass, maximumLogitDifference }: CheckResult, images: number): string[] {
  if (sameClass === images && maximumLogitDifference <= 1e-4) return [];
  return [
    `self-check: ${sameClass} of ${images} images in the same class, scores within ${maximumLogitDifference} ` +
      "of the float network's (1e-4 is expected of scores of ordinary size)",
  ];
}

/** s of one inference: layers and digital operators one after another. */
function latencyOfOne(layers: readonly TileLayer[], { products, digital }: Profile, costs: Costs): number {
  const operations = digital.reduce((sum, work) => sum + work.operations + work.macs, 0);
  return layers.reduce((sum, layer, index) => {
    const { integration, conversion } = layer.timing();
    return sum + products[index]! * (integration + conversion);
  }, operations * costs.digitalOperationTime);
}

function checkImages(request: EvaluateRequest, network: Network, images: ImageData): void {
  const needed = network.input.shape.reduce((product, length) => product * length, 1);
  if (needed !== images.size) {
    throw inputError({
      file: request.data,
      found: `images of ${images.size} values`,
      expected: `${needed} for the network's input "${network.input.name}" [${network.input.shape.join(", ")}]`,
    });
  }
  const classes = network.classes;
  for (const [index, label] of images.labels.entries()) {
    if (label < 0 || label >= classes) {
      throw inputError({
        file: request.data,
        place: `label ${index}`,
        found: `${label}`,
        expected: `0 to ${classes - 1}`,
      });
    }
  }
}

async function calibrateLayers(
  chip: Chip,
  network: Network,
  layers: readonly TileLayer[],
  { calibration, stage }: EvaluateSupplies,
  batchSize: number,
): Promise<LayerCalibration[]> {
  const { images, compensationVectors } = chip.calibration;
  const count = Math.min(images.value, imageCount(calibration));
  const watch = stage("calibrating converters", count);
  const calibrated = await calibrate(
    network,
    layers,
    imageBatch(calibration, 0, count),
    count,
    compensationVectors.value,
    batchSize,
  );
  watch.progress(count);
  return calibrated;
}

type ChipTasks = Omit<ChipTask, "chip" | "firstImage" | "endImage"> & { readonly source: NetworkSource };

/** The self-check and every chip's shares, side by side; the check goes first, on the thread that has the network open. */
async function runSteps(
  task: ChipTasks,
  chips: number,
  { pool, signal, stage }: EvaluateSupplies,
): Promise<{ check: CheckResult; shares: ChipShare[]; interrupted: boolean }> {
  const images = imageCount(task.images);
  // As many shares a chip as make the last round of tasks a full one.
  const perChip = pool.threads / greatestCommonDivisor(chips, pool.threads);
  const spans = sharesOf(images, task.batchSize, perChip);
  const steps: Step[] = [{ check: task }];
  for (let chip = 0; chip < chips; chip++) {
    for (const [firstImage, endImage] of spans) steps.push({ chip: { ...task, chip, firstImage, endImage } });
  }
  const watch = stage(
    "self-check and reading images",
    images * (1 + chips * task.times.length * task.compensation.length),
  );
  const finished: ChipShare[] = [];
  let check: CheckResult | undefined;
  let interrupted = false;
  try {
    await pool.map<Step, StepResult>("evaluateStep", steps, {
      done: (_, result) => {
        if ("check" in result) check = result.check;
        else finished.push(result.chip);
      },
      progress: watch.progress,
      signal,
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    interrupted = true;
  }
  const whole = Array.from({ length: chips }, (_, chip) => finished.filter((share) => share.chip === chip)).filter(
    (shares) => shares.length === spans.length,
  );
  if (!check || whole.length === 0) throw new InterruptedError("interrupted before the first chip was finished");
  return { check, shares: whole.flatMap((shares) => shares.sort((a, b) => a.firstImage - b.firstImage)), interrupted };
}

/** Spans of whole batches, at most `count` of them, as even as whole batches can be. */
function sharesOf(images: number, batchSize: number, count: number): [number, number][] {
  const batches = Math.ceil(images / batchSize);
  const spans = Math.min(count, batches);
  const bound = (k: number): number => Math.min(images, Math.round((k * batches) / spans) * batchSize);
  return Array.from({ length: spans }, (_, k) => [bound(k), bound(k + 1)]);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
