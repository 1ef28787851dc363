export { type Band, bandsBetween, varianceWithin } from "./bands.ts";
export { Flicker, numbersPerBand } from "./flicker.ts";
export { floorVariance } from "./floor.ts";
export { type ReadNoiseLaw, readNoiseLaw } from "./law.ts";
export { type NoiseState, noiseState, type ReadConditions, ReadNoise } from "./read-noise.ts";
