import type { DeviceLaw, Numbers, Stretch } from "../../devices/population/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { type KnownValue, leafAt, leavesOf, withLeaf as withWholeLeaf } from "../../src/ground/known-tree.ts";

/** A device of a law as its set makes it, without spread: state and traits. */
export function freshDevice(law: DeviceLaw): { x: Numbers; traits: Numbers; normals: Numbers } {
  const normals = new Float64Array(law.normalsPerPulse);
  const traits = Float64Array.from(law.traits, ({ value }) => value);
  const x = Float64Array.from(law.variables, ({ start }) => start);
  law.start?.(x, traits, normals);
  return { x, traits, normals };
}

/** What acts in the dark at the set's own temperature. */
export function stretchOf(
  law: DeviceLaw,
  from: number,
  to: number,
  duration: number,
  rest?: Partial<Stretch>,
): Stretch {
  const usual = { temperature: law.temperature.usual, irradiance: 0, wavelength: 0, since: 0, compliance: Infinity };
  return { from, to, duration, ...usual, ...rest };
}

/** Currents at equal steps of a sweep between corner voltages, and the work of it all. */
export function loopOf(
  law: DeviceLaw,
  corners: readonly number[],
  rate: number,
  points: number,
  rest?: Partial<Stretch>,
): { voltages: number[]; currents: number[]; states: number[][]; work: number } {
  const { x, traits, normals } = freshDevice(law);
  const length = corners.slice(1).reduce((sum, corner, k) => sum + Math.abs(corner - corners[k]!), 0);
  const voltages: number[] = [];
  const currents: number[] = [];
  const states: number[][] = [];
  let [work, since] = [0, 0];
  for (const [k, corner] of corners.slice(1).entries()) {
    const start = corners[k]!;
    const steps = Math.max(1, Math.round((points * Math.abs(corner - start)) / length));
    const duration = Math.abs(corner - start) / rate / steps;
    for (let step = 0; step < steps; step++) {
      const [from, to] = [step, step + 1].map((at) => start + ((corner - start) * at) / steps);
      const stretch = stretchOf(law, from!, to!, duration, { ...rest, since });
      work += law.evolve(x, stretch, normals, traits);
      since += duration;
      const across = law.current(to!, x, traits, stretch);
      voltages.push(to!);
      currents.push(Math.sign(across) * Math.min(Math.abs(across), stretch.compliance));
      states.push([...x]);
    }
  }
  return { voltages, currents, states, work };
}

/** Largest difference of two rows of numbers, over the largest number of the first. */
export function largestDifference(one: readonly number[], other: readonly number[]): number {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0) / largest;
}

/** Parts of a set that are no coefficients of its law. */
const besides = /^(operation|target|readNoise|stuck|wear|spread|compliance|firstReading|programming|protocols)(\.|$)/;

/** The set again and again, each time with one coefficient of its law 5 % larger; numbers that are 0 or infinite cannot be. */
export function* bentSets(values: KnownTree): Generator<{ path: string; values: KnownTree }> {
  for (const [path, { value }] of leavesOf(values)) {
    if (besides.test(path) || typeof value === "string") continue;
    const entries = typeof value === "number" ? [value] : value;
    for (const [k, entry] of entries.entries()) {
      if (entry === 0 || !Number.isFinite(entry)) continue;
      const bent = entries.map((other, i) => (i === k ? entry * 1.05 : other));
      yield { path, values: withLeaf(values, path, typeof value === "number" ? bent[0]! : bent) };
    }
  }
}

/** The set with another value of one leaf. */
export function withLeaf(values: KnownTree, path: string, value: KnownValue): KnownTree {
  return withWholeLeaf(values, path, { ...leafAt(values, path)!, value });
}
