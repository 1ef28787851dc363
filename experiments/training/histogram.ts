/** Counts of values in equal bins from `low` to `high`; both ends belong to it. */
export interface CountedValues {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  readonly standardDeviation: number;
}

const bins = 64;

export function countsOf(parts: readonly (Float32Array | Float64Array)[], low: number, high: number): CountedValues {
  const counts = Array<number>(bins).fill(0);
  let [count, sum, squares] = [0, 0, 0];
  for (const values of parts) {
    count += values.length;
    for (const value of values) {
      counts[Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * bins)))]!++;
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / count;
  return { low, high, counts, mean, standardDeviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
