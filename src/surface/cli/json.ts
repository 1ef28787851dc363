/**
 * JSON of a result: numbers finite (an infinite one is the string "Infinity", NaN null), typed arrays as arrays, lists of
 * numbers and words on one line.
 */
export function jsonOf(value: unknown): string {
  return [...jsonPieces(value)].join("");
}

/** The same in pieces, for results that are longer than one text may be. */
export function* jsonPieces(value: unknown): Generator<string> {
  yield* written(value, "");
  yield "\n";
}

function* written(value: unknown, indent: string): Generator<string> {
  if (typeof value === "number") yield numberOf(value);
  else if (ArrayBuffer.isView(value)) yield* written(Array.from(value as Float64Array), indent);
  else if (Array.isArray(value)) yield* listOf(value, indent);
  else if (typeof value === "object" && value !== null) yield* objectOf(value, indent);
  else yield value === undefined ? "null" : JSON.stringify(value);
}

function* objectOf(value: object, indent: string): Generator<string> {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const deeper = `${indent}  `;
  for (const [index, [key, inner]] of entries.entries()) {
    yield `${index === 0 ? "{" : ","}\n${deeper}${JSON.stringify(key)}: `;
    yield* written(inner, deeper);
  }
  yield entries.length === 0 ? "{}" : `\n${indent}}`;
}

function* listOf(list: readonly unknown[], indent: string): Generator<string> {
  if (list.every((entry) => typeof entry !== "object" || entry === null)) {
    yield `[${list.map((entry) => (typeof entry === "number" ? numberOf(entry) : [...written(entry, indent)].join(""))).join(", ")}]`;
    return;
  }
  const deeper = `${indent}  `;
  for (const [index, entry] of list.entries()) {
    yield `${index === 0 ? "[" : ","}\n${deeper}`;
    yield* written(entry, deeper);
  }
  yield `\n${indent}]`;
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  return JSON.stringify(value);
}
