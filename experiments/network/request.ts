import type { Cause, Fidelity } from "../../circuits/index.ts";
import type { NoiseSplit } from "../../devices/index.ts";
import type { Precision } from "../gpu-comparison/index.ts";
import type { Saves } from "./chip-task.ts";

/** What a user asks of an evaluation, checked and in SI. */
export interface EvaluateRequest {
  /** Where images come from, as the user named it: for error messages. */
  readonly data: string;
  /** s since the first reading. */
  readonly times: readonly number[];
  readonly chips: number;
  readonly seed: number;
  readonly compensation: "none" | "global" | "both";
  readonly readNoise: NoiseSplit["mode"];
  readonly fidelity: Fidelity;
  /** s that `process` calls the run; null: images x latency of one. */
  readonly readWindow: number | null;
  readonly without: ReadonlySet<Cause>;
  /** Whether each cause is run alone and removed. */
  readonly causes: boolean;
  /** Numbers k of classes for which the share of images with the label among the first k is told. */
  readonly top: readonly number[];
  readonly gpus: readonly string[];
  readonly batches: readonly (number | "best")[];
  readonly precision: Precision;
  /** Inferences that programming is spread over. */
  readonly inferences: number;
  /** Arrays to be kept for files; absent: none. */
  readonly saves?: Saves;
}
