import { embedded, embeddedNames } from "../src/ground/embedded/index.ts";
import { inputError, namesNear } from "../src/ground/errors.ts";
import { isKnown } from "../src/ground/known.ts";
import { readKnownTree, shown } from "../src/ground/known-tree.ts";
import { embeddedTree, type WrittenTree } from "../src/ground/written-tree.ts";
import { type ChipFile, chipFileSchema, leafSchema } from "./chip-schema.ts";

export function chipPresets(): string[] {
  return embeddedNames("chips");
}

export function presetTitle(name: string): string {
  return (embedded(`chips/${name}`) as { title: string }).title;
}

export function presetFile(name: string): ChipFile {
  return chipFile(embeddedTree(`chips/${name}`));
}

/** Checks a chip file's structure, units, ranges and words. It may be partial; `costs: NAME` names the table alone. */
export function chipFile(written: WrittenTree): ChipFile {
  const { tree } = written;
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    throw inputError({ file: written.label, found: shown(tree), expected: "a chip: device, tile, read, .." });
  }
  const { name, title, ...groups } = tree as Record<string, unknown>;
  if (typeof groups.costs === "string") groups.costs = { table: groups.costs };
  for (const [key, group] of Object.entries(groups)) {
    const isGroup = typeof group === "object" && group !== null && !Array.isArray(group);
    if (key in chipFileSchema.shape && !isGroup) throw written.refuse(key, `the keys of ${key}`);
  }
  const leaves = readKnownTree(groups, written.label, written.origin);
  const texts = Object.fromEntries(Object.entries({ name, title }).filter(([, text]) => text !== undefined));
  const checked = chipFileSchema.safeParse({ ...leaves, ...texts });
  if (checked.success) {
    checkNames(checked.data, written);
    return checked.data;
  }

  const [issue] = checked.error.issues;
  const path = issue!.path.map(String);
  if (issue!.code === "unrecognized_keys") {
    const at = [...path, issue!.keys[0]!];
    const names = namesIn(path[0]);
    const near = namesNear(at.at(-1)!, names);
    throw inputError({
      ...written.where(at.join(".")),
      found: `no key "${at.join(".")}"`,
      expected: names.join(", "),
      near,
    });
  }
  const leaf = path.slice(0, 2).join(".");
  throw written.refuse(leaf, leafSchema(leaf)?.description ?? "text");
}

/** Model, set and table are words, unlike the values beside them. */
function checkNames({ device, costs }: ChipFile, written: WrittenTree): void {
  const names = { "device.model": device?.model, "device.parameters": device?.parameters, "costs.table": costs?.table };
  for (const [path, leaf] of Object.entries(names)) {
    if (leaf !== undefined && !(isKnown(leaf) && typeof leaf.value === "string")) throw written.refuse(path, "a name");
  }
}

function namesIn(section: string | undefined): string[] {
  const { shape } = chipFileSchema;
  if (section === undefined) return Object.keys(shape);
  return Object.keys(
    (shape[section as keyof typeof shape] as unknown as { unwrap(): { shape: object } }).unwrap().shape,
  );
}
