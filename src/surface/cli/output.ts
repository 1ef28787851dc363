import { resolve } from "node:path";
import { inputError } from "../../ground/errors.ts";
import { checkWritable, gathered, version, writeWhole } from "../files.ts";
import type { Terminal } from "../progress.ts";
import type { Head } from "../report/shapes.ts";
import { jsonPieces } from "./json.ts";
import type { CommonOptions } from "./options.ts";

/** A result in the forms that a command can give it. */
export interface Forms {
  readonly json: () => object;
  readonly report: () => string;
  /** For the terminal. */
  readonly text: () => string;
}

export function headOf(
  command: string,
  words: readonly string[],
  seed: number,
  ran: Pick<Head, "kernels" | "warnings"> = { kernels: {}, warnings: [] },
): Head {
  return { crossohm: version(), command, arguments: words, seed, kernels: ran.kernels, warnings: ran.warnings };
}

/** Refuses output files that could not be written, before any work is done for them. */
export function checkOutputs({ json, report }: CommonOptions): void {
  if (json !== undefined && json !== "-") checkWritable(json, "--json");
  if (report !== undefined) checkWritable(report, "--report");
  if (json !== undefined && report !== undefined && resolve(json) === resolve(report)) {
    throw inputError({ file: "--report", found: `"${report}", the file of --json`, expected: "another file" });
  }
}

/** Writes what was asked for; standard output has the JSON alone, or the text. */
export function writeOutputs({ json, report }: CommonOptions, out: Terminal, forms: Forms): void {
  if (json !== undefined && json !== "-") writeWhole(json, jsonPieces(forms.json()));
  if (report !== undefined) writeWhole(report, forms.report());
  if (json === "-") for (const part of gathered(jsonPieces(forms.json()))) out.write(part);
  else out.write(forms.text());
}
