import { summary } from "../../src/ground/statistics/index.ts";
import type { ChipShare } from "./chip-task.ts";
import type { Spread, Summary } from "./evaluation.ts";
import { accuracyOf } from "./variants.ts";

/**
 * Accuracy over chips at one time and setting. What another chip would change and what another test set of the same size would
 * change stand apart: the second is the standard error over images of the share of chips that get an image right.
 *
 * @param chips  shares of each chip, in the order of images
 */
export function accuracySpread(chips: readonly (readonly ChipShare[])[], k: number, s: number): Spread {
  const accuracies = chips.map((shares) => accuracyOf(shares, k, s));
  const right: number[] = [];
  for (const shares of chips) {
    let image = 0;
    for (const share of shares) {
      for (const rank of share.ranks[k]![s]!) {
        right[image] = (right[image] ?? 0) + (rank === 0 ? 1 / chips.length : 0);
        image++;
      }
    }
  }
  const over = summary(accuracies);
  return { ...over, chips: accuracies, from: { chip: over.standardDeviation, testSet: standardError(right) } };
}

/** Of the mean of numbers; null of a single one. */
export function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Share of images whose label is among the k classes of largest score, over chips. */
export function topSpread(chips: readonly (readonly ChipShare[])[], k: number, s: number, top: number): Summary {
  const shares = chips.map((ofChip) => {
    let [among, images] = [0, 0];
    for (const share of ofChip) {
      const ranks = share.ranks[k]![s]!;
      images += ranks.length;
      for (const rank of ranks) if (rank < top) among++;
    }
    return among / images;
  });
  return { ...summary(shares), chips: shares };
}

/** Mean squared difference of a score from the float network's, over chips. */
export function errorSpread(chips: readonly (readonly ChipShare[])[], k: number, s: number, scores: number): Summary {
  const errors = chips.map((shares) => {
    const batches = shares.flatMap(({ squaredError }) => squaredError[k]![s]!);
    return batches.reduce((sum, batch) => sum + batch, 0) / scores;
  });
  return { ...summary(errors), chips: errors };
}
