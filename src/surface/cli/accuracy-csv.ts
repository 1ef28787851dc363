import type { Evaluation } from "../../../experiments/network/index.ts";

/**
 * Accuracies as a table, a row for each chip, time and setting of compensation; every number reads back the same.
 *
 * @param chips  numbers of the chips, in the order of the results' lists
 */
export function* accuracyCsv(results: Evaluation["results"], chips: readonly number[]): Generator<string> {
  yield "chip,time,sinceProgramming,compensated,accuracy\n";
  for (const [index, chip] of chips.entries()) {
    for (const { time, sinceProgramming, compensated, accuracy } of results) {
      yield `${chip},${time},${sinceProgramming},${compensated},${accuracy.chips[index]}\n`;
    }
  }
}
