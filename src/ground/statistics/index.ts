import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import { errorFunction, mean, probit, sampleStandardDeviation } from "simple-statistics";

/** Mean with its 95 % interval (Student's t) and the sample's standard deviation; null where one value says nothing of them. */
export interface Summary {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly standardDeviation: number | null;
}

export function summary(values: readonly number[]): Summary {
  const centre = mean([...values]);
  if (values.length < 2) return { mean: centre, low: null, high: null, standardDeviation: null };
  const standardDeviation = sampleStandardDeviation([...values]);
  const half = (tQuantile(0.975, values.length - 1) * standardDeviation) / Math.sqrt(values.length);
  return { mean: centre, low: centre - half, high: centre + half, standardDeviation };
}

/** Count, sum and sum of squares of a stream, which merge in any order. */
export interface Moments {
  count: number;
  sum: number;
  squares: number;
}

export function noMoments(): Moments {
  return { count: 0, sum: 0, squares: 0 };
}

export function addMoments(into: Moments, from: Moments): void {
  into.count += from.count;
  into.sum += from.sum;
  into.squares += from.squares;
}

export function meanAndDeviation({ count, sum, squares }: Moments): { mean: number; standardDeviation: number } {
  if (count === 0) return { mean: 0, standardDeviation: 0 };
  const centre = sum / count;
  return { mean: centre, standardDeviation: Math.sqrt(Math.max(0, squares / count - centre * centre)) };
}

/** Share of standard normals below n, within 1e-7: it makes a uniform number of a normal one. */
export function normalDistribution(n: number): number {
  return (1 + errorFunction(n / Math.SQRT2)) / 2;
}

/** The n below which a share of standard normals lies, for shares above 0 and below 1; within 5e-4. */
export function normalQuantile(share: number): number {
  return probit(share);
}
