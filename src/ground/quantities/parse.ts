import { inputError } from "../errors.ts";
import { withPowerOfTen } from "./decimal.ts";
import { parseUnit } from "./units.ts";

/** Where a quantity was written, for the error that says so. */
export interface Where {
  /** File or option, as the user named it. */
  readonly file: string;
  readonly place?: string | number | undefined;
  /** What it is called there: "read.voltage". */
  readonly name?: string | undefined;
}

const number = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Infinity)\s*(.*)$/;

/** A number as written, with its unit: "25 uS" gives 25 uS as {value: 0.000025, unit: "S"}; undefined where it is none. */
export function readQuantity(
  text: string,
): { readonly value: number; readonly unit: string; readonly dimension: string } | undefined {
  const parts = number.exec(text.trim());
  if (!parts) return undefined;
  const unit = parseUnit(parts[2] || "1");
  if (!unit) return undefined;
  return { value: withPowerOfTen(parts[1]!, unit.power) * unit.multiplier, unit: unit.si, dimension: unit.dimension };
}

/**
 * A quantity in SI: "25 uS" for unit "S" gives 2.5e-5, "1h" for "s" 3600, "3 %" for "1" 0.03. A bare number is in SI already.
 * Undefined where the text is no number or of another kind of unit.
 */
export function quantityIn(unit: string, text: string | number): number | undefined {
  if (typeof text === "number") return Number.isNaN(text) ? undefined : text;
  const quantity = readQuantity(text);
  if (!quantity) return undefined;
  const bare = number.exec(text.trim())![2] === "";
  return bare || quantity.dimension === parseUnit(unit)?.dimension ? quantity.value : undefined;
}

/** Like quantityIn, but what is no such quantity is refused with its place. */
export function parseQuantity(text: string | number, unit: string, { file, place, name }: Where): number {
  const value = quantityIn(unit, text);
  if (value !== undefined) return value;
  const found = name === undefined ? `"${text}"` : `${name} is ${text}`;
  throw inputError({ file, place, found, expected: expectation(unit) });
}

/** A value given as a number with its unit apart, in SI: (25, "uS") gives {value: 2.5e-5, unit: "S"}. */
export function toSI(value: number, unit: string): { readonly value: number; readonly unit: string } | undefined {
  const read = parseUnit(unit);
  return read && { value: withPowerOfTen(String(value), read.power) * read.multiplier, unit: read.si };
}

const examples: Readonly<Record<string, string>> = {
  s: "a time such as 20s, 1h, 30d or 1y",
  S: "a conductance such as 25 uS",
  V: "a voltage such as 0.2 V",
  A: "a current such as 5 uA",
  J: "an energy such as 1.5 pJ",
  W: "a power such as 2 mW",
  K: "a temperature such as 300 K",
  m: "a length such as 90 nm",
  Hz: "a frequency such as 1 GHz",
  ohm: "a resistance such as 1 kohm",
  "1": "a number",
};

/** What an error says was expected of a quantity of this unit. */
export function expectation(unit: string): string {
  return examples[unit] ?? `a quantity in ${unit}`;
}
