import { inputError, namesNear } from "../../src/ground/errors.ts";
import { shown } from "../../src/ground/known-tree.ts";
import { expectation, quantityIn } from "../../src/ground/quantities/index.ts";

/** One value of a step as a protocol file may have it. */
export interface Field {
  /** SI; "1" for a pure number. */
  readonly unit: string;
  readonly range: "any" | "from 0" | "above 0" | "whole" | "corners";
  /** What it is where the file does not say; absent: it must. null: something else decides. */
  readonly unless?: number | null;
}

const needed = (unit: string, range: Field["range"]): Field => ({ unit, range });
const optional = (unit: string, range: Field["range"], unless: number | null): Field => ({ unit, range, unless });

const temperature = optional("K", "above 0", null);
const compliance = optional("A", "above 0", null);

/** What every kind of step takes. */
export const stepFields = {
  pulse: {
    voltage: needed("V", "any"),
    width: needed("s", "above 0"),
    period: optional("s", "above 0", null),
    count: optional("1", "whole", 1),
    rise: optional("s", "from 0", 0),
    fall: optional("s", "from 0", 0),
    compliance,
    temperature,
  },
  wait: { time: needed("s", "above 0"), samples: optional("1", "whole", 20), temperature },
  sweep: {
    voltage: needed("V", "corners"),
    rate: needed("V/s", "above 0"),
    samples: optional("1", "whole", 400),
    compliance,
    temperature,
  },
  read: {
    voltage: optional("V", "any", null),
    width: optional("s", "above 0", null),
    count: optional("1", "whole", 1),
    interval: optional("s", "above 0", null),
    temperature,
  },
  bias: {
    voltage: needed("V", "any"),
    time: needed("s", "above 0"),
    samples: optional("1", "whole", 50),
    compliance,
    temperature,
  },
  light: {
    irradiance: needed("W/m^2", "from 0"),
    wavelength: needed("m", "above 0"),
    width: needed("s", "above 0"),
    voltage: optional("V", "any", 0),
    period: optional("s", "above 0", null),
    count: optional("1", "whole", 1),
    samples: optional("1", "whole", 1),
    temperature,
  },
  program: { conductance: needed("S", "from 0"), temperature },
  reset: { temperature },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

export type StepKind = keyof typeof stepFields;

/** Names of all steps, `repeat` with them. */
export const stepNames = [...Object.keys(stepFields), "repeat"];

/** What a protocol says beside its steps. */
export const protocolFields = {
  devices: optional("1", "whole", 1),
  temperature: optional("K", "above 0", null),
} as const;

/** Places in a protocol, for errors; paths are dotted. */
export type Where = (path: string) => { readonly file: string; readonly place?: string | number | undefined };

/** Counts beyond this are slips of the pen. */
const mostCount = 100_000_000;

/** The values of a map of fields, SI; null where nobody says. Whatever is wrong is refused with its place. */
export function readFields<Names extends string>(
  map: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<Names, Field>>,
  path: string,
  where: Where,
): Record<Names, number | readonly number[] | null> {
  const names = Object.keys(fields) as Names[];
  // "pulse.width" says enough beside the line.
  const called = (name: string) => [...path.split("."), name].slice(path === "" ? 1 : -2).join(".");
  const at = (name: string) => where(path === "" ? name : `${path}.${name}`);
  for (const key of Object.keys(map)) {
    if ((names as string[]).includes(key)) continue;
    throw inputError({
      ...at(key),
      found: `no key "${called(key)}"`,
      expected: names.join(", "),
      near: namesNear(key, names),
    });
  }
  return Object.fromEntries(
    names.map((name) => {
      const field = fields[name];
      const raw = map[name];
      if (raw === undefined && field.unless !== undefined) return [name, field.unless];
      const value = readValue(raw, field);
      if (value === undefined) {
        throw inputError({ ...at(name), found: `${called(name)} is ${shown(raw)}`, expected: expectedOf(field) });
      }
      return [name, value];
    }),
  ) as Record<Names, number | readonly number[] | null>;
}

function readValue(raw: unknown, { unit, range }: Field): number | readonly number[] | undefined {
  if (range === "corners") {
    if (!Array.isArray(raw) || raw.length < 2 || raw.length > 10_000) return undefined;
    const corners = raw.map((entry) => numberOf(unit, entry));
    return corners.every((corner) => corner !== undefined) && corners.some((corner) => corner !== corners[0])
      ? (corners as number[])
      : undefined;
  }
  const value = numberOf(unit, raw);
  if (value === undefined) return undefined;
  const fits =
    range === "any" ||
    (range === "from 0" && value >= 0) ||
    (range === "above 0" && value > 0) ||
    (range === "whole" && Number.isInteger(value) && value >= 1 && value <= mostCount);
  return fits ? value + 0 : undefined;
}

function numberOf(unit: string, raw: unknown): number | undefined {
  if (typeof raw !== "number" && typeof raw !== "string") return undefined;
  const value = quantityIn(unit, raw);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function expectedOf({ unit, range }: Field): string {
  if (range === "whole") return `a whole number from 1 to ${mostCount}`;
  if (range === "corners") return "a list of voltages that are not all the same, such as [0 V, 1 V, 0 V]";
  return `${expectation(unit)}${range === "any" ? "" : `, ${range}`}`;
}
