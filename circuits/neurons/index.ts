export { decayFactor, type PerNeuron } from "./constants.ts";
export { type DendriticConductor, nodeVoltages } from "./dendrite.ts";
export {
  IntegrateAndFire,
  type IntegrateAndFireSpec,
  type LateralInhibition,
  type Remnant,
  type ThresholdNoise,
} from "./integrate-and-fire.ts";
export { type DeviceNoise, deviceNoise, escapeNoise, gaussianNoise } from "./threshold-noise.ts";
export { greatest, hardWinners, softWinners } from "./winner-take-all.ts";
