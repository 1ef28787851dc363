export { LearningLayer, type LearningLayerOptions, type WearSummary } from "./layer.ts";
export type { RuleOfTile } from "./learning-tile.ts";
export type { LearningProduct } from "./product.ts";
export { PulseTrace, pulseTraceHeader } from "./pulse-trace.ts";
