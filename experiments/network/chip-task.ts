import type { LayerConductances, LedgerEntry } from "../../circuits/index.ts";
import type { ProgrammingWork } from "../../devices/index.ts";
import type { Moments } from "../../src/ground/statistics/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import type { LayerHistograms } from "./chip-histograms.ts";
import type { ImageData } from "./images.ts";
import type { LoadedConductances } from "./loaded-conductances.ts";
import type { Placement } from "./placement.ts";

/** What an evaluation keeps of its chips beside its figures. */
export interface Saves {
  readonly conductances: boolean;
  readonly outputs: boolean;
}

/** One chip on a share of the images, as plain data. */
export interface ChipTask {
  readonly placement: Placement;
  readonly calibration: readonly LayerCalibration[];
  readonly images: ImageData;
  readonly seed: number;
  readonly chip: number;
  readonly firstImage: number;
  readonly endImage: number;
  readonly batchSize: number;
  /** s since the first reading, ascending. */
  readonly times: readonly number[];
  /** Settings of compensation to run, in order: false, true, or both. */
  readonly compensation: readonly boolean[];
  /** s that a run lasts, for the split of slow and fast noise. */
  readonly window: number;
  /** What the float network gives all images, [image][class]. */
  readonly floatScores: Float32Array;
  /** Whether histograms are counted. */
  readonly histograms: boolean;
  /** In place of what programming leaves; null: the chip's own. */
  readonly loaded: LoadedConductances | null;
  readonly saves: Saves;
}

/** What one chip did on its share of the images. */
export interface ChipShare {
  readonly chip: number;
  readonly firstImage: number;
  readonly images: number;
  /** Classes that stand before the label's, [time][compensation setting][image]. */
  readonly ranks: readonly (readonly Uint32Array[])[];
  /**
   * Sums over images and classes of squared differences from the float network's scores, [time][compensation setting][batch]:
   * added up in the order of batches, they do not depend on how images were shared out.
   */
  readonly squaredError: readonly (readonly (readonly number[])[])[];
  /** Of (conductance difference - target) / target range, [time][compensation setting]; counted by the share with the first image. */
  readonly weightError: readonly (readonly Moments[])[];
  readonly heldShare: readonly (number | null)[];
  /** What programming the chip took by pulses; null where its device has published statistics. */
  readonly programming: ProgrammingWork | null;
  /** Compensation factors, [time][layer]; none where nothing is compensated. */
  readonly factors: readonly (readonly number[])[];
  /** Inference at the first time and setting, all images of the share. */
  readonly inference: readonly LedgerEntry[];
  /** One round of compensation reads. */
  readonly compensation: readonly LedgerEntry[];
  /** Per layer at the first time and setting. */
  readonly layers: readonly LayerCounts[];
  /** Of the first batch, per layer; null where they are not asked for. */
  readonly histograms: readonly LayerHistograms[] | null;
  /** S, by layer; from the share with the first image, where they are saved. */
  readonly conductances: {
    readonly programmed: readonly LayerConductances[] | null;
    /** [time][layer]. */
    readonly at: readonly (readonly LayerConductances[])[];
  } | null;
  /** [time][compensation setting] of [image][class], where they are saved. */
  readonly scores: readonly (readonly Float32Array[])[] | null;
}

export interface LayerCounts {
  /** Sums of squares over the first batch: exact products of the layer's inputs, and the tile's error. */
  readonly signal: number;
  readonly error: number;
  readonly inputs: { readonly clipped: number; readonly count: number };
  readonly outputs: { readonly clipped: number; readonly count: number };
}

export interface RunWatch {
  /** Awaited after every batch, so that a thread that also serves its user can breathe. */
  progress(images: number): void | Promise<void>;
  readonly signal: AbortSignal;
}
