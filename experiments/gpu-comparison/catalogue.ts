import { embedded, embeddedNames } from "../../src/ground/embedded/index.ts";
import { inputError, namesNear } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { readKnownTree } from "../../src/ground/known-tree.ts";
import { type AnchorTable, anchorTable } from "./anchors.ts";
import { type Gpu, gpuOf } from "./model.ts";

const anchorName = "anchors";

/** Names of the graphics processors that the package knows. */
export function gpuNames(): string[] {
  return embeddedNames("gpus").filter((name) => name !== anchorName);
}

/** A graphics processor with the values it rests on; an unknown name is refused with the names near it. */
export function gpuNamed(name: string, place = "--gpu"): { readonly gpu: Gpu; readonly values: KnownTree } {
  const names = gpuNames();
  if (!names.includes(name)) {
    const near = namesNear(name, names);
    throw inputError({ file: place, found: `no GPU "${name}"`, expected: names.join(", "), near });
  }
  const { title, values } = embedded(`gpus/${name}`) as { title: string; values: unknown };
  const tree = readKnownTree(values, `gpus/${name}`);
  return { gpu: gpuOf(name, title, tree), values: tree };
}

/** The public logs, the model beside them. */
export function gpuAnchors(): AnchorTable {
  const { values } = embedded(`gpus/${anchorName}`) as { values: unknown };
  return anchorTable(
    gpuNames().map((name) => gpuNamed(name).gpu),
    readKnownTree(values, `gpus/${anchorName}`),
  );
}
