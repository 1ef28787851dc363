import { type Chip, type Costs, costsOf, type TileLayer } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import { calibrate, type LayerCalibration } from "./calibration.ts";
import { causeResults, runCauses } from "./causes.ts";
import { checkImages } from "./check-images.ts";
import { worstLayers } from "./chip-figures.ts";
import type { Evaluation } from "./evaluation.ts";
import { checkBatches, workloadOf } from "./gpus.ts";
import { type ImageData, imageBatch, imageCount } from "./images.ts";
import { type ConductanceFile, readConductances } from "./loaded-conductances.ts";
import type { Measured } from "./measured.ts";
import type { Network } from "./partition.ts";
import { layersOf, placementOf, withoutDrift } from "./placement.ts";
import { type Profile, profileNetwork } from "./profile.ts";
import { isRecurrentOperator } from "./recurrent-node.ts";
import type { EvaluateRequest } from "./request.ts";
import { type SavedArrays, savedArrays, savedBytes } from "./saved-arrays.ts";
import type { CheckResult } from "./self-check.ts";
import { runCheck, runChips, type StepSupplies, type WholeChip } from "./steps.ts";
import { summarise } from "./summarise.ts";
import { networkOnThread, type TaskTools } from "./tasks.ts";

/** What an evaluation is given by the surface. */
export interface EvaluateSupplies extends StepSupplies, Pick<TaskTools, "ort" | "openEngine" | "keep"> {
  readonly chip: Chip;
  readonly test: ImageData;
  readonly calibration: ImageData;
  /** Conductances in place of what programming leaves. */
  readonly conductances?: ConductanceFile;
  /** Told before the chips run what the arrays that are kept will take; may refuse it. */
  readonly room?: (bytes: { readonly conductances: number; readonly outputs: number }) => void;
}

export interface EvaluateResult {
  readonly evaluation: Omit<Evaluation, "runtime">;
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
  /** Numbers of the chips that finished, in the order of every list over chips, and how many were to. */
  readonly chips: readonly number[];
  readonly chipsAsked: number;
  readonly saved: SavedArrays;
}

/** The largest batch whose vectors of one layer stay under 32 MB: the same for any number of threads, since it names noise. */
export function batchSizeOf(vectorBytes: number): number {
  return Math.max(1, Math.min(256, 2 ** Math.floor(Math.log2(2 ** 25 / Math.max(1, vectorBytes)))));
}

/**
 * Evaluates a network on emulated chips: places it, calibrates converters, checks that the tiles with every cause off give
 * the float network, then programs each chip and reads the images at every time.
 *
 * An interrupted evaluation keeps the chips that finished; `interrupted` says so. Without any, it throws InterruptedError.
 */
export async function evaluate(request: EvaluateRequest, supplies: EvaluateSupplies): Promise<EvaluateResult> {
  const { chip, test, source } = supplies;
  const { network, engine } = await networkOnThread(source, supplies);
  checkImages(request.data, network, test);
  checkImages(request.data, network, supplies.calibration);
  const asked = placementOf(chip, request.without, request.fidelity, request.readNoise);
  const profile = await profileNetwork(network, imageBatch(test, 0, 1));
  checkBatches(request, workloadOf(network, profile));
  const widest = network.products.map(({ operator, groups, rows, columns }, index) => {
    // A recurrence keeps what x W gives for all steps.
    const width = isRecurrentOperator(operator) ? Math.max(rows, columns) : rows;
    return 4 * groups * width * profile.products[index]!;
  });
  const batchSize = batchSizeOf(Math.max(...widest));

  // These layers hold no chip: they are asked for targets, ranges, counts and times, and give their memory back.
  const mark = engine.memory.mark();
  const layers = layersOf(asked, network.products, engine, at(drawOf(request.seed), "calibration"));
  const read = supplies.conductances ? readConductances(supplies.conductances, network, layers) : null;
  const loaded = read?.loaded ?? null;
  // Arrays that have times of their own have drifted already.
  const placement = loaded?.kind === "at" ? withoutDrift(asked) : asked;
  const calibration = await calibrateLayers(chip, network, layers, supplies, batchSize);
  engine.memory.release(mark);
  const images = imageCount(test);
  const window = request.readWindow ?? images * latencyOfOne(layers, profile, costsOf(chip.costs, chip));
  const times = read?.times ?? [...new Set(request.times)].sort((a, b) => a - b);
  const compensation = { none: [false], global: [true], both: [false, true] }[request.compensation];
  const { seed, saves = { conductances: false, outputs: false } } = request;
  const numbers = loaded?.chips ?? Array.from({ length: request.chips }, (_, number) => number);
  const axes = { times, compensation, images, classes: network.classes };
  supplies.room?.(savedBytes(saves, layers, numbers.length, axes));
  const common = { placement, calibration, images: test, batchSize };
  const steps = { ...supplies, source };
  const check = await runCheck(common, network.classes, steps);
  const floatScores = check.scores;
  const chips = numbers.map(
    (number, index): WholeChip => ({
      ...{ ...common, seed, chip: number, times, compensation, window, floatScores, loaded, saves },
      histograms: index === 0,
    }),
  );
  const run = await runChips("reading images", chips, steps);
  const finished = chips.filter((_, index) => run.shares[index] !== null);
  if (finished.length === 0) throw new InterruptedError("interrupted before the first chip was finished");
  const byChip = run.shares.filter((shares) => shares !== null);
  const shares = byChip.flat();
  const worst = worstLayers(shares, layers.length);
  const runs = request.causes && !run.interrupted ? await runCauses(finished, worst, steps) : null;
  const names = layers.map(({ name }) => name);
  const exact = check.ranks.reduce((sum, rank) => sum + (rank === 0 ? 1 : 0), 0) / images;
  const causes = runs ? causeResults(runs, placement, byChip, exact, times, compensation, names) : {};
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
    causes,
  };
  const interrupted = run.interrupted || runs?.interrupted === true;
  const warnings = [
    ...[...network.warnings, ...profile.warnings, ...(read?.warnings ?? [])],
    ...selfCheckWarnings(check, images),
  ];
  return {
    evaluation: {
      ...summarise(request, chip, measured),
      ...(supplies.conductances && loaded
        ? { conductances: { file: supplies.conductances.file, kind: loaded.kind, chips: loaded.chips } }
        : {}),
    },
    interrupted,
    warnings,
    chips: finished.map((task) => task.chip),
    chipsAsked: numbers.length,
    saved: savedArrays(saves, byChip, layers, axes, network.checksum, test.labels),
  };
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
