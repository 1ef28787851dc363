import { createColors } from "picocolors";
import { bandInWords, verdict, worth } from "./claims.ts";
import { duration, grouped, quantity } from "./numbers.ts";
import type { PaperOutput } from "./shapes.ts";
import { type Paint, wrapped } from "./text-columns.ts";

/** What `paper run NAME` prints: every claim with what came out, held or not. */
export function paperText(output: PaperOutput, { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const { title, source, paper, quick, claims, energy, runtime, standIns, steps, seed } = output;
  const count = (word: string) => claims.filter((claim) => verdict(claim) === word).length;
  const failed = count("FAILED");
  const blocks = [
    [
      paint.bold(`${paper}: ${title}`),
      wrapped(source),
      `${quick ? "quick run" : "full run"}, seed ${seed}, ${duration(runtime.seconds)} on ${runtime.threads} ${runtime.threads === 1 ? "thread" : "threads"}${steps.kept > 0 ? `, ${steps.kept} of ${steps.all} steps from an earlier run` : ""}`,
    ].join("\n"),
    claimLines(claims, paint),
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

/** Each claim's number, band and verdict, and below them what it says. */
function claimLines(claims: PaperOutput["claims"], paint: Paint): string {
  const rows = claims.map((claim) => [claim.id, verdict(claim), worth(claim.value, claim.unit), bandInWords(claim)]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const painted = (word: string) =>
    word.startsWith("FAILED")
      ? paint.red(paint.bold(word))
      : word.startsWith("held")
        ? paint.green(word)
        : paint.dim(word);
  const indent = " ".repeat(widths[0]! + 2);
  return claims
    .flatMap(({ text, reason }, index) => {
      const [id, word, value, band] = rows[index] as [string, string, string, string];
      const [first, ...rest] = [
        id.padEnd(widths[0]!),
        painted(word.padEnd(widths[1]!)),
        value.padStart(widths[2]!),
        band,
      ];
      const words = `${text}.${reason === undefined ? "" : ` (${reason})`}`;
      return [
        [first, ...rest].join("  ").trimEnd(),
        ...wrapped(words, 100 - indent.length)
          .split("\n")
          .map((line) => `${indent}${line}`),
      ];
    })
    .join("\n");
}
