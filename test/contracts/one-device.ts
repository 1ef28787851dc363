import type { DeviceLaw, Numbers, Stretch } from "../../devices/population/index.ts";
import { isKnown, type KnownTree } from "../../src/ground/known.ts";

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
const besides = /^(operation|target|readNoise|stuck|wear|spread|compliance|firstReading|programming)(\.|$)/;

/** The set again and again, each time with one coefficient of its law 5 % larger; numbers that are 0 or infinite cannot be. */
export function* bentSets(values: KnownTree): Generator<{ path: string; values: KnownTree }> {
  for (const path of leaves(values)) {
    if (besides.test(path)) continue;
    const value = leafOf(values, path);
    if (typeof value === "string") continue;
    if (typeof value === "number") {
      if (value !== 0 && Number.isFinite(value)) yield { path, values: withLeaf(values, path, value * 1.05) };
      continue;
    }
    for (const [k, entry] of value.entries()) {
      const bent = value.map((other, i) => (i === k ? entry * 1.05 : other));
      if (entry !== 0) yield { path: `${path}.${k}`, values: withLeaf(values, path, bent) };
    }
  }
}

function leaves(tree: KnownTree, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    isKnown(node) ? [prefix + key] : leaves(node, `${prefix}${key}.`),
  );
}

function leafOf(tree: KnownTree, path: string): number | string | readonly number[] {
  const node = path.split(".").reduce<KnownTree[string] | KnownTree>((at, key) => (at as KnownTree)[key]!, tree);
  if (!isKnown(node)) throw new Error(`${path} is no leaf`);
  return node.value;
}

/** The set with another value of one leaf. */
export function withLeaf(tree: KnownTree, path: string, value: number | string | readonly number[]): KnownTree {
  const [key, ...rest] = path.split(".") as [string, ...string[]];
  const node = tree[key]!;
  if (isKnown(node)) return { ...tree, [key]: { ...node, value } };
  return { ...tree, [key]: withLeaf(node, rest.join("."), value) };
}
