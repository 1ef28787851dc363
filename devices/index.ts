export { deviceModel, deviceModels } from "./catalogue.ts";
export type { Cells, DeviceModel, DeviceSwitches, NoiseSplit, PreparedDevice, Stimulus } from "./device.ts";
export { numberAt, numbersAt, wordAt } from "./values.ts";
