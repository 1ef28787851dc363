import { type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import { inputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { numbersAt } from "../values.ts";
import { type Curve, curveAt } from "./curve.ts";

/** A statistic of drift exponents as a user gives it: values at conductances over the range, straight lines between, constant beyond both ends. */
export interface ExponentTable {
  /** Rising. */
  readonly fractions: readonly number[];
  readonly values: readonly number[];
}

/** Mean and spread of nu over r = target / range, where at least one of them is a table. */
export interface TabledExponents {
  readonly mean: ExponentTable | Curve;
  readonly spread: ExponentTable | Curve;
}

/** The table `fractions` and `values` at a path of a parameter set; null where it has none there. */
export function exponentTableOf(values: KnownTree, path: string): ExponentTable | null {
  if (leafAt(values, `${path}.fractions`) === undefined) return null;
  const fractions = numbersAt(values, `${path}.fractions`, 1, 1000);
  const table = { fractions, values: numbersAt(values, `${path}.values`, fractions.length, fractions.length) };
  const refuse = (key: string, found: readonly number[], expected: string): never => {
    throw inputError({ file: "parameter set", place: `${path}.${key}`, found: found.join(", "), expected });
  };
  if (fractions.some((fraction, i) => fraction < 0 || (i > 0 && fraction <= fractions[i - 1]!))) {
    refuse("fractions", fractions, "rising numbers from 0 on");
  }
  if (table.values.some((value) => value < 0)) refuse("values", table.values, "numbers from 0 on");
  return table;
}

export function tableAt({ fractions, values }: ExponentTable, r: number): number {
  const above = fractions.findIndex((fraction) => fraction >= r);
  if (above === 0) return values[0]!;
  if (above < 0) return values.at(-1)!;
  const share = (r - fractions[above - 1]!) / (fractions[above]! - fractions[above - 1]!);
  return values[above - 1]! + share * (values[above]! - values[above - 1]!);
}

/**
 * Drift exponents |N(mean(r), spread(r))| of programmed cells, with the normals that the published curves take too.
 *
 * @param scale  factor on the spread
 * @param range  S, the conductance at r = 1
 * @param target  S, [cells]
 * @param exponent  receives nu, [cells]
 * @source the form: N. Li et al., Adv. Electron. Mater. 9, 2201190 (2023), doi:10.1002/aelm.202201190
 */
export function drawTabledExponents(
  engine: Engine,
  { mean, spread }: TabledExponents,
  scale: number,
  range: number,
  target: Float32Array,
  exponent: Float32Array,
  draw: Draw,
  event: number,
): void {
  const at = (of: ExponentTable | Curve, r: number): number => ("fractions" in of ? tableAt(of, r) : curveAt(of, r));
  fillNormal(engine, draw, event, exponent);
  for (let i = 0; i < target.length; i++) {
    const r = target[i]! / range;
    exponent[i] = Math.abs(at(mean, r) + at(spread, r) * scale * exponent[i]!);
  }
}
