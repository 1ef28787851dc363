import { inputError, rangeInWords } from "../../src/ground/errors.ts";
import type { HowKnown, Known, KnownTree } from "../../src/ground/known.ts";
import { type KnownValue, leafAt } from "../../src/ground/known-tree.ts";

const costTable = "cost table";

/** The number at a dotted path of a tree of known values, within [low, high], with unit and provenance. */
export function numberLeaf(tree: KnownTree, path: string, low = 0, high = Number.MAX_VALUE, file = costTable): Known {
  const leaf = foundAt(tree, path, file);
  const { value } = leaf;
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw inputError({ file, place: path, found: `${value}`, expected: rangeInWords(low, high) });
  }
  return { ...leaf, value };
}

/** The word at a dotted path. */
export function wordLeaf(tree: KnownTree, path: string, file = costTable): Known<string> {
  const leaf = foundAt(tree, path, file);
  if (typeof leaf.value !== "string") {
    throw inputError({ file, place: path, found: `${leaf.value}`, expected: "a word" });
  }
  return { ...leaf, value: leaf.value };
}

function foundAt(tree: KnownTree, path: string, file: string): Known<KnownValue> {
  const leaf = leafAt(tree, path);
  if (!leaf) throw inputError({ file, place: path, found: "no value", expected: "one" });
  return leaf;
}

/** How a figure made of several is known: assumed where any of them is, derived otherwise; a single one keeps its own. */
export function knownFrom(leaves: readonly Known<number | string>[]): { howKnown: HowKnown; source: string | null } {
  const sources = [...new Set(leaves.flatMap(({ source }) => (source === null ? [] : [source])))];
  const howKnown = leaves.some((leaf) => leaf.howKnown === "assumed")
    ? "assumed"
    : leaves.length === 1
      ? leaves[0]!.howKnown
      : "derived";
  return { howKnown, source: sources.length === 0 ? null : sources.join(", ") };
}
