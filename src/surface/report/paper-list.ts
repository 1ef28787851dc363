import { createColors } from "picocolors";
import type { ListedPaper } from "../../../experiments/papers/index.ts";
import { html } from "./markup.ts";
import { grouped } from "./numbers.ts";
import { page, table } from "./page.ts";
import type { Head } from "./shapes.ts";
import { columns } from "./text-columns.ts";

/** The papers on a terminal. */
export function paperListText(papers: readonly ListedPaper[], { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const rows = papers.map(({ name, title, steps }) => [name, title, `${steps.full}`, `${steps.quick}`]);
  return `${paint.bold("Papers")}\n${columns(["paper", "title", "steps", "with --quick"], rows, paint, [], "left")}\n`;
}

export function paperListReport(papers: readonly ListedPaper[], { crossohm }: Head): string {
  return page(
    "Papers: Crossohm",
    html`<header><h1>Papers</h1></header>
${table(
  "Published systems that crossohm paper run takes.",
  [
    { title: "Paper", text: true },
    { title: "Title", text: true },
    { title: "Source", text: true },
    { title: "Steps" },
    { title: "With --quick" },
  ],
  papers.map(({ name, title, source, steps }) => [name, title, source, grouped(steps.full), grouped(steps.quick)]),
)}
<footer>Crossohm ${crossohm}.</footer>`,
  );
}
