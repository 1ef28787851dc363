import type { Costs } from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import type { Anchor, AnchorTable } from "./anchors.ts";
import { type Boundary, gpuBoundary } from "./boundary.ts";
import { bestEstimate, estimate, fits, type Gpu, type GpuEstimate, type Precision, type Workload } from "./model.ts";

/** A comparison with what a reader needs to judge it. */
export interface GpuResult extends GpuEstimate {
  readonly name: string;
  readonly title: string;
  readonly precision: Precision;
  /** J per image of public logs beside the model's. */
  readonly anchors: readonly Anchor[];
  /** The same in s per image. */
  readonly latencyAnchors: readonly Anchor[];
  /** GPU over chip, programming amortised. */
  readonly ratio: number;
  readonly boundary: Boundary;
}

export interface ComparisonRequest {
  readonly workload: Workload;
  readonly precision: Precision;
  /** Inferences at once, or "best": the batch of least energy per inference. */
  readonly batch: number | "best";
  /** J per inference of the chip: inference and programming / inferences. */
  readonly chipEnergy: number;
  readonly costs: Costs;
}

/** Refuses a batch that the processor's memory cannot hold. */
export function checkFits(gpu: Gpu, workload: Workload, precision: Precision, batch: number | "best"): void {
  const needed = batch === "best" ? 1 : batch;
  if (fits(gpu, workload, precision, needed)) return;
  const found = `a batch of ${needed} in ${precision} does not fit ${gpu.memory / 1e9} GB`;
  throw inputError({ file: gpu.name, place: "memory", found, expected: "a smaller batch or another processor" });
}

/** The same inference on a graphics processor, in printed terms, with its ratio to the chip. */
export function compareWithGpu(gpu: Gpu, anchors: AnchorTable, request: ComparisonRequest): GpuResult {
  const { workload, precision, batch, chipEnergy, costs } = request;
  checkFits(gpu, workload, precision, batch);
  const result = batch === "best" ? bestEstimate(gpu, workload, precision) : estimate(gpu, workload, precision, batch);
  return {
    name: gpu.name,
    title: gpu.title,
    precision,
    ...result,
    anchors: anchors.energy.get(gpu.name) ?? [],
    ratio: result.energyPerInference / chipEnergy,
    latencyAnchors: anchors.latency.get(gpu.name) ?? [],
    boundary: gpuBoundary(gpu, costs),
  };
}
