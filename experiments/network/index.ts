export { checkImages } from "./check-images.ts";
export type { Saves } from "./chip-task.ts";
export type { PlacedProduct } from "./cut-graph.ts";
export { type EvaluateResult, evaluate } from "./evaluate.ts";
export type {
  CauseResult,
  Evaluation,
  GpuComparison,
  LayerSummary,
  Spread,
  TimeResult,
  WriteVerifySummary,
} from "./evaluation.ts";
export { isOperator, operatorName } from "./graph.ts";
export { classesOf, type ImageData, imageBatch, imageCount } from "./images.ts";
export type { ConductanceFile } from "./loaded-conductances.ts";
export type { Ort } from "./ort.ts";
export { type Network, readNetwork } from "./partition.ts";
export { engineBytes, layerOptions, placementOf } from "./placement.ts";
export type { EvaluateSupplies } from "./prepare.ts";
export { nodePlace } from "./refusals.ts";
export type { EvaluateRequest } from "./request.ts";
export type { NamedArrays, SavedArrays } from "./saved-arrays.ts";
export { type NetworkSource, networkTasks, type TaskTools } from "./tasks.ts";
export { missedWarnings, writeVerifyOf } from "./write-verify-summary.ts";
