import type { KnownTree } from "../../src/ground/known.ts";
import { numberAt } from "../values.ts";

/**
 * What writing does to a device for good, and devices that never worked: as every parameter set has it under `stuck` and `wear`
 * (data/devices/common.yaml).
 */
export interface WearLaw {
  /** Shares of devices stuck from the start at the low and the high end of their state. */
  readonly stuckLow: number;
  readonly stuckHigh: number;
  /** Writes after which a share 1 - 1/e of the devices is stuck where it is; Weibull distributed. */
  readonly lifetime: number;
  readonly lifetimeShape: number;
  /** Share of the window between the limits that is lost after `windowWrites` writes; it closes from the top in proportion to their logarithm. */
  readonly windowLoss: number;
  readonly windowWrites: number;
}

export function wearLaw(values: KnownTree): WearLaw {
  return {
    stuckLow: numberAt(values, "stuck.low", 0, 1),
    stuckHigh: numberAt(values, "stuck.high", 0, 1),
    lifetime: numberAt(values, "wear.lifetime", 1),
    lifetimeShape: numberAt(values, "wear.lifetimeShape", 0.1, 100),
    windowLoss: numberAt(values, "wear.windowLoss", 0, 1),
    windowWrites: numberAt(values, "wear.windowWrites", 1),
  };
}

/** Writes that this device bears. @param uniform  its own draw, in (0, 1) */
export function lifetimeOf({ lifetime, lifetimeShape }: WearLaw, uniform: number): number {
  return lifetime === Number.POSITIVE_INFINITY ? lifetime : lifetime * (-Math.log(uniform)) ** (1 / lifetimeShape);
}

/** Share of the window that is left after so many writes. */
export function windowLeft({ windowLoss, windowWrites }: WearLaw, writes: number): number {
  return windowLoss === 0 ? 1 : Math.max(0, 1 - (windowLoss * Math.log1p(writes)) / Math.log1p(windowWrites));
}
