import type { Source } from "../../circuits/index.ts";

/** Works as BibTeX, an entry each. */
export function bibtexOf(sources: readonly Source[]): string {
  return sources.map(entryOf).join("\n");
}

function entryOf({ key, text, doi, url }: Source): string {
  const { kind, ...fields } = fieldsOf(text);
  const all: Record<string, string | undefined> = { ...fields, doi, url };
  const lines = Object.entries(all).flatMap(([name, value]) => {
    if (value === undefined) return [];
    // Addresses go as they are; braces around a title keep its capitals.
    if (name === "doi" || name === "url") return [`  ${name} = {${value}}`];
    return [`  ${name} = {${name === "title" ? `{${escaped(value)}}` : escaped(value)}}`];
  });
  return `@${kind}{${key},\n${lines.join(",\n")}\n}\n`;
}

interface Fields {
  readonly kind: "article" | "misc";
  readonly author?: string | undefined;
  readonly title: string;
  readonly journal?: string | undefined;
  readonly volume?: string | undefined;
  readonly pages?: string | undefined;
  readonly year?: string | undefined;
}

/** "Names et al., Title, Journal 12, 345 (2020)": an article; what reads otherwise is named by what it says. */
function fieldsOf(text: string): Fields {
  const names = /^(.{1,80}? et al\.|[A-Z][\p{L}-]+(?: (?:&|and) [A-Z][\p{L}-]+)?), (.*)$/u.exec(text);
  const author = names?.[1]?.replace(/ et al\.$/, " and others").replace(/ & /, " and ");
  const rest = names?.[2] ?? text;
  const year = /\((\d{4})\)/.exec(rest)?.[1];
  const article = /^(.*), ([^,]+?) (\d+), ([\w-]+) \(\d{4}\)/.exec(rest);
  if (article) {
    const [, title, journal, volume, pages] = article as unknown as [string, string, string, string, string];
    return { kind: "article", author, title, journal, volume, pages, year };
  }
  return { kind: "misc", author, title: rest.replace(/,? ?\(\d{4}\)$/, ""), year };
}

/** Signs that mean something to TeX, as themselves. */
function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
  };
  return text.replace(/[\\~^&%$#_{}]/g, (sign) => signs[sign] ?? `\\${sign}`);
}
