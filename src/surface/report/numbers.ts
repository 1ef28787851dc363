import { formatDuration, formatQuantity, prefixFor } from "../../ground/quantities/index.ts";

/** What stands for a value that is missing. */
export const missing = "–";

/** "12.3 nJ", "6.60 µs": a result in an SI unit, with the prefix that suits it and as many digits as are meant. */
export function quantity(value: number | null, unit: string, digits = 3): string {
  if (value === null) return missing;
  if (value === 0 || !Number.isFinite(value)) return setting(value, unit);
  const [name, size] = axisUnit(value, unit, digits);
  const number = (value / size).toPrecision(digits);
  return withMinus(`${number.includes("e") ? Number(number) : number}${name === "1" || name === "" ? "" : ` ${name}`}`);
}

/** "32 nm", "10": a value that somebody chose, with no more digits than it has. */
export function setting(value: number, unit: string): string {
  return withMinus(
    formatQuantity(value, unit, 6)
      .replace(/ u(?=[A-Za-z])/, " µ")
      .replace(/ ([kMGmnµ]?)ohm\b/, " $1Ω"),
  );
}

/** A part of a sum: where it is nothing (a duration beside a longer one, say) there is nothing to read. */
export function part(value: number | undefined, unit: string): string {
  return value === undefined || value === 0 ? missing : quantity(value, unit);
}

/** A part's share of its sum. */
export function partShare(value: number | undefined, whole: number): string {
  return value === undefined || value === 0 || whole <= 0 ? missing : share(value / whole);
}

/** "97.81": a share as per cent, without its sign. */
export function percent(share: number | null, decimals = 2): string {
  return share === null ? missing : withMinus((100 * share).toFixed(decimals));
}

/** A share that may be tiny, with its sign and two digits: "39 %", "0.021 %", "0 %". */
export function share(value: number | null): string {
  if (value === null) return missing;
  const hundredths = 100 * value;
  return `${hundredths === 0 || Math.abs(hundredths) >= 10 ? hundredths.toFixed(0) : hundredths.toPrecision(2)} %`;
}

function withMinus(text: string): string {
  return text.replace(/^-/, "−");
}

/** Time since the first reading: "first reading", "1 h", "30 d". */
export function timeSinceFirstReading(seconds: number): string {
  if (seconds === 0) return "first reading";
  const days = seconds / 86_400;
  // Days stay days up to a year, as people count retention.
  return days >= 1 && days < 365 ? `${Number(days.toPrecision(3))} d` : formatDuration(seconds);
}

/** "864 ms", "10 d": a time as people count it. */
export function duration(seconds: number): string {
  return seconds < 60 ? quantity(seconds, "s") : formatDuration(seconds);
}

/** "×312", "×0.84": how many times more. */
export function times(ratio: number): string {
  return `×${ratio >= 1000 ? grouped(Number(ratio.toPrecision(3))) : Number(ratio.toPrecision(3))}`;
}

/** "A100 SXM4 40 GB": a processor's title without its maker, where room is short. */
export function withoutMaker(title: string): string {
  return title.replace(/^NVIDIA /, "");
}

/** 1,070,080. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 20 });
}

/** "outputConversion" as "output conversion"; names in words stay as they are. */
export function inWords(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** The unit for an axis whose largest value this is, and what to divide by: 3.1e-8 J gives ["nJ", 1e-9]. */
export function axisUnit(largest: number, unit: string, digits = 3): readonly [string, number] {
  const [prefix, power] = prefixFor(largest, unit, digits);
  return [`${prefix.replace("u", "µ")}${unit}`.replace("ohm", "Ω"), Number(`1e${power}`)];
}

/** The file's own name at the end of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
