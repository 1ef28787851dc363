import type { PreparedDevice } from "../../devices/index.ts";
import type { RefreshSpec, SynapseArray } from "../synapses/index.ts";
import type { TileSpec } from "../tile-spec.ts";

/** How often pairs that are only potentiated are refreshed, and which of them. */
export interface Refresh {
  /** Vectors that are learned between two refreshes. */
  readonly interval: number;
  /** See `RefreshSpec`. */
  readonly larger: number;
  readonly smaller: number;
}

/**
 * What refreshing the pairs of one tile needs. Its word lines are read one after another, both bit lines of a pair converted.
 *
 * @param device  one of those of a cell
 * @param step  S that one requested potentiating pulse adds
 */
export function refreshSpec(
  { larger, smaller }: Refresh,
  { operation, targetLow, targetRange }: PreparedDevice,
  { outputLevels, convertersPerTile, conversionTime }: TileSpec,
  rows: number,
  columns: number,
  synapses: SynapseArray,
  step: number,
): RefreshSpec {
  const devices = synapses.arbitration.spec.devices;
  const turns = outputLevels > 0 ? Math.ceil((2 * columns) / convertersPerTile) : 0;
  return {
    larger,
    smaller,
    low: devices * targetLow,
    high: devices * targetRange,
    step,
    read: operation.read,
    readTime: rows * (operation.read.width + turns * conversionTime),
  };
}
