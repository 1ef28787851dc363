export { type Engine, type EngineName, openEngine } from "./engine.ts";
export type { KernelExports } from "./exports.ts";
export { KernelMemory } from "./memory.ts";
export { roundHalfEven } from "./rounding.ts";
