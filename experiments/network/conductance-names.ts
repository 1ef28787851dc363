/** What conductances of a file are: asked for, left by programming, or those of each time. */
export type ConductanceKind = "target" | "programmed" | "at";

export const polarities = ["positive", "negative"] as const;
export type Polarity = (typeof polarities)[number];

/**
 * Name of an entry: LAYER.KIND.POLARITY. A layer's name stands as it is, slashes too; what not every reader of archives gives
 * back (percent signs, backslashes, control characters) is written as % and two hexadecimal digits.
 */
export function entryName(layer: string, kind: ConductanceKind, polarity: Polarity): string {
  const name = [...layer].map((character) => (isSafe(character) ? character : escaped(character))).join("");
  return `${name}.${kind}.${polarity}`;
}

function isSafe(character: string): boolean {
  return character >= " " && character !== "%" && character !== "\\" && character !== "\u007f";
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
