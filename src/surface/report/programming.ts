import { grouped, percent, quantity } from "./numbers.ts";
import type { EvaluationOutput } from "./shapes.ts";

/** What programming a chip took where its cells were pulsed and verified, in a sentence; nothing where it has published statistics. */
export function writeVerifyInWords({ writeVerify }: EvaluationOutput["energy"]): string {
  if (!writeVerify) return "";
  const { pulses, reads, pulseEnergy, readEnergy, conversionEnergy, seconds, missed } = writeVerify;
  const counts = `${grouped(Math.round(pulses))} pulses of ${quantity(pulseEnergy, "J")} together, ${grouped(Math.round(reads))} verify reads of ${quantity(readEnergy, "J")} and ${quantity(conversionEnergy, "J")} for their conversions`;
  return `By write and verify, cells of a tile one after another: ${counts}, ${quantity(seconds, "s")}; ${percent(missed)} % of the cells missed their targets.`;
}
