// The library's public names. What is not here may change without notice.

export {
  type Cause,
  type Chip,
  type ChipRequest,
  chipPresets,
  type Fidelity,
  Ledger,
  type Override,
  printChip,
  readChip,
  readOverride,
  TileLayer,
} from "../../circuits/index.ts";
export {
  type Cells,
  type DeviceModel,
  deviceModel,
  deviceModels,
  type NoiseSplit,
  type PreparedDevice,
  type Stimulus,
} from "../../devices/index.ts";
export {
  type Characterisation,
  characterisationBytes,
  characterise,
  columnsOf,
  type DeviceRequest,
  listModels,
  readDevice,
} from "../../experiments/characterisation/index.ts";
export { gpuNames } from "../../experiments/gpu-comparison/index.ts";
export {
  type Matrix,
  type Multiplication,
  type MultiplyRequest,
  multiply,
  multiplyBytes,
} from "../../experiments/multiply/index.ts";
export {
  type EvaluateRequest,
  type EvaluateSupplies,
  type Evaluation,
  evaluate,
  type ImageData,
  networkTasks,
} from "../../experiments/network/index.ts";
export { at, type Draw, drawOf } from "../ground/draws/index.ts";
export { InputError, InterruptedError, NotReachedError } from "../ground/errors.ts";
export type { Pool } from "../ground/jobs/pool.ts";
export { type Engine, openEngine } from "../ground/kernels/index.ts";
export { formatQuantity, parseQuantity } from "../ground/quantities/index.ts";
