import type { ChipShare } from "./chip-task.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Prepared } from "./prepare.ts";
import type { CheckResult } from "./self-check.ts";

/** Everything an evaluation measured, before it is summed up. */
export interface Measured
  extends Pick<Prepared, "network" | "profile" | "layers" | "calibration" | "times" | "compensation" | "window"> {
  readonly check: CheckResult;
  readonly images: number;
  /** All shares of every chip that finished. */
  readonly shares: readonly ChipShare[];
  readonly causes: Pick<Evaluation, "causes" | "causesByLayer">;
}
