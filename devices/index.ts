export { deviceModel, deviceModels } from "./catalogue.ts";
export type { Cells, DeviceModel, DeviceSwitches, NoiseSplit, PreparedDevice, Stimulus } from "./device.ts";
export { clampedMoments } from "./read-noise.ts";
export { numberAt, wordAt } from "./values.ts";
