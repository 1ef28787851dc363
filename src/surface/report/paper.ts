import { bandInWords, verdict, worth } from "./claims.ts";
import { captioned } from "./figures/frame.ts";
import { isWide, paperFigure } from "./figures/paper.ts";
import { html, type Markup } from "./markup.ts";
import { duration, grouped, missing, partShare, quantity } from "./numbers.ts";
import { page, section, table } from "./page.ts";
import { runFacts } from "./run.ts";
import type { PaperOutput } from "./shapes.ts";

/** What came of a paper, for people: one HTML page with its figures inside, nothing fetched. */
export function paperReportOf(output: PaperOutput): string {
  const { title, source, claims, figures, tables, standIns, steps, runtime, quick, crossohm } = output;
  const { kernels, command, arguments: words, seed, warnings } = output;
  const count = (word: string) => claims.filter((claim) => verdict(claim) === word).length;
  return page(
    `${title}: Crossohm`,
    html`<header>
<h1>${title}</h1>
<p>${source}</p>
<p>${count("held")} of ${claims.length} claims held, ${count("FAILED")} failed, ${count("not run")} not run${quick ? " (quick run)" : ""}.</p>
</header>
${warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
${section("Claims", claimTable(claims))}
${figures.length > 0 && section("Figures", html`<div class="figures">${figures.map((one, index) => captioned(index + 1, paperFigure(one), html`<b>${one.title}.</b> ${one.caption}`, isWide(one)))}</div>\n`)}
${tables.length > 0 && section("Tables", ...tables.map(tableOf))}
${section("Energy", energyTable(output))}
${section("Stand-ins", standInList(standIns))}
${section(
  "The run",
  runFacts({ crossohm, command, arguments: words, seed, kernels, warnings }),
  html`<p class="note">${duration(runtime.seconds)} on ${runtime.threads} ${runtime.threads === 1 ? "thread" : "threads"}; memory at most ${grouped(Math.round(runtime.peakMemory / 1e6))} MB. ${steps.all} steps${steps.kept > 0 ? `, ${steps.kept} of them from an earlier run` : ""}.${steps.notRun.length > 0 ? ` Not run: ${steps.notRun.join("; ")}.` : ""}</p>\n`,
)}
<footer>Crossohm ${crossohm}. SI units with prefixes.</footer>`,
  );
}

function claimTable(claims: PaperOutput["claims"]): Markup {
  return table(
    "Every claim with the number that came out and the band it is to lie in; failed ones stay.",
    [
      { title: "Claim", text: true },
      { title: "What it says", text: true },
      { title: "Value" },
      { title: "Band", text: true },
      { title: "Held", text: true },
      { title: "Band from", text: true },
    ],
    claims.map((claim) => [
      claim.id,
      html`${claim.text}${claim.reason === undefined ? "" : html` <small>(${claim.reason})</small>`}`,
      worth(claim.value, claim.unit),
      bandInWords(claim),
      claim.held === false ? html`<b>${verdict(claim)}</b>` : verdict(claim),
      claim.howKnown,
    ]),
  );
}

function tableOf({ title, columns, rows }: PaperOutput["tables"][number]): Markup {
  const isText = (index: number) => rows.some((row) => typeof row[index] === "string");
  return table(
    title,
    columns.map((name, index) => ({ title: name, text: isText(index) })),
    rows.map((row) => row.map((cell) => (typeof cell === "number" ? worth(cell, "1") : cell))),
  );
}

function energyTable({ energy: { total, byComponent } }: PaperOutput): Markup {
  return table(
    "Over all steps; the parts sum to the whole.",
    [{ title: "Spent on", text: true }, { title: "Energy" }, { title: "Share" }],
    [
      ...Object.entries(byComponent)
        .sort(([, a], [, b]) => b - a)
        .map(([name, joules]) => [name, quantity(joules, "J"), partShare(joules, total)]),
      ["all", quantity(total, "J"), total > 0 ? "100 %" : missing].map((cell) => html`<b>${cell}</b>`),
    ],
  );
}

function standInList(standIns: readonly string[]): Markup {
  if (standIns.length === 0) return html`<p class="note">None: everything is the paper's own.</p>\n`;
  return html`<ul>${standIns.map((text) => html`<li>${text}</li>\n`)}</ul>\n`;
}
