import type { HowKnown, KnownTree } from "../../src/ground/known.ts";
import { leavesOf } from "../../src/ground/known-tree.ts";

/** A value that a result rests on without a source behind it. */
export interface AssumedValue {
  /** Dotted path. */
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

/**
 * Every assumed leaf of a tree, and every one that the user set.
 *
 * @param prefix  path in front of the names, "" for none
 * @param set  paths of leaves that the user set, with the prefix
 */
export function assumptionsOf(tree: KnownTree, prefix: string, set: ReadonlySet<string> = new Set()): AssumedValue[] {
  return leavesOf(tree, prefix).flatMap(([name, { value, unit, howKnown, source }]) => {
    if (howKnown !== "assumed" && !set.has(name)) return [];
    return [{ name, value: typeof value === "object" ? value.join(", ") : value, unit, howKnown, source }];
  });
}
