import { inputError, namesNear } from "./errors.ts";
import type { HowKnown, Known, KnownTree } from "./known.ts";
import { isKnown } from "./known.ts";
import { readQuantity, toSI } from "./quantities/index.ts";

/** What a leaf holds. */
export type KnownValue = number | string | readonly number[];

/** Says where a key of the file stands and how its errors read. */
export interface TreeOrigin {
  /** How leaves that do not say so themselves are known; default: assumed, source "chip file". */
  readonly howKnown?: HowKnown;
  readonly source?: string | null;
  /** Line of a path in the file; without it the dotted path is the place. */
  readonly lineOf?: (path: readonly string[]) => number | undefined;
}

const howKnownWords: readonly HowKnown[] = ["measured", "paper", "secondary", "derived", "assumed"];
const leafKeys = ["value", "unit", "howKnown", "source", "note"];

/**
 * Reads a tree of values as YAML gives it. A leaf is a scalar ("25 uS", 512, a word), a list of numbers, or a map {value, unit,
 * howKnown, source, note}; what comes out is SI: unit "pJ/byte" becomes "J/byte", with the value to match.
 */
export function readKnownTree(tree: unknown, file: string, origin: TreeOrigin = {}): KnownTree {
  if (!isMap(tree)) throw inputError({ file, found: shown(tree), expected: "keys with values" });
  return readMap(tree, [], file, origin);
}

/** Every leaf with its dotted path, in the tree's order. */
export function leavesOf(tree: KnownTree, above = ""): [path: string, leaf: Known<KnownValue>][] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const path = above === "" ? key : `${above}.${key}`;
    return isKnown(node) ? [[path, node] as [string, Known<KnownValue>]] : leavesOf(node, path);
  });
}

/** The leaf at a dotted path. */
export function leafAt(tree: KnownTree, path: string): Known<KnownValue> | undefined {
  let node: unknown = tree;
  for (const key of path.split(".")) {
    if (!isMap(node) || isKnown(node) || !Object.hasOwn(node, key)) return undefined;
    node = node[key];
  }
  return isKnown(node) ? node : undefined;
}

/** The tree with one leaf set, the others shared. */
export function withLeaf(tree: KnownTree, path: string, leaf: Known<KnownValue>): KnownTree {
  const [key, ...rest] = path.split(".") as [string, ...string[]];
  if (rest.length === 0) return { ...tree, [key]: leaf };
  const inner = tree[key];
  return { ...tree, [key]: withLeaf(inner && !isKnown(inner) ? inner : {}, rest.join("."), leaf) };
}

/** A value as a user writes it, for errors: "512 uS", "[1, 2]", "nothing". */
export function shown(raw: unknown): string {
  if (raw === null || raw === undefined || raw === "") return "nothing";
  if (isMap(raw) && "value" in raw) return `${shown(raw.value)}${typeof raw.unit === "string" ? ` ${raw.unit}` : ""}`;
  if (Array.isArray(raw)) return `[${raw.map(shown).join(", ")}]`;
  if (isMap(raw)) return `a group of keys (${Object.keys(raw).join(", ")})`;
  return String(raw);
}

function readMap(map: Record<string, unknown>, path: readonly string[], file: string, origin: TreeOrigin): KnownTree {
  return Object.fromEntries(
    Object.entries(map).map(([key, raw]) => {
      const at = [...path, key];
      const group = isMap(raw) && !("value" in raw);
      return [key, group ? readMap(raw, at, file, origin) : readLeaf(raw, at, file, origin)];
    }),
  );
}

/** One leaf, its value to SI. */
function readLeaf(raw: unknown, path: readonly string[], file: string, origin: TreeOrigin): Known<KnownValue> {
  const name = path.join(".");
  const refuse = (found: string, expected: string, near?: readonly string[]) =>
    inputError({ file, place: origin.lineOf ? origin.lineOf(path) : name, found: `${name} ${found}`, expected, near });

  const leaf = isMap(raw) ? raw : { value: raw };
  for (const key of Object.keys(leaf)) {
    if (!leafKeys.includes(key)) throw refuse(`has the key "${key}"`, leafKeys.join(", "), namesNear(key, leafKeys));
  }
  const { value, unit, howKnown = origin.howKnown ?? "assumed" } = leaf;
  const source = leaf.source === undefined ? (origin.source === undefined ? "chip file" : origin.source) : leaf.source;
  if (!howKnownWords.includes(howKnown as HowKnown)) {
    throw refuse(`is known "${shown(howKnown)}"`, howKnownWords.join(", "), namesNear(String(howKnown), howKnownWords));
  }
  if (source !== null && typeof source !== "string") throw refuse(`has the source ${shown(source)}`, "a word or null");
  if (unit !== undefined && typeof unit !== "string") throw refuse(`has the unit ${shown(unit)}`, "a unit such as uS");
  const quantity = quantityOf(value, unit);
  if (!quantity) {
    const written = shown(raw);
    if (unit && !toSI(1, unit)) throw refuse(`has the unit "${unit}"`, "a unit such as uS, ns, pJ/byte");
    throw refuse(
      `is ${written}`,
      unit === undefined ? "a number, a quantity, a word or a list of numbers" : `a number in ${unit}`,
    );
  }
  return { ...quantity, howKnown: howKnown as HowKnown, source };
}

function quantityOf(value: unknown, unit: string | undefined): { value: KnownValue; unit: string } | undefined {
  if (unit === "") return typeof value === "string" ? { value, unit } : undefined;
  if (Array.isArray(value)) return listOf(value, unit);
  const number = value === "Infinity" ? Infinity : value;
  if (typeof number === "number") return Number.isNaN(number) ? undefined : toSI(number, unit ?? "1");
  if (typeof value !== "string" || value === "" || unit !== undefined) return undefined;
  const quantity = readQuantity(value);
  return quantity ? { value: quantity.value, unit: quantity.unit } : { value, unit: "" };
}

function listOf(
  list: readonly unknown[],
  unit: string | undefined,
): { value: readonly number[]; unit: string } | undefined {
  const entries = list.map((entry) => quantityOf(entry, unit));
  const si = entries[0]?.unit;
  if (si === undefined || si === "" || entries.some((entry) => entry?.unit !== si)) return undefined;
  return { value: entries.map((entry) => entry!.value as number), unit: si };
}

function isMap(node: unknown): node is Record<string, unknown> {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}
