import { expect } from "vitest";
import type { DeviceLaw, Stretch } from "../../devices/population/index.ts";
import type { Known, KnownTree } from "../../src/ground/known.ts";
import { type KnownValue, leafAt, withLeaf } from "../../src/ground/known-tree.ts";

/** The set with the numbers at these paths in place of its own. */
export function withValues(set: KnownTree, values: Readonly<Record<string, KnownValue>>): KnownTree {
  return Object.entries(values).reduce((tree, [path, value]) => {
    const leaf = leafAt(tree, path);
    if (!leaf) throw new Error(`the set has no ${path}`);
    return withLeaf(tree, path, { ...leaf, value } as Known<KnownValue>);
  }, set);
}

/** Figures of a law beside what they must be. */
export type Golden = readonly (readonly [name: string, found: number, expected: number])[];

const far = ([, found, expected]: Golden[number]): boolean =>
  !(Math.abs(found - expected) <= 1e-5 * Math.abs(expected));

/** Every figure is there within 1e-5 of itself, and each leaf 5 % off takes one of them out of it. */
export function expectGolden(set: KnownTree, golden: (set: KnownTree) => Golden, leaves: readonly string[]): void {
  expect(golden(set).filter(far)).toEqual([]);
  const unnoticed = leaves.filter((path) => {
    const own = leafAt(set, path)?.value as number;
    if (own === 0) throw new Error(`${path} is 0: 5 % of it is nothing`);
    try {
      return !golden(withValues(set, { [path]: 1.05 * own })).some(far);
    } catch {
      return false;
    }
  });
  expect(unnoticed).toEqual([]);
}

/** A constant voltage for a while, in the dark. */
export function stretchOf(voltage: number, duration: number, more: Partial<Stretch> = {}): Stretch {
  const dark = { temperature: 300, irradiance: 0, wavelength: 0, compliance: Number.POSITIVE_INFINITY, since: 0 };
  return { from: voltage, to: voltage, duration, ...dark, ...more };
}

/** A device of this law as it was made, with all traits at their medians and every normal at `normal`. */
export function deviceOf(law: DeviceLaw, normal = 0) {
  const traits = Float64Array.from(law.traits, ({ value }) => value);
  const normals = new Float64Array(law.normalsPerPulse).fill(normal);
  const x = Float64Array.from(law.variables, ({ start }) => start);
  law.start?.(x, traits, normals);
  const surroundings = stretchOf(0, 0);
  return {
    x,
    traits,
    /** J. */
    apply: (voltage: number, duration: number, more: Partial<Stretch> = {}): number =>
      law.evolve(x, stretchOf(voltage, duration, more), normals, traits),
    wait: (seconds: number, temperature = law.temperature.usual) => law.relax(x, seconds, temperature, traits),
    current: (voltage: number, temperature = law.temperature.usual) =>
      law.current(voltage, x, traits, { ...surroundings, temperature }),
  };
}
