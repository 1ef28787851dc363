import { inputError, rangeInWords } from "../src/ground/errors.ts";
import { isKnown, type KnownTree } from "../src/ground/known.ts";

function leafAt(values: KnownTree, path: string): number | string | readonly number[] {
  let node: unknown = values;
  for (const key of path.split(".")) {
    node = typeof node === "object" && node !== null ? (node as Record<string, unknown>)[key] : undefined;
  }
  if (!isKnown(node)) {
    throw inputError({ file: "parameter set", place: path, found: "no value", expected: "one" });
  }
  return node.value;
}

/** The number at a dotted path of a parameter set, within [low, high]. */
export function numberAt(values: KnownTree, path: string, low = -Infinity, high = Infinity): number {
  const value = leafAt(values, path);
  if (typeof value !== "number" || Number.isNaN(value) || value < low || value > high) {
    throw inputError({
      file: "parameter set",
      place: path,
      found: `${value}`,
      expected: rangeInWords(low, high),
    });
  }
  return value;
}

/** The whole number at a dotted path, from `low` to `high`. */
export function wholeNumberAt(values: KnownTree, path: string, low: number, high: number): number {
  const value = leafAt(values, path);
  if (!Number.isInteger(value) || Number(value) < low || Number(value) > high) {
    const expected = `a whole number from ${low} to ${high}`;
    throw inputError({ file: "parameter set", place: path, found: `${value}`, expected });
  }
  return Number(value);
}

/** The list of `fewest` to `most` numbers at a dotted path. */
export function numbersAt(values: KnownTree, path: string, fewest: number, most: number): readonly number[] {
  const value = leafAt(values, path);
  const fits = Array.isArray(value) && value.length >= fewest && value.length <= most && value.every(Number.isFinite);
  if (!fits) {
    throw inputError({
      file: "parameter set",
      place: path,
      found: `${value}`,
      expected: `${fewest} to ${most} numbers`,
    });
  }
  return value as readonly number[];
}

/** One of `choices` at a dotted path. */
export function wordAt<Word extends string>(values: KnownTree, path: string, choices: readonly Word[]): Word {
  const value = leafAt(values, path);
  if (!choices.includes(value as Word)) {
    throw inputError({ file: "parameter set", place: path, found: `${value}`, expected: choices.join(" or ") });
  }
  return value as Word;
}
