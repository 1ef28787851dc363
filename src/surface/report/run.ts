import { html, type Markup } from "./markup.ts";
import { fileName, grouped, inWords, quantity, share, timeSinceFirstReading } from "./numbers.ts";
import { facts } from "./page.ts";
import type { EvaluationOutput, Head } from "./shapes.ts";

/** How read noise was split between what is held and what is fresh. */
export function readNoiseNote(readNoise: EvaluationOutput["readNoise"]): Markup {
  const shares = readNoise.heldShare.map(({ time, share: held }) => `${timeSinceFirstReading(time)}: ${share(held)}`);
  const meaning: Readonly<Record<string, string>> = {
    process: "the part slower than the run is one draw per cell, the rest is fresh at every product",
    held: "all of it is one draw per cell, chip and time",
    perRead: "all of it is fresh at every product",
  };
  return html`<p class="note">Read noise: ${readNoise.mode}${meaning[readNoise.mode] ? ` (${meaning[readNoise.mode]})` : ""}; window of a run ${quantity(readNoise.window, "s")}; share of its variance that is held: ${shares.join(", ")}.</p>\n`;
}

/** How to get the same numbers again. */
export function runFacts(output: Head & Partial<Pick<EvaluationOutput, "runtime">>): Markup {
  const { command, arguments: words, seed, kernels, crossohm, runtime } = output;
  const engine =
    typeof kernels === "string"
      ? kernels
      : Object.entries(kernels)
          .map(([name, value]) => `${inWords(name)}: ${value}`)
          .join("; ");
  return facts([
    ["Command", html`<code>crossohm ${[command, ...words].map(quoted).join(" ")}</code>`],
    ["Version", crossohm],
    ["Seed", String(seed)],
    ["Kernels", engine],
    ...(runtime ? [["Time", runtimeText(runtime)] as const] : []),
  ]);
}

/** How long it took, where, and how much memory the process had at its fullest. */
export function runtimeText({ seconds, perImage, threads, peakMemory }: EvaluationOutput["runtime"]): string {
  const on = `on ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return `${quantity(seconds, "s")} ${on}, ${quantity(perImage, "s")} an image; memory at most ${grouped(Math.round(peakMemory / 1e6))} MB`;
}

/** As a shell would need it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** Where conductances came from, after the chips that have them; nothing where they drew their own. */
export function conductancesText(conductances: EvaluationOutput["conductances"]): string {
  if (!conductances) return "";
  const meaning = conductances.kind === "at" ? "those of each time" : "drifting from there";
  return ` with the conductances of ${fileName(conductances.file)} (${meaning})`;
}
