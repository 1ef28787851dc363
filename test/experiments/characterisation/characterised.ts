import { readOverride } from "../../../circuits/index.ts";
import {
  type Characterisation,
  characterisationBytes,
  characterise,
  columnsOf,
  readDevice,
} from "../../../experiments/characterisation/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

export interface Asked {
  readonly model: string;
  /** Text of a protocol file; absent: the model's default. */
  readonly file?: string;
  readonly name?: string;
  readonly parameters?: string;
  readonly devices?: number;
  readonly set?: readonly string[];
  readonly seed?: number;
  /** Other files, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const fileName = "asked.yaml";

/** A device with its protocol, as the command reads them. */
export function subjectOf({ model, file, name, parameters, devices, set = [], files = {} }: Asked) {
  return readDevice({
    model,
    parameters,
    protocol: file === undefined ? name : fileName,
    devices,
    overrides: set.map(readOverride),
    open: (asked) => (asked === fileName ? file : files[asked]),
  });
}

export interface Ran extends Characterisation {
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
  /** [name][row]. */
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** What the command does with it; `rows` stops it after so many. */
export async function characterised(asked: Asked, rows = Number.POSITIVE_INFINITY): Promise<Ran> {
  const subject = await subjectOf(asked);
  const engine = await openEngine(characterisationBytes(subject.protocol.devices));
  const stopping = new AbortController();
  let left = rows;
  const watch = {
    progress: (done: number) => {
      left -= done;
      if (left <= 0) stopping.abort();
    },
    signal: stopping.signal,
  };
  const { characterisation, interrupted, warnings } = await characterise(subject, asked.seed ?? 1, engine, watch);
  const columns = Object.fromEntries(
    Object.entries(columnsOf(characterisation.course)).map(([name, column]) => [name, [...column]]),
  );
  return { ...characterisation, interrupted, warnings, columns };
}
