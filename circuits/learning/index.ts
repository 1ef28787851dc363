export { LearningLayer } from "./layer.ts";
export type { LearningLayerOptions } from "./layer-options.ts";
export { type LearningRule, learningProduct, learningRules } from "./learning-rules.ts";
export type { RuleOfTile } from "./learning-tile.ts";
export { type LearningProduct, waitForSlowest } from "./product.ts";
export { PulseTrace } from "./pulse-trace.ts";
export type { Refresh } from "./refresh.ts";
export type { WearSummary } from "./wear.ts";
