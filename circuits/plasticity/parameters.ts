import { InputError, namesNear } from "../../src/ground/errors.ts";
import type { Parameter, ParameterValues } from "./local-rule.ts";

const number = (text: string, value: number, unit: string, source: string | null, limits: object = {}): Parameter => ({
  text,
  value,
  unit,
  howKnown: source === null ? "assumed" : "secondary",
  source,
  ...limits,
});

/** s, above 0. */
export function timeConstant(text: string, value: number, source: string | null = null): Parameter {
  return number(text, value, "s", source, { low: Number.MIN_VALUE });
}

/** A pure number from 0, or from `low`. */
export function amount(text: string, value: number, source: string | null = null, low = 0): Parameter {
  return number(text, value, "1", source, { low });
}

export function choice(text: string, words: readonly [string, ...string[]]): Parameter {
  return { text, value: words[0], unit: "", howKnown: "assumed", source: null, words };
}

/** Parameters of a rule: what was given, checked, and the usual values for the rest. */
export function parameterValues(
  rule: string,
  parameters: Readonly<Record<string, Parameter>>,
  given: Readonly<Record<string, number | string>>,
): ParameterValues {
  const names = Object.keys(parameters);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const near = namesNear(name, names);
    const hint = near.length > 0 ? `near: ${near.join(", ")}` : `it has ${names.join(", ") || "none"}`;
    throw new InputError(`rule "${rule}" has no parameter "${name}"; ${hint}`);
  }
  const value = (name: string): number | string => {
    const { value: usual, words, low = 0, high = Number.POSITIVE_INFINITY } = parameters[name]!;
    const own = given[name] ?? usual;
    if (words) {
      if (words.includes(`${own}`)) return own;
      throw new InputError(`rule "${rule}": ${name} is ${own}, expected ${words.join(" or ")}`);
    }
    if (typeof own === "number" && own >= low && own <= high) return own;
    const least = low === Number.MIN_VALUE ? "above 0" : `from ${low}`;
    const most = high === Number.POSITIVE_INFINITY ? "" : ` to ${high}`;
    throw new InputError(`rule "${rule}": ${name} is ${own}, expected a number ${least}${most}`);
  };
  const values = Object.fromEntries(names.map((name) => [name, value(name)]));
  return { number: (name) => values[name] as number, word: (name) => values[name] as string };
}
