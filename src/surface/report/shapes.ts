import type { Evaluation } from "../../../experiments/network/evaluation.ts";

export type {
  Assumption,
  Boundary,
  EnergySummary,
  GpuComparison,
  LayerSummary,
  TimeResult,
} from "../../../experiments/network/evaluation.ts";

/** What every JSON starts with. */
export interface Head {
  /** Version. */
  readonly crossohm: string;
  readonly command: string;
  /** The words after the command, as they were given. */
  readonly arguments: readonly string[];
  readonly seed: number;
  /** Which build and engine ran. */
  readonly kernels: string | Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** What `evaluate` writes. */
export type EvaluationOutput = Head &
  Evaluation & { readonly chip?: { readonly name: string; readonly title: string } };

/** What `multiply` writes, as far as it is drawn. */
export interface MultiplyOutput extends Head {
  /** Exact products, [vector][output]. */
  readonly ideal: readonly (readonly number[])[];
  readonly results: readonly {
    readonly chip: number;
    /** s since the first reading. */
    readonly time: number;
    /** [repeat][vector][output]. */
    readonly outputs: readonly (readonly (readonly number[])[])[];
  }[];
  /** Per vector, J. */
  readonly energy: { readonly perVector?: number; readonly byComponent: Readonly<Record<string, number>> };
  /** Per vector, s. */
  readonly latency: number | { readonly byComponent: Readonly<Record<string, number>> };
}
