import type { Costs } from "../../circuits/index.ts";
import type { ProgrammingWork } from "../../devices/index.ts";
import { summary } from "../../src/ground/statistics/index.ts";
import type { WriteVerifySummary } from "./evaluation.ts";

/**
 * What programming took by pulses and verify reads, means over chips; null where no cell was pulsed.
 *
 * @param chips  of each chip, null where its device has published statistics
 */
export function writeVerifyOf(
  chips: readonly (ProgrammingWork | null)[],
  { programming }: Costs,
): WriteVerifySummary | null {
  const works = chips.filter((work) => work !== null);
  if (works.length === 0) return null;
  const over = (figure: (work: (typeof works)[number]) => number): number => summary(works.map(figure)).mean;
  return {
    pulses: over(({ pulses }) => pulses),
    reads: over(({ reads }) => reads),
    pulseEnergy: over(({ pulseWork }) => pulseWork),
    readEnergy: over(({ readWork }) => readWork),
    conversionEnergy: over(({ reads }) => reads * programming.conversion),
    seconds: over(({ seconds }) => seconds),
    missed: over(({ missed, cells }) => missed / cells),
  };
}

/** Says that cells missed their targets, and what to change. */
export function missedWarnings(writeVerify: WriteVerifySummary | null): string[] {
  if (!writeVerify || writeVerify.missed === 0) return [];
  const share = `${Number((100 * writeVerify.missed).toPrecision(2))} %`;
  return [`${share} of the cells missed their targets: programming.tolerance and programming.pulses say when to stop`];
}
