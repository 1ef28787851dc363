import { embedded } from "./embedded/index.ts";
import { type InputError, inputError } from "./errors.ts";
import { readYaml } from "./formats/yaml.ts";
import { shown, type TreeOrigin } from "./known-tree.ts";

/** A tree of keys as somebody wrote it, and how to say where. Paths are dotted. */
export interface WrittenTree {
  /** The file as the user named it. */
  readonly label: string;
  readonly tree: unknown;
  /** For readKnownTree. */
  readonly origin: TreeOrigin;
  /** File and line of a key. */
  where(path: string): { readonly file: string; readonly place: string | number | undefined };
  /** What stands there, for errors: "512 uS". */
  shownAt(path: string): string;
  /** "chip.yaml:3: tile.rows is 512 uS, expected .." */
  refuse(path: string, expected: string, near?: readonly string[]): InputError;
}

/** A user's YAML file; `source` is what its leaves give where they name none. */
export function userTree(text: string, file: string, source: string): WrittenTree {
  const { tree, lineOf } = readYaml(text, file);
  return writtenTree(file, tree, { source, lineOf });
}

/** A file of the package. */
export function embeddedTree(path: string): WrittenTree {
  return writtenTree(`data/${path}.yaml`, embedded(path), { source: null });
}

/** Places under one key of the file. */
export function below(written: WrittenTree, key: string): Omit<WrittenTree, "tree"> {
  const { lineOf } = written.origin;
  return {
    label: written.label,
    origin: lineOf ? { ...written.origin, lineOf: (path) => lineOf([key, ...path]) } : written.origin,
    where: (path) => written.where(`${key}.${path}`),
    shownAt: (path) => written.shownAt(`${key}.${path}`),
    refuse: (path, expected, near) => written.refuse(`${key}.${path}`, expected, near),
  };
}

function writtenTree(label: string, tree: unknown, origin: TreeOrigin): WrittenTree {
  const where = (path: string) => ({ file: label, place: origin.lineOf ? origin.lineOf(path.split(".")) : path });
  const shownAt = (path: string) =>
    shown(path.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], tree));
  return {
    label,
    tree,
    origin,
    where,
    shownAt,
    refuse: (path, expected, near) =>
      inputError({ ...where(path), found: `${path} is ${shownAt(path)}`, expected, near }),
  };
}
