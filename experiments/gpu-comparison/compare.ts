import type { Costs } from "../../circuits/energy/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { Boundary, GpuComparison } from "../network/evaluation.ts";
import { type Anchor, anchorsOf } from "./anchors.ts";
import { gpuBoundary } from "./boundary.ts";
import { bestEstimate, estimate, fits, type Gpu, type Precision, type Workload } from "./model.ts";

/** A comparison with what a reader needs to judge it. */
export interface GpuResult extends GpuComparison {
  /** Seconds of public logs beside the model's. */
  readonly latencyAnchors: readonly Anchor[];
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

/** The same inference on a graphics processor, in printed terms, with its ratio to the chip. */
export function compareWithGpu(gpu: Gpu, anchors: KnownTree, request: ComparisonRequest): GpuResult {
  const { workload, precision, batch, chipEnergy, costs } = request;
  const needed = batch === "best" ? 1 : batch;
  if (!fits(gpu, workload, precision, needed)) {
    const found = `a batch of ${needed} in ${precision} does not fit ${gpu.memory / 1e9} GB`;
    throw inputError({ file: gpu.name, place: "memory", found, expected: "a smaller batch or another processor" });
  }
  const result = batch === "best" ? bestEstimate(gpu, workload, precision) : estimate(gpu, workload, precision, batch);
  const { energy, latency } = anchorsOf(gpu, anchors);
  return {
    name: gpu.name,
    title: gpu.title,
    batch: result.batch,
    precision,
    energyPerInference: result.energyPerInference,
    terms: result.terms,
    latency: result.latency,
    utilisation: result.utilisation,
    anchors: energy,
    ratio: result.energyPerInference / chipEnergy,
    latencyAnchors: latency,
    boundary: gpuBoundary(gpu, costs),
  };
}
