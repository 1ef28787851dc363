import type { Engine } from "../../src/ground/kernels/index.ts";
import type { BulkState } from "../population/index.ts";
import { type Curve, curveAt } from "./curve.ts";

/** Power-law drift that begins at an age: G max(1, age / onset)^-nu, nu = its factor times the curve at G / range. */
export interface LateDrift {
  /** s. */
  readonly onset: number;
  /** Without its polynomial. */
  readonly curve: Curve;
  /** S. */
  readonly range: number;
  /** Whether devices have factors on nu of their own. */
  readonly differs: boolean;
}

/** S. @param conductance  at the onset, S @param age  s @param factor  the device's own on nu */
export function lateDrifted(drift: LateDrift, conductance: number, age: number, factor: number): number {
  if (age <= drift.onset) return conductance;
  const nu = factor * curveAt(drift.curve, conductance / drift.range);
  return conductance * (age / drift.onset) ** -nu;
}

/**
 * Conductances of many cells now; kernel and twin agree within 2e-6 relative.
 *
 * @param state  x: conductance at the onset, S, float32, any, age, s, float64; traits: any, factors; [cells]
 * @param behind  s that ages are behind
 * @param selected  of the engine's memory; absent: all
 * @param out  of the engine's memory, S, [selected] or [cells]
 * @param older  s that these cells' ages grow by afterwards
 */
export function lateDriftedConductances(
  engine: Engine,
  drift: LateDrift,
  { x, traits }: BulkState,
  behind: number,
  selected: Uint32Array | undefined,
  out: Float32Array,
  older: number,
): void {
  const [conductance, age, factor] = [x[0]!, x[2]!, traits[1]!];
  const { kernels, memory } = engine;
  if (!kernels) {
    for (let k = 0; k < out.length; k++) {
      const i = selected ? selected[k]! : k;
      out[k] = lateDrifted(drift, conductance[i]!, age[i]! + behind, factor[i]!);
      if (older > 0) age[i]! += older;
    }
    return;
  }
  const mark = memory.mark();
  const { curve, range, onset } = drift;
  const numbers = memory.float32(5);
  numbers.set([curve.slope * Math.LN2, curve.intercept, curve.low, curve.high, 1 / range]);
  kernels.driftedConductances(
    memory.address(numbers),
    memory.address(conductance),
    memory.address(age),
    drift.differs ? memory.address(factor) : 0,
    behind,
    1 / onset,
    older,
    selected ? memory.address(selected) : 0,
    memory.address(out),
    out.length,
  );
  memory.release(mark);
}
