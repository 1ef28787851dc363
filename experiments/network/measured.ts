import type { TileLayer } from "../../circuits/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import type { ChipShare } from "./chip-task.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Network } from "./partition.ts";
import type { Profile } from "./profile.ts";
import type { CheckResult } from "./self-check.ts";

/** Everything an evaluation measured, before it is summed up. */
export interface Measured {
  readonly network: Network;
  readonly profile: Profile;
  readonly layers: readonly TileLayer[];
  readonly calibration: readonly LayerCalibration[];
  readonly check: CheckResult;
  readonly images: number;
  /** s since the first reading, ascending. */
  readonly times: readonly number[];
  /** Settings of compensation, in order. */
  readonly compensation: readonly boolean[];
  /** s that slow noise is held for. */
  readonly window: number;
  /** All shares of every chip that finished. */
  readonly shares: readonly ChipShare[];
  readonly causes: Pick<Evaluation, "causes" | "causesByLayer">;
}
