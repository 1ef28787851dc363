export { fillNormalOfCells, normalsOfCell } from "./cell-normals.ts";
export { at, type Draw, drawOf } from "./draw.ts";
export { fillNormal, fillNormalPlain, fillWords, fillWordsPlain, samplesPerBlock, wordsOfEvent } from "./normal.ts";
export { philox4x32, type Words } from "./philox.ts";
