export { anchorsOf, anchorWorkload } from "./anchors.ts";
export { boundaryWords, chipBoundary, gpuBoundary } from "./boundary.ts";
export { gpuAnchors, gpuNamed, gpuNames } from "./catalogue.ts";
export { compareWithGpu } from "./compare.ts";
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
