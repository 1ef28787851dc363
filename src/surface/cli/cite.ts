import type { Command } from "commander";
import { type Chip, chipTree, type Source, sourcesOf } from "../../../circuits/index.ts";
import { inputError } from "../../ground/errors.ts";
import type { KnownTree } from "../../ground/known.ts";
import { bibtexOf } from "../bibtex.ts";
import { writeWhole } from "../files.ts";
import type { Terminal } from "../progress.ts";
import type { NamedFile } from "./output.ts";

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

/** The file that works go to, where one is named. Two things on standard output are refused. */
export function citeOutput({ cite, json }: CiteOptions): NamedFile {
  if (cite === true && json === "-") {
    throw inputError({ file: "--cite", found: "no file, with --json -", expected: "a file for one of the two" });
  }
  return { option: "--cite", file: cite === true ? undefined : cite };
}

/** The works that a chip's values rest on, and those of other trees. */
export function chipSources(chip: Chip, ...more: readonly KnownTree[]): Source[] {
  const { name: _name, title: _title, ...parts } = chipTree(chip);
  return sourcesOf(parts as KnownTree, ...more);
}

export function writeCitations({ cite }: CiteOptions, sources: () => readonly Source[], out: Terminal): void {
  if (cite === undefined) return;
  const entries = bibtexOf(sources());
  if (cite === true) out.write(entries);
  else writeWhole(cite, entries);
}
