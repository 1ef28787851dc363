import { inputError } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { numberAt, numbersAt } from "../values.ts";

/**
 * Statistics of cells that an array's own loop of write and verify has programmed:
 *
 *   g(t) = g_T + sigma(g_T, t) N + m ln t + (s_0 + s_1 ln t) N',   t in s since programming, that of the first reading or later,
 *
 * with one N and one N' for each cell and programming, which stay the cell's own for all times: the sources publish what an array looks
 * like at some times, and what they leave open is taken so that a cell that came out high stays high. sigma is a polynomial in the target;
 * where it is published at several times, it is straight in ln t between them, and before the first and after the last as there.
 *
 * The read noise has the standard deviation c log10(g / 1 uS) sqrt(ln((t + t_r) / 2 t_r)), never below 0. The current is
 *
 *   I = V (g + n_2 (V - V_r) + n_3 (V^2 - V_r^2)),   n_2 and n_3 polynomials in log10 of the slope at 0 V,
 *
 * where g is the conductance at the read voltage V_r; without such polynomials it is ohmic.
 *
 * @source Wan et al., Nature 608, 504 (2022), doi:10.1038/s41586-022-04992-8; Milo et al., IEEE IRPS (2021),
 *   doi:10.1109/IRPS46558.2021.9405119; Falcone et al., arXiv:2502.04524 (2025); Lombardo et al., DRC (2024)
 */
export interface MeasuredArrayLaw {
  /** Standard deviation after programming, S. @param age  s */
  deviation(target: number, age: number): number;
  /** m and s_1, S for each e-fold of time; s_0, S. */
  readonly relaxation: { readonly mean: number; readonly deviation: number; readonly start: number };
  /** S; a cell asked for something beyond gets that as its own limit. */
  readonly limits: { readonly low: number; readonly high: number };
  /** c, S. */
  readonly readNoise: number;
  /** Whether a read has the thermal noise that none is without; where the set's read noise is set to 0, not even that. */
  readonly floor: boolean;
  /** s, t_r. */
  readonly readTime: number;
  /** s; before it cells are as at it. */
  readonly firstReading: number;
  /** V. */
  readonly readVoltage: number;
  /** V, largest that a read may have. */
  readonly largestVoltage: number;
  /** Whether n_2 and n_3 are anything. */
  readonly ohmic: boolean;
  /** A through a cell. */
  current(voltage: number, conductance: number): number;
}

export function measuredArrayLaw(values: KnownTree): MeasuredArrayLaw {
  const spread = numberAt(values, "spread", 0, 100);
  const readVoltage = numberAt(values, "operation.read.voltage", Number.MIN_VALUE);
  const ohmic = leafAt(values, "current.second") === undefined;
  return {
    deviation: deviationOf(values, spread),
    relaxation: {
      mean: numberAt(values, "relaxation.mean"),
      deviation: numberAt(values, "relaxation.deviation") * spread,
      start: numberAt(values, "relaxation.start", 0) * spread,
    },
    limits: { low: numberAt(values, "limits.low", 0), high: numberAt(values, "limits.high", 0) },
    readNoise: numberAt(values, "readNoise.coefficient", 0) * numberAt(values, "readNoise.scale", 0, 100),
    floor: numberAt(values, "readNoise.scale", 0, 100) > 0,
    readTime: numberAt(values, "readNoise.time", Number.MIN_VALUE),
    firstReading: numberAt(values, "firstReading", Number.MIN_VALUE),
    readVoltage,
    largestVoltage: numberAt(values, "largestVoltage", Number.MIN_VALUE),
    ohmic,
    current: ohmic ? (voltage, conductance) => voltage * conductance : bentCurrent(values, readVoltage),
  };
}

/** sigma(g_T, t): rows of coefficients, lowest power of g_T / reference first, for every time or for every acceptance of the loop. */
function deviationOf(values: KnownTree, spread: number): (target: number, age: number) => number {
  const reference = numberAt(values, "programming.reference", Number.MIN_VALUE);
  const from = numberAt(values, "programming.from", 0);
  const to = numberAt(values, "programming.to", from);
  const times = numbersAt(values, "programming.times", 1, 100);
  const acceptances = leafAt(values, "programming.acceptances")
    ? numbersAt(values, "programming.acceptances", 1, 100)
    : [0];
  const all = numbersAt(values, "programming.deviation", 1, 1000);
  const length = all.length / (times.length * acceptances.length);
  if (!Number.isInteger(length) || times.some((time, k) => !(time > (times[k - 1] ?? 0)))) {
    throw inputError({
      file: "parameter set",
      place: "programming",
      found: `${all.length} coefficients for ${times.length} times and ${acceptances.length} acceptances`,
      expected: "as many for each of them, and rising times",
    });
  }
  const chosen = acceptanceOf(values, acceptances) * times.length;
  const rows = times.map((_, k) => all.slice((chosen + k) * length, (chosen + k + 1) * length));
  return (target, age) => {
    const r = Math.min(to, Math.max(from, target)) / reference;
    const at = (k: number): number => spread * Math.max(0, polynomial(rows[k]!, r));
    const after = times.findIndex((time) => time > age);
    if (after === 0) return at(0);
    if (after < 0) return at(times.length - 1);
    const share = Math.log(age / times[after - 1]!) / Math.log(times[after]! / times[after - 1]!);
    return (1 - share) * at(after - 1) + share * at(after);
  };
}

/** Which of the set's acceptances is asked for: one that nobody measured is refused, not replaced by another. */
function acceptanceOf(values: KnownTree, acceptances: readonly number[]): number {
  if (!leafAt(values, "acceptance")) return 0;
  const wanted = numberAt(values, "acceptance", 0, 1);
  const index = acceptances.findIndex((acceptance) => Math.abs(acceptance / wanted - 1) < 1e-9);
  if (index >= 0) return index;
  throw inputError({
    file: "parameter set",
    place: "acceptance",
    found: `${wanted}`,
    expected: acceptances.join(" or "),
  });
}

function bentCurrent(values: KnownTree, readVoltage: number): (voltage: number, conductance: number) => number {
  const second = numbersAt(values, "current.second", 1, 10);
  const third = numbersAt(values, "current.third", 1, 10);
  const from = numberAt(values, "current.from", Number.MIN_VALUE);
  const to = numberAt(values, "current.to", from);
  return (voltage, conductance) => {
    // The slope at 0 V by turns: n_2 and n_3 change with it thirty times less than it does itself.
    let slope = conductance;
    let [n2, n3] = [0, 0];
    for (let turn = 0; turn < 14; turn++) {
      const logarithm = Math.log10(Math.min(to, Math.max(from, slope)));
      // Below the span that was measured, the bend falls with the conductance itself.
      const share = Math.min(1, Math.max(0, slope / from));
      n2 = share * polynomial(second, logarithm);
      n3 = share * polynomial(third, logarithm);
      slope = conductance - readVoltage * (n2 + readVoltage * n3);
    }
    const change = n2 * (voltage - readVoltage) + n3 * (voltage * voltage - readVoltage * readVoltage);
    return voltage * Math.max(0, conductance + change);
  };
}

/** Lowest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
