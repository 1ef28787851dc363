import { InterruptedError } from "../../src/ground/errors.ts";
import { causeResults, runCauses } from "./causes.ts";
import { worstLayers } from "./chip-figures.ts";
import type { Evaluation } from "./evaluation.ts";
import { imageCount } from "./images.ts";
import type { Network } from "./partition.ts";
import { type EvaluateSupplies, prepare } from "./prepare.ts";
import type { EvaluateRequest } from "./request.ts";
import { type SavedArrays, savedArrays, savedBytes } from "./saved-arrays.ts";
import { type CheckResult, floatAccuracyOf } from "./self-check.ts";
import { runCheck, runChips, type WholeChip } from "./steps.ts";
import { summarise } from "./summarise.ts";
import { missedWarnings } from "./write-verify-summary.ts";

export interface EvaluateResult {
  readonly evaluation: Omit<Evaluation, "runtime">;
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
  /** Numbers of the chips that finished, in the order of every list over chips, and how many were to. */
  readonly chips: readonly number[];
  readonly chipsAsked: number;
  readonly saved: SavedArrays;
}

/**
 * Evaluates a network on emulated chips: places it, calibrates converters, checks that the tiles with every cause off give
 * the float network, then programs each chip and reads the images at every time.
 *
 * An interrupted evaluation keeps the chips that finished; `interrupted` says so. Without any, it throws InterruptedError.
 */
export async function evaluate(request: EvaluateRequest, supplies: EvaluateSupplies): Promise<EvaluateResult> {
  const prepared = await prepare(request, supplies);
  const { network, layers, placement, calibration, loaded, numbers, times, compensation, window } = prepared;
  const { seed, saves = { conductances: false, outputs: false } } = request;
  const images = imageCount(supplies.test);
  const axes = { times, compensation, images, classes: network.classes };
  supplies.room?.(savedBytes(saves, layers, numbers.length, axes));

  const common = { placement, calibration, images: supplies.test, batchSize: prepared.batchSize };
  const check = await runCheck(common, network.classes, supplies);
  const floatScores = check.scores;
  const chips = numbers.map(
    (number, index): WholeChip => ({
      ...{ ...common, seed, chip: number, times, compensation, window, floatScores, loaded, saves },
      histograms: index === 0,
    }),
  );
  const run = await runChips("reading images", chips, supplies);
  const finished = chips.filter((_, index) => run.shares[index] !== null);
  if (finished.length === 0) throw new InterruptedError("interrupted before the first chip was finished");
  const byChip = run.shares.filter((shares) => shares !== null);
  const shares = byChip.flat();

  const worst = worstLayers(shares, layers.length);
  const runs = request.causes && !run.interrupted ? await runCauses(finished, worst, supplies) : null;
  const names = layers.map(({ name }) => name);
  const exact = floatAccuracyOf(check);
  const causes = runs ? causeResults(runs, placement, byChip, exact, times, compensation, names) : {};
  const summed = summarise(request, supplies.chip, { ...prepared, check, images, shares, causes });
  const { conductances } = supplies;
  return {
    evaluation: {
      ...summed,
      ...(conductances && loaded
        ? { conductances: { file: conductances.file, kind: loaded.kind, chips: loaded.chips } }
        : {}),
    },
    interrupted: run.interrupted || runs?.interrupted === true,
    warnings: [
      ...prepared.warnings,
      ...selfCheckWarnings(check, images, network.digitalOperators),
      ...missedWarnings(summed.energy.writeVerify),
      ...(runs?.variants.length === 0 ? ["--causes: every cause is off, so there is none to tell apart"] : []),
    ],
    chips: finished.map((task) => task.chip),
    chipsAsked: numbers.length,
    saved: savedArrays(saves, byChip, layers, axes, network.checksum, supplies.test.labels),
  };
}

/** The tiles with every cause off must be the float network; where they are not, no figure can be trusted. */
function selfCheckWarnings(
  { sameClass, maximumLogitDifference }: CheckResult,
  images: number,
  { QuantizeLinear }: Network["digitalOperators"],
): string[] {
  if (sameClass === images && maximumLogitDifference <= 1e-4) return [];
  const codes = QuantizeLinear ? ", and a code more or less where a sum lies between two" : "";
  return [
    `self-check: ${sameClass} of ${images} images in the same class, scores within ${maximumLogitDifference} ` +
      `of the float network's (1e-4 is expected of scores of ordinary size${codes})`,
  ];
}
