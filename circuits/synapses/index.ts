export { Arbitration, type ArbitrationPolicy, type ArbitrationSpec, nothingSelected, policies } from "./arbitration.ts";
export {
  type Coverage,
  coverageWarnings,
  denseCoverage,
  greatestCommonDivisor,
  type RequestedSigns,
  scanCoverage,
  sparseCoverage,
  sparseWarnings,
} from "./coverage.ts";
export { type LeftOut, leftOut } from "./left-out.ts";
export { type RefreshSpec, type RefreshWork, refreshPairs, usualRefreshShares } from "./refresh.ts";
export {
  type AppliedPulse,
  type Arrangement,
  arrangements,
  type GivenPulses,
  SynapseArray,
  type UpdateWork,
} from "./synapse-array.ts";
