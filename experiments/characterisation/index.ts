export { characterisationBytes } from "./capabilities.ts";
export { type ListedModel, listModels } from "./catalogue.ts";
export { type Characterisation, characterise, type Parameter } from "./characterise.ts";
export { type Column, type Course, columnsOf } from "./course.ts";
export { type Passage, passagesOf } from "./passages.ts";
export { type DeedStep, deedsOf, type Protocol, resolved, rowsOf, type Step } from "./protocol.ts";
export { type DeviceRequest, type DeviceUnderTest, readDevice } from "./read-device.ts";
export { type ReadSpectrum, readSpectrum } from "./read-spectrum.ts";
export { type Spread, spreadAt } from "./summary.ts";
