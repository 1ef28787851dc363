import * as Plot from "@observablehq/plot";
import { type Passage, spreadAt } from "../../../../experiments/characterisation/index.ts";
import type { DeviceOutput } from "../shapes.ts";

/** Conductance over devices at one place of a figure, in units of its axis. */
export interface SpreadPoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** What belongs together. */
  readonly line: string;
}

/** Mean conductance, and one standard deviation to either side, of a moment. */
export function spreadPoint(
  { course }: DeviceOutput,
  moment: number,
  x: number,
  size: number,
  line: string,
): SpreadPoint {
  const { mean, standardDeviation } = spreadAt(course.conductance, course.devices, moment);
  const half = (standardDeviation ?? 0) / size;
  return { x, mean: mean / size, low: mean / size - half, high: mean / size + half, line };
}

/** Largest conductance of passages, S. */
export function largestConductance({ course }: DeviceOutput, passages: readonly Passage[]): number {
  let largest = 0;
  for (const { from, to } of passages) {
    const own = course.conductance.subarray(from * course.devices, to * course.devices);
    for (const value of own) if (value > largest) largest = value;
  }
  return largest;
}

/** A band of one standard deviation with the mean in it; dots where points are few. */
export function spreadMarks(points: readonly SpreadPoint[], stroke: string, dots: boolean): Plot.Markish[] {
  const wide = points.some(({ low, high }) => high > low);
  const options = { x: "x", z: "line" } as const;
  return [
    ...(wide ? [Plot.areaY(points, { ...options, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.16 })] : []),
    Plot.line(points, { ...options, y: "mean", stroke, strokeWidth: 1.7 }),
    ...(dots ? [Plot.dot(points, { x: "x", y: "mean", r: 2, fill: stroke })] : []),
  ];
}

/** Moments of a passage, at most so many, its first and last among them. */
export function momentsOf({ from, to }: Passage, most: number): number[] {
  const count = to - from;
  if (count <= most) return Array.from({ length: count }, (_, k) => from + k);
  return Array.from({ length: most }, (_, k) => from + Math.round((k * (count - 1)) / (most - 1)));
}
