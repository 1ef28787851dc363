export { coincidences } from "./coincidences.ts";
export {
  type Disturbances,
  disturbedShare,
  halfSelected,
  halfSelectedSum,
  type LineConductances,
  lineConductances,
  type Selection,
  selections,
} from "./half-selected.ts";
export {
  type LineActivity,
  type LinePulses,
  lineDrives,
  newLineActivity,
  updateSeconds,
} from "./line-activity.ts";
export { type OverDevices, type PulseBalance, pulseBalance } from "./pulse-balance.ts";
export { type ConductanceSteps, conductanceSteps, pulseMoves, withReachedTargets } from "./pulse-step.ts";
export { type SymmetryPoint, symmetryPoint } from "./symmetry-point.ts";
export type { PulseSteps, UpdateRule } from "./update-rule.ts";
export {
  type RuleOption,
  type RuleOptions,
  ruleOptions,
  type UpdateRuleKind,
  type UpdateSetting,
  updateRule,
  updateRules,
} from "./update-rules.ts";
