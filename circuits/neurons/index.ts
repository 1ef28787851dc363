export { decayFactor, type PerNeuron } from "./constants.ts";
export {
  IntegrateAndFire,
  type IntegrateAndFireSpec,
  type LateralInhibition,
  type Remnant,
  type ThresholdNoise,
} from "./integrate-and-fire.ts";
export { greatest, hardWinners, softWinners } from "./winner-take-all.ts";
