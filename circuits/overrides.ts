import { inputError, namesNear } from "../src/ground/errors.ts";
import type { Known, KnownTree } from "../src/ground/known.ts";
import { type KnownValue, leafAt, leavesOf, shown, withLeaf } from "../src/ground/known-tree.ts";
import { readQuantity } from "../src/ground/quantities/index.ts";
import type { Chip } from "./chip.ts";
import { leafSchema, type SectionName, sectionNames, whyNotInstead } from "./chip-schema.ts";

/** One `--set KEY=VALUE`. */
export interface Override {
  readonly key: string;
  readonly value: string;
}

/** Leaves that name other files, under every name they go by: they are set before those files are read. */
export const nameKeys = {
  model: ["device.model", "model"],
  parameters: ["device.parameters", "parameters"],
  costTable: ["costs.table", "costs"],
} as const;

/** Short names that stand for a leaf of the parameter set. A set without that leaf has nothing to switch off: 0 is then no change. */
const switches: Readonly<Record<string, string>> = { spread: "spread", readNoise: "readNoise.scale" };

export function readOverride(text: string): Override {
  const at = text.indexOf("=");
  const key = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  if (at < 0 || key === "" || value === "") {
    throw inputError({ file: "--set", found: `"${text}"`, expected: "KEY=VALUE, such as tile.rows=256" });
  }
  return { key, value };
}

/** The last override of one of these keys. */
export function overrideOf(overrides: readonly Override[], keys: readonly string[]): string | undefined {
  return overrides.findLast(({ key }) => keys.includes(key))?.value;
}

/**
 * The chip with values replaced. A key is a dotted path, looked for in the parameter set, then in the chip; or the end of a
 * path that fits a single leaf of both. `changed` is told the full path of every leaf that was replaced, and what was written.
 */
export function withOverrides(
  chip: Chip,
  overrides: readonly Override[],
  changed: (path: string, value: string) => void = () => {},
): Chip {
  const names = Object.values(nameKeys).flat() as string[];
  return overrides
    .filter(({ key }) => !names.includes(key))
    .reduce((current, override) => withOverride(current, override, changed), chip);
}

function withOverride(chip: Chip, { key, value }: Override, changed: (path: string, value: string) => void): Chip {
  const known = valueOfText(value);
  if (isNoChange(key, known.value, chip.device.values)) return chip;
  const set = leavesOf(chip.device.values).map(([path]) => `device.${path}`);
  const rest = sectionNames.flatMap((section) => Object.keys(chip[section]).map((leaf) => `${section}.${leaf}`));
  const all = [...set, ...rest, ...leavesOf(chip.costs).map(([path]) => `costs.${path}`)];
  const path = leafMeant(key, { groups: [all], tops: ["device"], expected: "a key of the parameter set or the chip" });
  changed(path, value);
  return withValue(chip, path, known, value);
}

/** Whether a key switches something off that the set does not have. */
export function isNoChange(key: string, value: KnownValue, values: KnownTree): boolean {
  return value === 0 && Object.hasOwn(switches, key) && !leafAt(values, switches[key]!);
}

/** Where a key is looked for. */
export interface KeySpace {
  /** Full paths of all leaves, in groups: the end of a path means one of the first group that has it. */
  readonly groups: readonly (readonly string[])[];
  /** First words of paths that may be left out. */
  readonly tops: readonly string[];
  /** What an unknown key is told. */
  readonly expected: string;
}

/** The one leaf that a key means, by its full path: "device.range", "tile.rows", "costs.buffer.read". */
export function leafMeant(asked: string, { groups, tops, expected }: KeySpace): string {
  const paths = groups.flat();
  const key = Object.hasOwn(switches, asked) ? switches[asked]! : asked;
  const refuse = (found: string, fitting: readonly string[]) =>
    inputError({ file: "--set", found: `"${key}" ${found}`, expected: listed(fitting) });
  const begins = ["", ...tops.map((top) => `${top}.`)].map((top) => `${top}${key}`);
  const exact = paths.filter((path) => begins.includes(path));
  if (exact.length === 1) return exact[0]!;
  if (exact.length > 1) throw refuse(`fits ${exact.length} keys`, exact);
  const within = paths.filter((path) => begins.some((begin) => path.startsWith(`${begin}.`)));
  if (within.length > 0) throw refuse("is a group of keys", within);
  const ends = groups.map((group) => group.filter((path) => path.endsWith(`.${key}`)));
  const fitting = ends.find((group) => group.length > 0) ?? [];
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1) throw refuse(`fits ${fitting.length} keys`, fitting);
  const short = (path: string) => {
    const top = tops.find((each) => path.startsWith(`${each}.`));
    return top === undefined ? path : path.slice(top.length + 1);
  };
  const names = [...paths.map(short), ...Object.keys(switches)];
  const near = [...new Set([...namesNear(key, names), ...nearLastPart(key, names)])].slice(0, 3);
  throw inputError({ file: "--set", found: `no key "${key}"`, expected, near });
}

/** "row" is near tile.rows, though the whole path is far from it. */
function nearLastPart(key: string, paths: readonly string[]): string[] {
  const last = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  const near = namesNear(last(key), [...new Set(paths.map(last))]);
  return paths.filter((path) => near.includes(last(path)));
}

function withValue(chip: Chip, path: string, known: Known<KnownValue>, written: string): Chip {
  const refuse = (expected: string) => inputError({ file: "--set", found: `${path} is ${shown(written)}`, expected });
  const schema = leafSchema(path);
  if (schema) {
    const checked = schema.safeParse(known);
    if (!checked.success) throw refuse(schema.description ?? "another value");
    const [section, key] = path.split(".") as [SectionName, string];
    return { ...chip, [section]: { ...chip[section], [key]: checked.data } };
  }
  const [top, ...rest] = path.split(".");
  const tree = top === "device" ? chip.device.values : chip.costs;
  const values = withSetValue(tree, rest.join("."), known, refuse);
  return top === "device" ? { ...chip, device: { ...chip.device, values } } : { ...chip, costs: values };
}

/** The values with one leaf set to what a user wrote; of another kind or unit it is refused. */
export function withSetValue(
  values: KnownTree,
  path: string,
  known: Known<KnownValue>,
  refuse: (expected: string) => Error,
): KnownTree {
  const old = leafAt(values, path)!;
  const expected = whyNotInstead(old, known);
  if (expected !== undefined) throw refuse(expected);
  return withLeaf(values, path, { ...known, unit: old.unit });
}

/** A value as written after "=": a quantity, a word, or numbers in brackets with one unit behind them: "[1, 2] uS". */
export function valueOfText(text: string): Known<KnownValue> {
  const provenance = { howKnown: "assumed", source: "set by the user" } as const;
  const list = /^\[(.*)\]\s*(\S*)$/.exec(text);
  if (list) {
    const entries = list[1]!.split(",").map((entry) => readQuantity(`${entry.trim()} ${list[2]}`));
    if (entries.every((entry) => entry !== undefined)) {
      return { value: entries.map(({ value }) => value), unit: entries[0]?.unit ?? "1", ...provenance };
    }
  }
  const quantity = readQuantity(text);
  return quantity
    ? { value: quantity.value, unit: quantity.unit, ...provenance }
    : { value: text, unit: "", ...provenance };
}

function listed(paths: readonly string[], most = 8): string {
  return paths.length > most ? `${paths.slice(0, most).join(", ")}, ..` : paths.join(" or ");
}
