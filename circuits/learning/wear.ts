import { devicesOf } from "../../crossbar/index.ts";
import type { Cells } from "../../devices/index.ts";

/** How much devices were pulsed. */
export interface WearSummary {
  readonly devices: number;
  /** Of all devices together, and of the one that got most. */
  readonly pulses: number;
  readonly mean: number;
  readonly maximum: number;
  /** How often a device was held at a limit of its state, and how many are stuck. */
  readonly clipped: number;
  readonly stuck: number;
}

/** Of all devices of some sets of cells. */
export function wearOf(sets: readonly Cells[]): WearSummary {
  const summary = { devices: 0, pulses: 0, maximum: 0, clipped: 0, stuck: 0 };
  for (const cells of sets) {
    const { population } = devicesOf(cells);
    const wear = wearOfEach(cells);
    summary.devices += wear.length;
    for (const pulses of wear) {
      summary.pulses += pulses;
      summary.maximum = Math.max(summary.maximum, pulses);
    }
    summary.clipped += population.limited?.clipped ?? 0;
    summary.stuck += population.limited?.stuck ?? 0;
  }
  return { ...summary, mean: summary.pulses / summary.devices };
}

/** Pulses of every device of a set of cells. */
export function wearOfEach(cells: Cells): Float64Array {
  const { population } = devicesOf(cells);
  const wear = new Float64Array(population.count);
  population.wear?.(wear);
  return wear;
}
