// The library's public names. What is not here may change without notice.

export {
  Arbitration,
  type ArbitrationSpec,
  type Cause,
  type Chip,
  type ChipRequest,
  chipPresets,
  coverageWarnings,
  decayFactor,
  denseCoverage,
  deviceNoise,
  escapeNoise,
  type Fidelity,
  gaussianNoise,
  hardWinners,
  IntegrateAndFire,
  type IntegrateAndFireSpec,
  Ledger,
  LocalRule,
  layerSignals,
  localRules,
  nodeVoltages,
  type Override,
  PlasticSynapses,
  printChip,
  readChip,
  readOverride,
  SpikingLayer,
  SynapseArray,
  softWinners,
  ThreeFactorDevices,
  TileLayer,
} from "../../circuits/index.ts";
export { conductanceSteps, inParallel, pulseBalance, symmetryPoint } from "../../crossbar/index.ts";
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
export {
  type Claim,
  listPapers,
  type Paper,
  type PaperRun,
  paperNamed,
  runPaper,
} from "../../experiments/papers/index.ts";
export {
  exerciseSynapses,
  type SynapseExercise,
  type SynapseRequest,
  synapseBytes,
} from "../../experiments/synapses/index.ts";
export {
  DeviceTraining,
  type DeviceTrainingRequest,
  openNetwork,
  type TrainingResult,
  type TrainingSource,
  trainingBytes,
} from "../../experiments/training/index.ts";
export { at, type Draw, drawOf } from "../ground/draws/index.ts";
export { InputError, InterruptedError, NotReachedError } from "../ground/errors.ts";
export type { Pool } from "../ground/jobs/pool.ts";
export { type Engine, openEngine } from "../ground/kernels/index.ts";
export { formatQuantity, parseQuantity } from "../ground/quantities/index.ts";
