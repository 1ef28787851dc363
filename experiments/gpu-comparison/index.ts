export { type Anchor, type Anchors, anchorsOf, anchorWorkload } from "./anchors.ts";
export { boundaryWords, chipBoundary, gpuBoundary, mismatch } from "./boundary.ts";
export { gpuAnchors, gpuNamed, gpuNames } from "./catalogue.ts";
export { type ComparisonRequest, compareWithGpu, type GpuResult } from "./compare.ts";
export {
  bestEstimate,
  energyPerByte,
  energyPerMac,
  estimate,
  type Gpu,
  type GpuEstimate,
  gpuOf,
  type Precision,
  precisionOf,
  precisions,
  type Workload,
} from "./model.ts";
