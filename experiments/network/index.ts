export type { Saves } from "./chip-task.ts";
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
export type { ImageData } from "./images.ts";
export type { ConductanceFile } from "./loaded-conductances.ts";
export type { Ort } from "./ort.ts";
export { engineBytes, layerOptions, placementOf } from "./placement.ts";
export type { EvaluateSupplies } from "./prepare.ts";
export type { EvaluateRequest } from "./request.ts";
export type { NamedArrays, SavedArrays } from "./saved-arrays.ts";
export { type NetworkSource, networkTasks, type TaskTools } from "./tasks.ts";
export { missedWarnings, writeVerifyOf } from "./write-verify-summary.ts";
