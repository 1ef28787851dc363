/** A running sum and the low-order part that its float64 could not hold. */
export interface CompensatedSum {
  readonly high: number;
  readonly low: number;
}

export const zeroSum: CompensatedSum = { high: 0, low: 0 };

/**
 * Adds with the rounding error kept beside the sum, so that the order of a million terms does not show.
 *
 * @source Neumaier, Z. angew. Math. Mech. 54, 39 (1974), doi:10.1002/zamm.19740540106
 */
export function plus(sum: CompensatedSum, term: number): CompensatedSum {
  const high = sum.high + term;
  const lost = Math.abs(sum.high) >= Math.abs(term) ? sum.high - high + term : term - high + sum.high;
  return { high, low: sum.low + lost };
}

export function roundedSum(sum: CompensatedSum): number {
  return sum.high + sum.low;
}

/** Sum of a list, compensated. */
export function sumOf(terms: Iterable<number>): number {
  let sum = zeroSum;
  for (const term of terms) sum = plus(sum, term);
  return roundedSum(sum);
}
