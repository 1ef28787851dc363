export { type Anchor, type AnchorTable, anchorTable, anchorWorkload, type ModelError } from "./anchors.ts";
export { boundaryWords, chipBoundary, gpuBoundary } from "./boundary.ts";
export { gpuAnchors, gpuNamed, gpuNames } from "./catalogue.ts";
export { checkFits, compareWithGpu, type GpuResult } from "./compare.ts";
export {
  bestEstimate,
  energyPerByte,
  energyPerMac,
  estimate,
  type Gpu,
  gpuOf,
  type Precision,
  precisionOf,
  precisions,
  type Workload,
} from "./model.ts";
