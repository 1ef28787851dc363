/** How far a value can be trusted. */
export type HowKnown = "measured" | "paper" | "secondary" | "derived" | "assumed";

/** A value with its unit (SI, or "1" for a pure number, "" for a word) and where it comes from. */
export interface Known<T extends number | string | readonly number[] = number> {
  readonly value: T;
  readonly unit: string;
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

/** A tree of known values: a parameter set, a cost table, a chip. */
export interface KnownTree {
  readonly [key: string]: Known<number | string | readonly number[]> | KnownTree;
}

export function isKnown(node: unknown): node is Known<number | string | readonly number[]> {
  return typeof node === "object" && node !== null && "value" in node && "howKnown" in node;
}
