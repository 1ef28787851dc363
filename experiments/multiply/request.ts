import type { Cause, Fidelity } from "../../circuits/index.ts";
import type { NoiseSplit } from "../../devices/index.ts";

/** What a user asks of one array, checked and in SI. */
export interface MultiplyRequest {
  /** Where the matrices come from, as the user named them: for error messages. */
  readonly weights: string;
  readonly inputs: string;
  /** The |weight| that asks for the target range; null: the largest one of what the scale spans. */
  readonly weightRange: number | null;
  /** Full scale of the input converter, in the unit of the inputs; null: 1. */
  readonly inputRange: number | null;
  /**
   * Full scale of the output converters, in the unit of the outputs of the columns with the largest weights; null: by the
   * chip's rule from the inputs given.
   */
  readonly outputRange: number | null;
  readonly repeats: number;
  readonly chips: number;
  readonly seed: number;
  /** s since the first reading. */
  readonly times: readonly number[];
  readonly fidelity: Fidelity;
  readonly readNoise: NoiseSplit["mode"];
  /** s that `process` calls the run; null: vectors x repeats x latency of one. */
  readonly readWindow: number | null;
  readonly without: ReadonlySet<Cause>;
  /** Whether conductances go into the result. */
  readonly conductances: boolean;
}
