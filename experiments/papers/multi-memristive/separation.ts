/** Mean and standard deviation of a group. */
export interface GroupMoments {
  readonly mean: number;
  readonly deviation: number;
}

export function momentsOf(values: ArrayLike<number>): GroupMoments {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** d', difference of the means over the root of the mean variance. */
export function discriminability(upper: GroupMoments, lower: GroupMoments): number {
  return (upper.mean - lower.mean) / Math.sqrt((upper.deviation ** 2 + lower.deviation ** 2) / 2);
}

/** AUC, the chance that one of `upper` exceeds one of `lower`; equal ones count half. */
export function areaUnderCurve(upper: ArrayLike<number>, lower: ArrayLike<number>): number {
  const sorted = Float64Array.from(lower).sort();
  let exceeded = 0;
  for (let i = 0; i < upper.length; i++) {
    const value = upper[i]!;
    exceeded += (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2;
  }
  return exceeded / (upper.length * lower.length);
}

/** How many of the ascending values are below one; `orEqual`: or equal to it. */
function countBelow(ascending: Float64Array, value: number, orEqual: boolean): number {
  let [first, end] = [0, ascending.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (ascending[middle]! < value || (orEqual && ascending[middle] === value)) first = middle + 1;
    else end = middle;
  }
  return first;
}

/** How many values lie in each of equal bins from 0 on; what is beyond the last is in it, what is below 0 in the first. */
export function histogram(values: ArrayLike<number>, width: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    counts[Math.min(bins - 1, Math.max(0, Math.floor(values[i]! / width)))]!++;
  }
  return counts;
}
