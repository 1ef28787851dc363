import { expect } from "vitest";
import type { DeviceLaw, Stretch } from "../../devices/population/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { bentSets, freshDevice, stretchOf, withLeaf } from "./one-device.ts";

/** The set with the values at these paths in place of its own. */
export function withValues(set: KnownTree, values: Readonly<Record<string, number | string>>): KnownTree {
  return Object.entries(values).reduce((tree, [path, value]) => withLeaf(tree, path, value), set);
}

/** Figures of a law beside what they must be. */
export type Golden = readonly (readonly [name: string, found: number, expected: number])[];

const far = ([, found, expected]: Golden[number]): boolean =>
  !(Math.abs(found - expected) <= 1e-5 * Math.abs(expected));

/** Figures and what each of them must be, numbered. */
export function besideEach(found: readonly number[], expected: readonly number[]): Golden {
  expect(found.length).toBe(expected.length);
  return found.map((value, i) => [`figure ${i}`, value, expected[i]!]);
}

/** Every figure is there within 1e-5 of itself, and each coefficient 5 % off takes one of them out of it, or is refused. */
export function expectGolden(set: KnownTree, golden: (set: KnownTree) => Golden): void {
  expect(golden(set).filter(far)).toEqual([]);
  const unnoticed = [...bentSets(set)].filter(({ values }) => {
    try {
      return !golden(values).some(far);
    } catch {
      return false;
    }
  });
  expect(unnoticed.map(({ path }) => path)).toEqual([]);
}

/** One device of a law: what is done to it. @param normal  that every pulse draws */
export function deviceOf(law: DeviceLaw, normal = 0) {
  const { x, traits, normals } = freshDevice(law);
  normals.fill(normal);
  law.start?.(x, traits, normals);
  return {
    x,
    traits,
    /** J. */
    apply: (voltage: number, duration: number, { to = voltage, ...rest }: Partial<Stretch> = {}): number =>
      law.evolve(x, stretchOf(law, voltage, to, duration, rest), normals, traits),
    wait: (seconds: number, temperature = law.temperature.usual) => law.relax(x, seconds, temperature, traits),
    current: (voltage: number, temperature = law.temperature.usual) =>
      law.current(voltage, x, traits, stretchOf(law, voltage, voltage, 0, { temperature })),
  };
}
