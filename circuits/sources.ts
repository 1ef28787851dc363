import { embedded } from "../src/ground/embedded/index.ts";
import type { KnownTree } from "../src/ground/known.ts";
import { leavesOf } from "../src/ground/known-tree.ts";

/** A work that values rest on. */
export interface Source {
  /** Key of data/sources.yaml. */
  readonly key: string;
  readonly text: string;
  readonly doi?: string;
  readonly url?: string;
}

/** The work of that key; undefined where a value names something else ("set by the user", a file). */
export function sourceOf(key: string): Source | undefined {
  const works = embedded("sources") as Readonly<Record<string, Omit<Source, "key">>>;
  return Object.hasOwn(works, key) ? { key, ...works[key]! } : undefined;
}

/** A work in one line: its text, then its DOI or address. */
export function sourceText({ text, doi, url }: Source): string {
  return `${text}${doi !== undefined ? `, doi:${doi}` : url !== undefined ? `, ${url}` : ""}`;
}

/** The works that the values of trees rest on, each once, in the order in which they are met. */
export function sourcesOf(...trees: readonly KnownTree[]): Source[] {
  return sourcesNamed(trees.flatMap((tree) => leavesOf(tree).map(([, { source }]) => source)));
}

/** The works behind names as leaves give them; several may stand in one, with commas. */
export function sourcesNamed(names: readonly (string | null)[]): Source[] {
  const keys = new Set(names.flatMap((name) => (name === null ? [] : name.split(/,\s*/))));
  return [...keys].flatMap((key) => sourceOf(key) ?? []);
}
