import type { TrainingState } from "../../experiments/training/index.ts";
import { inputError } from "../ground/errors.ts";
import { NpzArchive, npzPieces } from "../ground/formats/npz.ts";
import { fileSource, writeWhole } from "./files.ts";

/** What a checkpoint belongs to, by name: a value as it is told to the user, and a digest where that is not all of it. */
export type Identity = Readonly<Record<string, { readonly shown: string; readonly digest?: string }>>;

interface Header {
  readonly identity: Identity;
  readonly progress: TrainingState["progress"];
}

const headerName = "training";
const expected = "a checkpoint that crossohm train wrote";

/** Writes a training's state as one file: beside its place first, then renamed into it. */
export function writeCheckpoint(file: string, identity: Identity, { progress, products }: TrainingState): void {
  const header: Header = { identity, progress };
  const arrays = { [headerName]: new TextEncoder().encode(JSON.stringify(header)), ...products };
  writeWhole(
    file,
    npzPieces(Object.entries(arrays).map(([name, values]) => [name, { shape: [values.length], values }] as const)),
  );
}

/** Reads the state that a training goes on from; one of another chip, network, rule, seed or data is refused by what differs. */
export function readCheckpoint(file: string, identity: Identity): TrainingState {
  const archive = new NpzArchive(fileSource(file, expected), file);
  if (!archive.names.includes(headerName)) throw inputError({ file, found: "another archive", expected });
  const bytes = (name: string): Uint8Array => Uint8Array.from(archive.read(name, ["u1"]).values);
  const header = headerOf(file, bytes(headerName));
  const differing = Object.entries(identity).flatMap(([what, { shown, digest }]) => {
    const own = header.identity[what];
    if (own?.shown === shown && own.digest === digest) return [];
    return [`another ${what} (${differenceOf(own?.shown, shown)})`];
  });
  if (differing.length > 0) {
    throw inputError({
      file,
      found: `a checkpoint of ${differing.join(" and ")}`,
      expected: "one of this very training",
    });
  }
  const names = archive.names.filter((name) => name !== headerName);
  return { progress: header.progress, products: Object.fromEntries(names.map((name) => [name, bytes(name)])) };
}

/** "rate 0.1, not rate 0.2"; of lists as long as each other only the entries that differ. */
function differenceOf(own: string | undefined, asked: string): string {
  if (own === asked) return `${asked}, changed`;
  const [there, here] = [own?.split(", ") ?? [], asked.split(", ")];
  const differs = there.length === here.length ? here.map((entry, index) => entry !== there[index]) : null;
  const told = (entries: readonly string[]) => entries.filter((_, index) => differs?.[index] ?? true).join(", ");
  return `${told(there)}, not ${told(here)}`;
}

function headerOf(file: string, bytes: Uint8Array): Header {
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes)) as Header;
    if (typeof header.identity === "object" && typeof header.progress === "object") return header;
  } catch {
    // Told below.
  }
  throw inputError({ file, found: "another archive", expected });
}
