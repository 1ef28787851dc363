import type { Characterisation } from "../../../experiments/characterisation/index.ts";
import type { Evaluation } from "../../../experiments/network/index.ts";
import type { SynapseExercise, SynapseRequest } from "../../../experiments/synapses/index.ts";
import type { PaperDone, TrainDone } from "../cli/world.ts";
import type { Overlay } from "../overlay.ts";

export type { CauseResult, GpuComparison, LayerSummary, TimeResult } from "../../../experiments/network/index.ts";
export type Assumption = Evaluation["assumptions"][number];

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

/** What `evaluate` writes; the chip's name and title where they are given. */
export type EvaluationOutput = Head &
  Evaluation & { readonly chip?: { readonly name: string; readonly title: string } };

interface PerVector {
  readonly perVector: number;
  readonly byComponent: Readonly<Record<string, number>>;
}

/** What `multiply` writes, as far as it is drawn. */
export interface MultiplicationOutput extends Head {
  /** Exact products, [vector][output]. */
  readonly ideal: readonly (readonly number[])[];
  readonly results: readonly {
    readonly chip: number;
    /** s since the first reading. */
    readonly time: number;
    /** [repeat][vector][output]. */
    readonly outputs: readonly (readonly (readonly number[])[])[];
  }[];
  /** Root mean square of the error over that of the exact products; the best scalar taken out first. */
  readonly relativeError: readonly {
    readonly time: number;
    readonly plain: number | null;
    readonly bestScalar: number | null;
  }[];
  readonly energy: PerVector;
  readonly latency: PerVector;
  /** Shares. */
  readonly clipping: { readonly weights: number; readonly inputs: number; readonly outputs: number };
  readonly readNoise: Evaluation["readNoise"];
  readonly devices: number;
  readonly tiles: number;
}

/** What `device NAME` writes: its columns stand in the course. */
export type DeviceOutput = Head & Characterisation & { readonly overlay?: Overlay | undefined };

/** What `paper run NAME` writes. */
export type PaperOutput = Head & PaperDone;

/** What `synapse` writes. */
export type SynapseOutput = Head & { readonly request: Omit<SynapseRequest, "seed"> } & SynapseExercise;
/** What `train` writes. */
export type TrainingOutput = Head & TrainDone["result"];
