import { shiftedDecimal, withPowerOfTen } from "./decimal.ts";
import { printingPrefixes } from "./units.ts";

/**
 * A quantity of an SI unit for people: "25 uS", "1.2 ms", "3.4 nJ". `digits` are significant ones; "all" prints as many as it
 * takes to read the same number back.
 */
export function formatQuantity(value: number, unit: string, digits: number | "all" = 3): string {
  const [prefix, power] = prefixFor(value, unit, digits);
  const text = plain(value, -power, digits);
  return unit === "1" || unit === "" ? text : `${text} ${prefix}${unit}`;
}

/** A time for people, in the largest of seconds, minutes, hours, days and years (of 365 days) that it fills: "1 h", "2.5 d". */
export function formatDuration(seconds: number, digits = 3): string {
  const size = Math.abs(seconds);
  for (const [unit, length] of durations) {
    if (size >= length && size < Infinity) return `${plain(seconds / length, 0, digits)} ${unit}`;
  }
  return formatQuantity(seconds, "s", digits);
}

const durations = [
  ["y", 365 * 86_400],
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

/** The prefix, and its power of ten, in which a value reads best: mantissa from 1 to below 1000. */
export function prefixFor(value: number, unit: string, digits: number | "all" = "all"): readonly [string, number] {
  const choices = printingPrefixes(unit);
  const size = Math.abs(digits === "all" || !Number.isFinite(value) ? value : Number(value.toPrecision(digits)));
  if (choices.length === 0 || size === 0 || !Number.isFinite(size)) return ["", 0];
  return choices.find(([, power]) => withPowerOfTen(String(size), -power) >= 1) ?? choices.at(-1)!;
}

function plain(value: number, power: number, digits: number | "all"): string {
  if (digits === "all" || !Number.isFinite(value)) return shiftedDecimal(value, power);
  return shiftedDecimal(Number(value.toPrecision(digits)), power);
}
