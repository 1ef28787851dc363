import { createColors } from "picocolors";
import { bandInWords, verdict, worth } from "./claims.ts";
import { duration, grouped, quantity } from "./numbers.ts";
import type { PaperOutput } from "./shapes.ts";
import { columns, wrapped } from "./text-columns.ts";

/** What `paper run NAME` prints: every claim with what came out, held or not. */
export function paperText(output: PaperOutput, { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const { title, source, paper, quick, claims, energy, runtime, standIns, steps, seed } = output;
  const painted = (word: ReturnType<typeof verdict>) =>
    word === "FAILED" ? paint.red(paint.bold(word)) : word === "held" ? paint.green(word) : paint.dim(word);
  const rows = claims.map((claim) => [
    claim.id,
    worth(claim.value, claim.unit),
    bandInWords(claim),
    painted(verdict(claim)),
  ]);
  const count = (word: string) => claims.filter((claim) => verdict(claim) === word).length;
  const failed = count("FAILED");
  const blocks = [
    [
      paint.bold(`${paper}: ${title}`),
      wrapped(source),
      `${quick ? "quick run" : "full run"}, seed ${seed}, ${duration(runtime.seconds)} on ${runtime.threads} ${runtime.threads === 1 ? "thread" : "threads"}${steps.kept > 0 ? `, ${steps.kept} of ${steps.all} steps from an earlier run` : ""}`,
    ].join("\n"),
    columns(["claim", "value", "band", ""], rows, paint),
    claims
      .map((claim) => wrapped(`${claim.id}  ${claim.text}.${claim.reason === undefined ? "" : ` (${claim.reason})`}`))
      .join("\n"),
    `${grouped(count("held"))} held, ${failed > 0 ? paint.red(`${failed} FAILED`) : "none failed"}, ${count("not run")} not run.`,
    [
      `Energy ${quantity(energy.total, "J")}: ${Object.entries(energy.byComponent)
        .map(([name, joules]) => `${name} ${quantity(joules, "J")}`)
        .join(", ")}.`,
      ...standIns.map((text) => wrapped(`Stand-in: ${text}.`)),
    ].join("\n"),
    ...(steps.notRun.length > 0
      ? [wrapped(`Not run: ${steps.notRun.length} of ${steps.all} steps: ${steps.notRun.join("; ")}.`)]
      : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}
