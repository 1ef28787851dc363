import { inputError } from "../../ground/errors.ts";
import { checkWritable, gathered, isSameFile, version, writeWhole } from "../files.ts";
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

/** A file that an option names, where it is given. */
export interface NamedFile {
  readonly option: string;
  readonly file: string | undefined;
}

/**
 * Refuses output files that could not be written, or that are one of the others or of what is read, before any work is done
 * for them.
 *
 * @param more  outputs of the command's own
 * @param inputs  what it reads
 */
export function checkOutputs(
  { json, report }: CommonOptions,
  more: readonly NamedFile[] = [],
  inputs: readonly NamedFile[] = [],
): void {
  const outputs = [
    { option: "--json", file: json === "-" ? undefined : json },
    { option: "--report", file: report },
    ...more,
  ].filter((output) => output.file !== undefined) as Required<NamedFile & { file: string }>[];
  for (const [index, { option, file }] of outputs.entries()) {
    if (file === "-") {
      throw inputError({ file: option, found: '"-"', expected: "a file: --json alone goes to standard output" });
    }
    checkWritable(file, option);
    const same = [...outputs.slice(0, index), ...inputs].find(
      (other) => other.file !== undefined && isSameFile(file, other.file),
    );
    if (same)
      throw inputError({ file: option, found: `"${file}", the file of ${same.option}`, expected: "another file" });
  }
}

/** Writes what was asked for; standard output has the JSON alone, or the text. */
export function writeOutputs({ json, report }: CommonOptions, out: Terminal, forms: Forms): void {
  if (json !== undefined && json !== "-") writeWhole(json, jsonPieces(forms.json()));
  if (report !== undefined) writeWhole(report, forms.report());
  if (json === "-") for (const part of gathered(jsonPieces(forms.json()))) out.write(part);
  else out.write(forms.text());
}
