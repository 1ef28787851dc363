import type { Command } from "commander";
import type { ConductanceFile, EvaluateSupplies, SavedArrays } from "../../../experiments/network/index.ts";
import { inputError } from "../../ground/errors.ts";
import { NpzArchive, npzPieces } from "../../ground/formats/npz.ts";
import { fileSource, freeBytes, writeWhole } from "../files.ts";
import type { NamedFile } from "./output.ts";

/** Files of arrays beside the JSON. */
export interface ArrayFileOptions {
  readonly saveConductances?: string;
  readonly loadConductances?: string;
  readonly saveOutputs?: string;
  readonly csv?: string;
}

/** Bytes from which a person is told what will be kept in memory. */
const muchMemory = 2e9;

export function withArrayFiles(command: Command): Command {
  return command
    .option("--csv <FILE>", "a row of accuracy for each chip, time and setting of compensation")
    .option("--save-outputs <FILE.npz>", "the scores of every image")
    .option("--save-conductances <FILE.npz>", "target, programmed and drifted conductances of every cell")
    .option(
      "--load-conductances <FILE.npz>",
      "conductances in place of the programmed ones; --chips and --times are then the file's",
    );
}

export function arrayOutputs({ csv, saveOutputs, saveConductances }: ArrayFileOptions): NamedFile[] {
  return [
    { option: "--csv", file: csv },
    { option: "--save-outputs", file: saveOutputs },
    { option: "--save-conductances", file: saveConductances },
  ];
}

/** @param given  whether an option stands on the command line */
export function conductanceFile(
  options: ArrayFileOptions & { readonly times: readonly number[]; readonly chips: number },
  given: (option: "times" | "chips") => boolean,
): ConductanceFile | null {
  const { loadConductances: file, times, chips } = options;
  if (file === undefined) return null;
  const archive = new NpzArchive(fileSource(file, "conductances (.npz)"), file);
  return { file, archive, times: given("times") ? times : null, chips: given("chips") ? chips : null };
}

/** Refuses arrays that their disks have no room for, and tells of large ones, before the chips run. */
export function roomFor(
  { saveConductances, saveOutputs }: ArrayFileOptions,
  log: (line: string) => void,
): NonNullable<EvaluateSupplies["room"]> {
  return ({ conductances, outputs }) => {
    for (const [option, file, bytes] of [
      ["--save-conductances", saveConductances, conductances],
      ["--save-outputs", saveOutputs, outputs],
    ] as const) {
      if (file === undefined) continue;
      const free = freeBytes(file);
      if (bytes > free) {
        const expected = `no more than the ${gigabytes(free)} that are free where "${file}" is to be`;
        throw inputError({ file: option, found: `${gigabytes(bytes)} of arrays`, expected });
      }
      if (bytes > muchMemory) log(`${option}: ${gigabytes(bytes)} in memory until the end, and as much in "${file}"`);
    }
  };
}

export function writeArrays(
  { saveConductances, saveOutputs }: ArrayFileOptions,
  { conductances, outputs }: SavedArrays,
): void {
  if (saveConductances !== undefined && conductances) writeWhole(saveConductances, npzPieces(conductances));
  if (saveOutputs !== undefined && outputs) writeWhole(saveOutputs, npzPieces(outputs));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
