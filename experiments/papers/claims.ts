import type { Claim } from "./paper.ts";

type Bounds = Pick<Claim, "id" | "text" | "unit" | "low" | "high" | "howKnown">;

/** A claim with what came out: held where that lies in the band, ends included. */
export function judged(bounds: Bounds, value: number, reason?: string): Claim {
  const { low, high } = bounds;
  const held = value >= (low ?? -Infinity) && value <= (high ?? Infinity);
  return { ...bounds, value, held, ...(reason === undefined ? {} : { reason }) };
}

/** A claim that was not looked at, and why. */
export function notRun(bounds: Bounds, reason: string): Claim {
  return { ...bounds, value: null, held: null, reason };
}
