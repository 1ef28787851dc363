export type { LineActivity, UpdateRule } from "./update-rule.ts";
