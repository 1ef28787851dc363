export { deviceModel, deviceModels } from "./catalogue.ts";
export type {
  Cells,
  DeviceModel,
  DeviceSwitches,
  NoiseSplit,
  Operation,
  PreparedDevice,
  Pulse,
  PulseTrains,
  Stimulus,
  TrainWork,
  WriteVerifyScheme,
} from "./device.ts";
export { longestOf } from "./device.ts";
export { shippedParameterSet } from "./parameter-sets.ts";
export { clampedMoments } from "./read-noise.ts";
export { numberAt, wordAt } from "./values.ts";
export {
  addProgramming,
  type ProgrammingWork,
  programmedAtOnce,
  writeVerify,
} from "./write-verify.ts";
