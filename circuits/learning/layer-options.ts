import type { Selection } from "../../crossbar/index.ts";
import type { DeviceSwitches, NoiseSplit, PreparedDevice } from "../../devices/index.ts";
import type { Ledger } from "../energy/index.ts";
import type { Fidelity } from "../line-product.ts";
import { type ArbitrationSpec, type Arrangement, usualRefreshShares } from "../synapses/index.ts";
import type { TileSpec } from "../tile-spec.ts";
import type { RuleOfTile } from "./learning-tile.ts";
import type { Refresh } from "./refresh.ts";

/** What a layer that learns is made of. */
export interface LearningLayerOptions {
  /** Names chip, device and seed, so that states of others are refused. */
  readonly chip: string;
  readonly spec: TileSpec;
  /** One device; a cell is `arbitration.devices` of them in parallel. */
  readonly device: PreparedDevice;
  readonly switches: DeviceSwitches;
  readonly fidelity: Fidelity;
  /** How read noise is divided; its window is the time of a batch. */
  readonly split: NoiseSplit;
  /** |weight| that the conductance range stands for, for life. */
  readonly weightRange: number;
  /** null: what suits the device. */
  readonly arrangement: Arrangement | null;
  readonly arbitration: ArbitrationSpec;
  readonly rule: RuleOfTile;
  /** s from a slot of an update to the next, at least; a slot takes no less than its pulse. */
  readonly period: number;
  /** How cells are kept from pulses that are not meant for them; absent: by a transistor each. */
  readonly selection?: Selection;
  /**
   * When pairs that are only potentiated are written anew; absent: every 100 vectors where one side is above 0.75 and the other above 0.25 of
   * the span; null: never.
   */
  readonly refresh?: Refresh | null;
  /** Receives what happens; null where it is not counted. */
  readonly ledger: Ledger | null;
}

/** Every 100 examples, as assumed for the network of Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y. */
export const usualRefresh: Refresh = { interval: 100, ...usualRefreshShares };
