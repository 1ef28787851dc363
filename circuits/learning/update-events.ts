import { type LineActivity, lineDrives } from "../../crossbar/index.ts";
import type { EventSink } from "../../src/ground/events.ts";
import type { Arrangement } from "../synapses/index.ts";
import type { HalfSelectedWork } from "./half-selected.ts";

/**
 * Reports what one update took beside the pulses of its cells: cells that were not meant, drivers of lines, random bits, and the rule's own
 * arithmetic and memory.
 */
export function reportUpdate(
  activity: LineActivity,
  arrangement: Arrangement,
  disturbed: HalfSelectedWork,
  place: string,
  sink: EventSink,
): void {
  const { wordLines, bitLines } = lineDrives(activity);
  const { randomBits, multiplyAdds, keptBytes } = activity;
  const report = (operation: string, count: number, work?: number): void => {
    if (count > 0) sink(work === undefined ? { operation, place, count } : { operation, place, count, work });
  };
  report("halfSelectedPulse", disturbed.pulses, disturbed.work);
  report("updateWordLineDrive", wordLines);
  // A pair that is pulsed oppositely has two bit lines that pulse together.
  report("updateBitLineDrive", arrangement === "push-pull" ? 2 * bitLines : bitLines);
  report("updateRandomBit", randomBits);
  report("accumulate", multiplyAdds);
  report("bufferRead", keptBytes);
  report("bufferWrite", keptBytes);
}
