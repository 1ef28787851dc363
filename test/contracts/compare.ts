import { expect } from "vitest";
import type { Cells } from "../../devices/index.ts";

/** Share of the largest number by which two ways of computing the same may differ: state may be float32, and equations are solved within 1e-5. */
const tolerance = 2e-4;

export function conductances(cells: Cells, size = cells.count): number[] {
  const now = new Float32Array(size);
  cells.conductance(now);
  return [...now];
}

/** Two ways to compute the same. */
export function expectClose(one: readonly number[], other: readonly number[]): void {
  const largest = Math.max(...one.map(Math.abs), Number.MIN_VALUE);
  for (const [i, value] of one.entries()) expect(Math.abs(value - other[i]!) / largest).toBeLessThan(tolerance);
}

/** Largest difference of two samples' cumulative distributions. */
export function distance(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [[...one].sort((x, y) => x - y), [...other].sort((x, y) => x - y)];
  const share = (sorted: readonly number[], value: number): number =>
    sorted.filter((own) => own <= value).length / sorted.length;
  return Math.max(...[...a, ...b].map((value) => Math.abs(share(a, value) - share(b, value))));
}
