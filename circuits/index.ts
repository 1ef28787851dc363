export type { Chip } from "./chip.ts";
export * from "./energy/index.ts";
export { type LayerRanges, TileLayer } from "./layer.ts";
export { addProductError, conductancesOf, outputRanges, weightError } from "./layer-figures.ts";
export type { LayerOptions, LayerWeights } from "./placed-tile.ts";
export { CalibrationSample, fullScale } from "./ranges.ts";
export { fidelities, type Fidelity, vectorsPerRead } from "./tile.ts";
export { type Cause, causes, tileSpec, type TileSpec } from "./tile-spec.ts";
