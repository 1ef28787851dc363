import { sourceOf, sourceText } from "../../circuits/index.ts";
import { inputError, namesNear } from "../../src/ground/errors.ts";
import { multiMemristive } from "./multi-memristive/index.ts";
import type { Paper } from "./paper.ts";

/** Every published system that can be run. */
const papers: readonly Paper[] = [multiMemristive];

/** A line of the list. */
export interface ListedPaper {
  readonly name: string;
  readonly title: string;
  /** In a line. */
  readonly source: string;
  /** How many steps it takes. */
  readonly steps: { readonly full: number; readonly quick: number };
}

export function listPapers(seed: number): ListedPaper[] {
  return papers.map((paper) => {
    const count = (quick: boolean) => paper.steps(quick, seed).length;
    const { name, title } = paper;
    return { name, title, source: sourceInWords(paper), steps: { full: count(false), quick: count(true) } };
  });
}

export function sourceInWords({ name, source }: Paper): string {
  const work = sourceOf(source);
  if (!work) throw new Error(`paper ${name} rests on ${source}, which data/sources.yaml does not have`);
  return sourceText(work);
}

export function paperNamed(name: string): Paper {
  const names = papers.map((paper) => paper.name);
  const paper = papers[names.indexOf(name)];
  if (paper) return paper;
  throw inputError({
    file: "crossohm paper",
    found: `no paper "${name}"`,
    expected: names.join(", "),
    near: namesNear(name, names),
  });
}
