export { ThreeFactorDevices } from "./in-device.ts";
export {
  type Locality,
  type LocalRuleKind,
  type Parameter,
  type RuleSetting,
  type Seen,
  type Signal,
  signals,
} from "./local-rule.ts";
export { LocalRule, localRuleKind, localRules, type RuleNetwork } from "./local-rules.ts";
export { measureWindow, type WindowPoint, type WindowSynapses } from "./measure-window.ts";
export { PlasticSynapses, type PulseRounding } from "./plastic-synapses.ts";
export type { RequestedChanges } from "./requested-changes.ts";
export { RewardPrediction } from "./reward-prediction.ts";
export { layerSignals, type ReadSynapses, SpikingLayer, type SpikingLayerSpec } from "./spiking-layer.ts";
export { ternary } from "./ternary.ts";
export { type StdpSide, stepsOfPulse, ThresholdedStdp, type ThresholdedStdpSpec } from "./thresholded-stdp.ts";
export { type Moment, type RuleWindow, ruleWindows } from "./windows.ts";
