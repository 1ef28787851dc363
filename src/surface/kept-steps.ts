import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KeptSteps, PaperStep } from "../../experiments/papers/index.ts";
import { inputError } from "../ground/errors.ts";
import { kindOf, version, writeWhole } from "./files.ts";

/**
 * Results of a paper's steps in a folder, a file each. A result is found again by all that it depends on: version and code, paper, step,
 * input, and the digits that it asks for. The folder is made when the first step ends.
 *
 * @param digits  checksum of the digits; asked for where a step asks for them
 */
export function keptSteps(folder: string, paper: string, digits: () => string): KeptSteps {
  const kind = kindOf(folder);
  if (kind !== "folder" && kind !== "none") {
    throw inputError({ file: "--keep", found: `"${folder}", which is a file`, expected: "a folder, or none yet" });
  }
  if (kind === "none" && kindOf(dirname(folder)) !== "folder") {
    throw inputError({ file: "--keep", found: `no folder "${dirname(folder)}"`, expected: "a place for a folder" });
  }
  const code = codeChecksum();
  const keyOf = ({ name, input, digits: asks }: PaperStep) =>
    JSON.stringify({ version: version(), code, paper, name, input, ...(asks ? { digits: digits() } : {}) });
  const fileOf = (step: PaperStep) => {
    const checksum = createHash("sha256").update(keyOf(step)).digest("hex").slice(0, 16);
    return join(folder, `${step.name.replace(/[^\w.=-]+/g, "-")}.${checksum}.json`);
  };
  return {
    read(step) {
      const file = fileOf(step);
      if (!existsSync(file)) return undefined;
      try {
        return (JSON.parse(readFileSync(file, "utf8")) as { result: unknown }).result;
      } catch {
        // A file that somebody damaged is as none: the step runs again.
        return undefined;
      }
    },
    write(step, result) {
      mkdirSync(folder, { recursive: true });
      const { name, input } = step;
      writeWhole(fileOf(step), `${JSON.stringify({ crossohm: version(), code, paper, step: name, input, result })}\n`);
    },
  };
}

/** Of everything below the surface: other code may give other results. */
function codeChecksum(): string {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const hash = createHash("sha256");
  for (const floor of ["circuits", "crossbar", "devices", "experiments", join("src", "ground")]) {
    const folder = join(root, floor);
    for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
      if (/(?<!\.d)\.[jt]s$/.test(name))
        hash.update(name.replaceAll("\\", "/")).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}
