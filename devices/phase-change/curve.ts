import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { numberAt, numbersAt } from "../values.ts";

/** Coefficients at powers 0, 1, 2, 3. */
export type Cubic = readonly [number, number, number, number];

/**
 * How a statistic of programmed cells follows r = conductance / range, as the fits of the literature have it:
 *   r < from: clip(slope ln r + intercept, low, high), the rest a polynomial in r.
 * At r = 0 it has its limit.
 */
export interface Curve {
  readonly slope: number;
  readonly intercept: number;
  readonly low: number;
  readonly high: number;
  /** Infinity: no polynomial. */
  readonly from: number;
  readonly polynomial: Cubic;
}

/** A curve with coefficient r^-power added before it is clipped. */
export interface PowerCurve extends Curve {
  readonly coefficient: number;
  readonly power: number;
}

export function cubicAt([c0, c1, c2, c3]: Cubic, r: number): number {
  return ((c3 * r + c2) * r + c1) * r + c0;
}

/** The curve at r >= 0; never below 0 where a polynomial would be. */
export function curveAt(curve: Curve | PowerCurve, r: number): number {
  if (r >= curve.from) return Math.max(0, cubicAt(curve.polynomial, r));
  const logarithm = curve.slope === 0 ? 0 : curve.slope * Math.log(r);
  const power = "power" in curve ? curve.coefficient * (curve.power === 0 ? 1 : r ** -curve.power) : 0;
  return Math.min(curve.high, Math.max(curve.low, power + logarithm + curve.intercept));
}

/** Reads `slope, intercept, low, high` and, where they are there, `from` and `polynomial`. */
export function curveOf(values: KnownTree, path: string): Curve {
  const low = numberAt(values, `${path}.low`);
  const bent = leafAt(values, `${path}.from`) !== undefined;
  return {
    slope: numberAt(values, `${path}.slope`),
    intercept: numberAt(values, `${path}.intercept`),
    low,
    high: numberAt(values, `${path}.high`, low),
    from: bent ? numberAt(values, `${path}.from`, 0) : Number.POSITIVE_INFINITY,
    polynomial: bent ? cubicOf(values, `${path}.polynomial`) : [0, 0, 0, 0],
  };
}

/** Reads min(coefficient / r^power, maximum) where there is a `power`, else a curve as above. */
export function powerCurveOf(values: KnownTree, path: string): PowerCurve {
  if (leafAt(values, `${path}.power`) === undefined) return { ...curveOf(values, path), coefficient: 0, power: 0 };
  return {
    coefficient: numberAt(values, `${path}.coefficient`, 0),
    power: numberAt(values, `${path}.power`, 0),
    slope: 0,
    intercept: 0,
    low: 0,
    high: numberAt(values, `${path}.maximum`, 0),
    from: Number.POSITIVE_INFINITY,
    polynomial: [0, 0, 0, 0],
  };
}

/** Up to four coefficients, lowest power first. */
export function cubicOf(values: KnownTree, path: string): Cubic {
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = numbersAt(values, path, 1, 4);
  return [c0, c1, c2, c3];
}
