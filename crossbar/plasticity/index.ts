export { coincidences } from "./coincidences.ts";
export type { LineActivity, UpdateRule } from "./update-rule.ts";
