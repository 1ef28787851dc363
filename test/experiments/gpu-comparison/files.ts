import { anchorTable, type Gpu, gpuOf } from "../../../experiments/gpu-comparison/index.ts";
import { fileOf, valuesOf } from "../../circuits/energy/phase-change-chip.ts";

export const shipped = ["a100", "h100", "orin", "rtx3090", "v100", "xavier"] as const;

/** A graphics processor as data/gpus describes it. */
export function gpu(name: string): Gpu {
  return gpuOf(name, fileOf(`gpus/${name}`).title as string, valuesOf(`gpus/${name}`));
}

/** The model beside the logs of data/gpus. */
export const anchors = anchorTable(shipped.map(gpu), valuesOf("gpus/anchors"));
