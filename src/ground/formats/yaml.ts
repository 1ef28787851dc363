import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { inputError } from "../errors.ts";

/** A YAML file's content, and where each part of it stands. */
export interface YamlFile {
  readonly file: string;
  readonly tree: unknown;
  /** Line, from 1, of the key at a path; of the nearest key above it where the path is not in the file. */
  lineOf(path: readonly (string | number)[]): number | undefined;
}

/** Reads one YAML document; broken syntax, a key written twice and a second document are refused with their line. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [trouble] = document.errors;
  if (trouble) {
    const { line } = lines.linePos(trouble.pos[0]);
    throw inputError({ file, place: line, found: trouble.message.replace(/\.$/, ""), expected: "YAML" });
  }
  if (document.contents === null) throw inputError({ file, found: "an empty file", expected: "YAML" });
  return {
    file,
    tree: plainTree(document, file),
    lineOf(path) {
      let node: unknown = document.contents;
      let line: number | undefined;
      for (const key of path) {
        const inner = step(node, key);
        if (!inner) break;
        const from = (inner.key ?? inner.value)?.range?.[0];
        if (from !== undefined) line = lines.linePos(from).line;
        node = inner.value;
      }
      return line;
    },
  };
}

function plainTree(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // An alias without its anchor, or aliases that multiply without end.
    throw inputError({ file, found: (error as Error).message, expected: "YAML" });
  }
}

function step(node: unknown, key: string | number): { key: Node | null; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && { key: pair.key as Node | null, value: pair.value as Node | null };
  }
  const item = (node as { items?: readonly Node[] } | null)?.items?.[Number(key)];
  return item && { key: null, value: item };
}
