import type { Command } from "commander";
import type { Source } from "../../../circuits/index.ts";
import { inputError } from "../../ground/errors.ts";
import { bibtexOf } from "../bibtex.ts";
import { writeWhole } from "../files.ts";
import type { Terminal } from "../progress.ts";

/** Where the works behind a run's values go: a file, or standard output in place of the text. */
export interface CiteOptions {
  readonly cite?: string | true;
  readonly json?: string;
}

export function withCite(command: Command): Command {
  return command.option(
    "--cite [FILE]",
    "the works behind the values as BibTeX, into a file or to standard output in place of the text",
  );
}

/** Refuses two things on standard output. */
export function checkCite({ cite, json }: CiteOptions): void {
  if (cite === true && json === "-") {
    throw inputError({ file: "--cite", found: "no file, with --json -", expected: "a file for one of the two" });
  }
}

export function writeCitations({ cite }: CiteOptions, sources: readonly Source[], out: Terminal): void {
  if (cite === undefined) return;
  if (cite === true) out.write(bibtexOf(sources));
  else writeWhole(cite, bibtexOf(sources));
}
