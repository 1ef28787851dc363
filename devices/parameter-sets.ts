import { embedded, embeddedBelow } from "../src/ground/embedded/index.ts";
import { embeddedTree, type WrittenTree } from "../src/ground/written-tree.ts";

const common = "devices/common";

/** The package's parameter set of a model by its name, with what it inherits: from what is common to all, or from another set of its model. */
export function shippedParameterSet(model: string, name: string): WrittenTree {
  const path = embeddedBelow("devices").find((candidate) => {
    const { model: of } = embedded(candidate) as { model?: string };
    return of === model && candidate.endsWith(`/${name}`);
  });
  if (path === undefined) throw new Error(`the package holds no parameter set ${name} of ${model}`);
  const written = embeddedTree(path);
  const { inherits, values, ...rest } = written.tree as { inherits?: string; values: object };
  if (inherits === undefined) return written;
  const above = inherits === "common" ? embedded(common) : shippedParameterSet(model, inherits).tree;
  return { ...written, tree: { ...rest, values: over((above as { values: object }).values, values) } };
}

/** Two trees of leaves, the second's where both have one. A leaf is what has a value. */
function over(under: unknown, above: unknown): unknown {
  if (!isGroup(under) || !isGroup(above)) return above;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(above)])];
  return Object.fromEntries(keys.map((key) => [key, key in above ? over(under[key], above[key]) : under[key]]));
}

function isGroup(tree: unknown): tree is Record<string, unknown> {
  return typeof tree === "object" && tree !== null && !("value" in tree);
}
