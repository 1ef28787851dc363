import type { Cause } from "../../circuits/index.ts";
import type { HowKnown } from "../../src/ground/known.ts";
import type { AnchorTable, GpuResult } from "../gpu-comparison/index.ts";

export type GpuComparison = GpuResult;

import type { LayerHistograms } from "./chip-histograms.ts";

/** Mean over chips with its 95 % interval (Student's t) and the chip-to-chip standard deviation. */
export interface Summary {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly standardDeviation: number | null;
  readonly chips: readonly number[];
}

/** An accuracy, and how far it would move with what was drawn. */
export interface Spread extends Summary {
  /** Standard deviations: of one chip's accuracy from chip to chip; of the mean from test set to test set of this size. */
  readonly from: { readonly chip: number | null; readonly testSet: number | null };
}

/** Accuracy lost or regained, chip by chip on the same draws. */
export type Difference = Summary;

export interface CauseResult {
  readonly time: number;
  readonly compensated: boolean;
  readonly cause: Cause;
  /** Accuracy with every cause off, less that with this one alone. */
  readonly alone: Difference;
  /** Accuracy without this cause, less that with all. */
  readonly removed: Difference;
}

export interface LayerCauseResult {
  readonly time: number;
  readonly compensated: boolean;
  readonly layer: string;
  /** Accuracy with this layer exact, less that with all as they are. */
  readonly removed: Difference;
}

export interface LayerSummary {
  readonly name: string;
  readonly operator: string;
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
  readonly tiles: number;
  /** dB, of the products at the first reading against exact ones, uncompensated, mean over chips. */
  readonly signalToNoise: number | null;
  /** Root mean square error over root mean square of the exact products. */
  readonly relativeError: number | null;
  /** Share of output conversions that clipped. */
  readonly clipped: number;
  readonly inputRange: number | null;
  readonly outputRanges: readonly number[];
}

export interface TimeResult {
  /** s since the first reading. */
  readonly time: number;
  /** s since programming: time + the model's first reading. */
  readonly sinceProgramming: number;
  readonly compensated: boolean;
  readonly accuracy: Spread;
  /** Share of images whose label is among the k classes of largest score. */
  readonly topAccuracy: readonly (Summary & { readonly k: number })[];
  /** Of a score from the float network's, in squares of the score's own unit. */
  readonly meanSquaredError: Summary;
  /** Of (weight at that time - weight), in units of the largest weight that its range spans; mean over layers and chips. */
  readonly weightError: { readonly mean: number; readonly standardDeviation: number };
  /** What each layer's products are multiplied with, over chips; null where not compensated. */
  readonly factors:
    | readonly { readonly layer: string; readonly mean: number; readonly standardDeviation: number | null }[]
    | null;
  /** True where the time lies outside what the parameter set's source covers. */
  readonly beyondSource: boolean;
}

export interface EnergySummary {
  readonly perInference: number;
  readonly byComponent: Readonly<Record<string, number>>;
  readonly byLayer: Readonly<Record<string, number>>;
  /** J a chip. */
  readonly programming: number;
  /** What it is made of where cells were pulsed and verified; means over chips, counts of the whole chip. */
  readonly writeVerify: WriteVerifySummary | null;
  readonly inferences: number;
  readonly boundary: Boundary;
}

export interface WriteVerifySummary {
  readonly pulses: number;
  readonly reads: number;
  /** J: V I over the pulses, over the verify reads, and the conversions of these. */
  readonly pulseEnergy: number;
  readonly readEnergy: number;
  readonly conversionEnergy: number;
  /** s, the cells of a tile one after another, tiles at once. */
  readonly seconds: number;
  /** Share of cells whose last read was not within the tolerance. */
  readonly missed: number;
}

export interface Boundary {
  readonly text: string;
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

export interface Assumption {
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

/** What `evaluate` writes, below the common head (crossohm, command, arguments, seed, kernels, warnings). */
export interface Evaluation {
  readonly network: {
    readonly file: string;
    readonly checksum: string;
    readonly layers: readonly LayerSummary[];
    readonly parameters: number;
    /** Operators that stayed digital, with how many of each. */
    readonly digitalOperators: Readonly<Record<string, number>>;
    /** Multiply-accumulates of one inference. */
    readonly macs: { readonly analog: number; readonly digital: number };
  };
  /** Where they came from a file: in place of what programming leaves, or those of each time; numbers of its chips. */
  readonly conductances?: {
    readonly file: string;
    readonly kind: "programmed" | "at";
    readonly chips: readonly number[];
  };
  readonly images: number;
  readonly floatAccuracy: number;
  /** Standard error of the float accuracy: another test set of this size would move it so far. */
  readonly floatAccuracyError: number | null;
  readonly floatTopAccuracy: readonly { readonly k: number; readonly share: number }[];
  readonly selfCheck: { readonly sameClass: number; readonly images: number; readonly maximumLogitDifference: number };
  readonly results: readonly TimeResult[];
  /** Where they were asked for. */
  readonly causes?: readonly CauseResult[];
  /** Where they were asked for: of the layers of least signal to noise, the worst first. */
  readonly causesByLayer?: readonly LayerCauseResult[];
  /** Of the first chip. */
  readonly histograms: readonly ({ readonly layer: string } & LayerHistograms)[];
  readonly energy: EnergySummary;
  readonly latency: {
    readonly perInference: number;
    readonly byComponent: Readonly<Record<string, number>>;
    readonly byLayer: Readonly<Record<string, number>>;
  };
  readonly devices: number;
  readonly tiles: number;
  readonly gpus: readonly GpuComparison[];
  /** How far the GPU model is from public logs, as typical factors. */
  readonly gpuModel: AnchorTable["error"];
  readonly readNoise: {
    readonly mode: string;
    readonly window: number;
    readonly heldShare: readonly { readonly time: number; readonly share: number | null }[];
  };
  readonly assumptions: readonly Assumption[];
  readonly clipping: readonly { readonly layer: string; readonly inputs: number; readonly outputs: number }[];
  readonly runtime: {
    readonly seconds: number;
    readonly perImage: number;
    readonly threads: number;
    readonly peakMemory: number;
  };
  /** The chips that finished; fewer than asked for where the run was interrupted. */
  readonly finishedChips: number;
}
