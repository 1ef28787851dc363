import { z } from "zod";
import type { Known, KnownTree } from "../src/ground/known.ts";
import { expectation } from "../src/ground/quantities/index.ts";
import { inputRangeRules, outputRangeRules } from "./ranges.ts";

const howKnown = z.enum(["measured", "paper", "secondary", "derived", "assumed"]);

/** A leaf of that unit whose value passes; a bare number counts as SI. Its description is what an error says was expected. */
function leaf<T extends number | string>(unit: string, value: z.ZodType<T>, expected: string) {
  return z
    .object({ value, unit: z.enum([unit, "1"]), howKnown, source: z.string().nullable() })
    .transform((known): Known<T> => ({ ...known, unit }))
    .describe(expected);
}

const whole = (low: number, high: number) =>
  leaf("1", z.int().min(low).max(high), `a whole number from ${low} to ${high}`);

const oneOf = (words: readonly string[]) => leaf("", z.enum(words as [string, ...string[]]), words.join(" or "));

const positive = (unit: string, high: number) => leaf(unit, z.number().positive().max(high), expectation(unit));

const bits = leaf(
  "1",
  z.union([z.int().min(2).max(16), z.literal(Infinity)]),
  "a whole number from 2 to 16, or Infinity",
);

const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).partial();

/** What a chip file may say, section by section; units, ranges and words of every leaf. */
export const chipSections = {
  tile: section({
    rows: whole(1, 4096),
    columns: whole(1, 4096),
    scale: oneOf(["column", "tile", "layer"]),
  }),
  read: section({
    voltage: positive("V", 5),
    time: positive("s", 1),
    input: oneOf(["pulse-width", "amplitude"]),
    phases: leaf("1", z.union([z.literal(1), z.literal(2), z.literal(4)]), "1, 2 or 4"),
    subtraction: oneOf(["before-converter", "after-converter"]),
  }),
  inputConverter: section({ bits, range: oneOf(inputRangeRules) }),
  outputConverter: section({
    bits,
    range: oneOf(outputRangeRules),
    perTile: whole(1, 8192),
    conversionTime: positive("s", 1),
  }),
  calibration: section({ images: whole(1, 1_000_000), compensationVectors: whole(1, 1_000_000) }),
} as const;

export type SectionName = keyof typeof chipSections;
export const sectionNames = Object.keys(chipSections) as SectionName[];

/** A whole chip file, every part of it optional. `device` and `costs` hold overrides of their set and table beside its name. */
export const chipFileSchema = z
  .strictObject({
    name: z.string().min(1),
    title: z.string(),
    device: z.custom<KnownTree>(),
    ...chipSections,
    costs: z.custom<KnownTree>(),
  })
  .partial();

export type ChipFile = z.infer<typeof chipFileSchema>;

/** The schema of a section's leaf; undefined where there is none of that name. */
export function leafSchema(path: string): z.ZodType<Known<number | string>> | undefined {
  const [section, key, ...rest] = path.split(".");
  if (section === undefined || key === undefined || rest.length > 0) return undefined;
  if (!Object.hasOwn(chipSections, section)) return undefined;
  const { shape } = chipSections[section as SectionName];
  if (!Object.hasOwn(shape, key)) return undefined;
  return (shape as Record<string, z.ZodOptional<z.ZodType<Known<number | string>>>>)[key]!.unwrap();
}

const neverNegative = new Set(["S", "s", "J", "W", "K", "Hz", "ohm", "m", "F"]);

/**
 * Why a value cannot replace one of a parameter set or cost table, as what was expected; undefined where it can: the same kind
 * of value, of the same unit, finite where the old one is, and no negative conductance, time, energy or temperature.
 */
export function whyNotInstead(
  old: Known<number | string | readonly number[]>,
  found: Known<number | string | readonly number[]>,
): string | undefined {
  const sameUnit = found.unit === old.unit || (found.unit === "1" && old.unit !== "");
  if (Array.isArray(old.value)) {
    const fits =
      Array.isArray(found.value) &&
      sameUnit &&
      found.value.length === old.value.length &&
      found.value.every(Number.isFinite);
    return fits ? undefined : `${old.value.length} numbers${old.unit === "1" ? "" : ` in ${old.unit}`}`;
  }
  if (typeof old.value === "string") return typeof found.value === "string" ? undefined : "a word";
  const from = neverNegative.has(old.unit) ? 0 : -Infinity;
  const fits =
    typeof found.value === "number" &&
    sameUnit &&
    found.value >= from &&
    (Number.isFinite(found.value) || old.value === Infinity);
  return fits ? undefined : `${expectation(old.unit)}${from === 0 ? ", not negative" : ""}`;
}
