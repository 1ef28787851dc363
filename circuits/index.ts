export type { Chip } from "./chip.ts";
export { chipPresets, presetTitle } from "./chip-file.ts";
export * from "./energy/index.ts";
export { withExactProducts } from "./exact-product.ts";
export { type ConverterCounters, converterCounters, type Histogram } from "./histograms.ts";
export { type LayerRanges, TileLayer } from "./layer.ts";
export { conductancesOf, type LayerConductances, replaceConductances, targetsOf } from "./layer-conductances.ts";
export { addProductError, outputRanges, outputRangesFor, weightErrors, weightHistograms } from "./layer-figures.ts";
export * from "./learning/index.ts";
export { type Fidelity, fidelities, vectorsPerRead } from "./line-product.ts";
export * from "./neurons/index.ts";
export {
  isNoChange,
  leafMeant,
  type Override,
  readOverride,
  valueOfText,
  withSetValue,
} from "./overrides.ts";
export type { LayerOptions, LayerWeights } from "./placed-tile.ts";
export * from "./plasticity/index.ts";
export { chipTree, printChip } from "./print-chip.ts";
export { programLayers } from "./program-layers.ts";
export { largestMagnitude } from "./ranges.ts";
export { type ChipRequest, readChip } from "./read-chip.ts";
export { type Source, sourceOf, sourcesNamed, sourcesOf, sourceText } from "./sources.ts";
export * from "./synapses/index.ts";
export { type Cause, causes, type TileSpec, tileSpec, turnsVoltage } from "./tile-spec.ts";
export { type Open, ownParameterSet, parameterSet, type ValueFile } from "./value-files.ts";
export { readVectors, type VectorSource, type Vectors } from "./vectors.ts";
