export { coincidences } from "./coincidences.ts";
export { type SymmetryPoint, symmetryPoint } from "./symmetry-point.ts";
export type { LineActivity, UpdateRule } from "./update-rule.ts";
