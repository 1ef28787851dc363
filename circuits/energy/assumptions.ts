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
 * Every assumed leaf of a tree; a value that the user set counts as assumed.
 *
 * @param prefix  path in front of the names, "" for none
 */
export function assumptionsOf(tree: KnownTree, prefix: string): AssumedValue[] {
  return leavesOf(tree, prefix).flatMap(([name, { value, unit, howKnown, source }]) => {
    if (howKnown !== "assumed") return [];
    return [{ name, value: typeof value === "object" ? value.join(", ") : value, unit, howKnown, source }];
  });
}
