export { CrossbarArray, type HeldConductances } from "./array.ts";
export {
  type PairSharing,
  pairSpan,
  pairTargets,
  type ScaleSpan,
  targetDifferences,
  tileSpans,
  weightScales,
} from "./mapping.ts";
export { devicesOf, inParallel, type ParallelCells } from "./parallel-cells.ts";
export * from "./plasticity/index.ts";
export {
  codePlace,
  largestInputCode,
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedCodes,
  newPackedVariances,
  newPackedWeights,
  newProducts,
  type PackedCodes,
  type PackedWeights,
  type Products,
  packDifferences,
  packVariances,
  padded,
  panelColumns,
  panelVectors,
} from "./product.ts";
export {
  boundSkewness,
  type FreshCells,
  resampleSkewed,
  type SkewnessCheck,
  sumColumns,
} from "./read-noise-output.ts";
export { sampleColumnSums } from "./sampled.ts";
