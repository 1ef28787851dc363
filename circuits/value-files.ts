import { type DeviceModel, shippedParameterSet } from "../devices/index.ts";
import { embeddedNames } from "../src/ground/embedded/index.ts";
import { inputError, namesNear } from "../src/ground/errors.ts";
import type { KnownTree } from "../src/ground/known.ts";
import { leafAt, leavesOf, readKnownTree, withLeaf } from "../src/ground/known-tree.ts";
import { below, embeddedTree, userTree, type WrittenTree } from "../src/ground/written-tree.ts";
import { whyNotInstead } from "./chip-schema.ts";

/** Text of a file the user named; undefined where there is none. `beside`: the file that names it. */
export type Open = (name: string, beside?: string) => string | undefined;

/** Where a name was written. */
export interface Place {
  readonly file: string;
  readonly place?: string | number | undefined;
}

/** A parameter set or cost table, values in SI. */
export interface ValueFile {
  /** As it is named in the chip: of the package, or the user's file. */
  readonly name: string;
  readonly values: KnownTree;
  /** What a set's source covers. */
  readonly covers: KnownTree;
  readonly notCovered: readonly string[];
  /** In words. */
  readonly title: string;
  /** A set's equations in a line, and the key of their source. */
  readonly law: { readonly text: string; readonly source: string | null } | null;
  /** Protocols that show what a set's devices are known for, by name, as the file has them. */
  readonly protocols: Readonly<Record<string, unknown>>;
  readonly written: WrittenTree;
}

/** One of the package's sets of a model. */
export function ownParameterSet(model: DeviceModel, name: string): ValueFile {
  return valueFile(name, shippedParameterSet(model.name, name));
}

/**
 * A set of the model by name, else a file of the user's: what that leaves out is as in the first of the model's sets that has
 * all of the file's keys (sets of one model may follow laws of different form), else in its very first.
 */
export function parameterSet(model: DeviceModel, name: string, open: Open, namedIn: Place): ValueFile {
  if (model.parameterSets.includes(name)) return ownParameterSet(model, name);
  const text = open(name, namedIn.file);
  if (text === undefined) {
    const found = `no parameter set or file "${name}" of the model ${model.name}`;
    const expected = `${model.parameterSets.join(", ")} or a file`;
    throw inputError({ ...namedIn, found, expected, near: namesNear(name, model.parameterSets) });
  }
  const written = userTree(text, name, name);
  const { model: of } = (written.tree ?? {}) as { model?: unknown };
  if (of !== model.name) throw written.refuse("model", model.name);
  const file = valueFile(name, written);
  const keys = leavesOf(file.values).map(([path]) => path);
  const own = model.parameterSets.map((each) => ownParameterSet(model, each));
  const like = own.find((set) => keys.every((path) => leafAt(set.values, path))) ?? own[0]!;
  const values = replaced(like.values, file.values, below(written, "values"), "parameter set");
  return { ...file, values, law: file.law ?? like.law };
}

/** One of the package's cost tables. */
export function costTable(name: string, where: Place): ValueFile {
  const names = embeddedNames("costs");
  if (names.includes(name)) return valueFile(name, embeddedTree(`costs/${name}`));
  throw inputError({
    ...where,
    found: `no cost table "${name}"`,
    expected: names.join(", "),
    near: namesNear(name, names),
  });
}

/** Without the leaves that only repeat what the values say. */
export function differing(over: KnownTree, values: KnownTree): KnownTree {
  return leavesOf(over)
    .filter(([path, leaf]) => String(leafAt(values, path)?.value) !== String(leaf.value))
    .reduce<KnownTree>((tree, [path, leaf]) => withLeaf(tree, path, leaf), {});
}

/** The values with others in their place; a key that is not there, and a value of another kind, are refused. */
export function replaced(
  values: KnownTree,
  over: KnownTree,
  written: Pick<WrittenTree, "refuse">,
  kind: string,
  changed: (path: string) => void = () => {},
): KnownTree {
  const names = leavesOf(values).map(([path]) => path);
  return leavesOf(over).reduce((tree, [path, leaf]) => {
    const old = leafAt(values, path);
    if (!old) throw written.refuse(path, `a key of the ${kind}`, namesNear(path, names));
    const expected = whyNotInstead(old, leaf);
    if (expected !== undefined) throw written.refuse(path, expected);
    changed(path);
    return withLeaf(tree, path, { ...leaf, unit: old.unit });
  }, values);
}

function valueFile(name: string, written: WrittenTree): ValueFile {
  const tree = written.tree as Readonly<Record<string, unknown>>;
  const { values, covers = {}, notCovered, title, protocols } = tree;
  const read = (key: string, part: unknown) => readKnownTree(part, written.label, below(written, key).origin);
  return {
    name,
    values: read("values", values),
    covers: read("covers", covers),
    notCovered: Array.isArray(notCovered) ? notCovered.map(String) : [],
    title: typeof title === "string" ? title : name,
    law: lawOf(written, tree.law),
    protocols: protocolsOf(written, protocols),
    written,
  };
}

function lawOf(written: WrittenTree, law: unknown): ValueFile["law"] {
  if (law === undefined) return null;
  const { text, source = null } = (law ?? {}) as { text?: unknown; source?: unknown };
  if (typeof text !== "string") throw written.refuse("law", "text, and source");
  if (source !== null && typeof source !== "string") throw written.refuse("law.source", "a word or null");
  return { text, source };
}

function protocolsOf(written: WrittenTree, protocols: unknown): ValueFile["protocols"] {
  if (protocols === undefined) return {};
  if (typeof protocols === "object" && protocols !== null && !Array.isArray(protocols)) return { ...protocols };
  throw written.refuse("protocols", "protocols by their names");
}
