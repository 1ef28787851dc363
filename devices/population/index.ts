export { type ContinuousDeviceLaw, type ContinuousLaw, continuousLaw, limitedVoltage } from "./continuous.ts";
export type {
  BulkLaw,
  BulkState,
  BulkTrained,
  BulkTrains,
  DeviceLaw,
  Numbers,
  PulseRandomness,
  Stretch,
  Surroundings,
  Trait,
  Variable,
} from "./law.ts";
export { type PopulationModel, preparePopulation } from "./prepare.ts";
export { type PulsedLaw, pulsedLaw } from "./pulsed.ts";
export { gaussIntegral, gradedIntegral } from "./quadrature.ts";
export { rootBetween } from "./root.ts";
export { cornerTimes, partOf, underCompliance } from "./stretches.ts";
export { workBetween } from "./work.ts";
