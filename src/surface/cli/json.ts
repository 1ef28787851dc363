/**
 * JSON of a result: numbers finite (an infinite one is the string "Infinity", NaN null), typed arrays and columns as arrays, lists
 * of numbers and words on one line.
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
  else if (Array.isArray(value)) yield* listOf(value, indent);
  else if (isNumbers(value)) yield* numbersOf(value);
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

/** Typed arrays, and columns that are read entry by entry. */
function isNumbers(value: unknown): value is Iterable<number> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** As long as it likes to be: a thousand numbers a piece. */
function* numbersOf(numbers: Iterable<number>): Generator<string> {
  let waiting: string[] = [];
  let before = "[";
  for (const number of numbers) {
    waiting.push(numberOf(number));
    if (waiting.length < 1000) continue;
    yield `${before}${waiting.join(", ")}`;
    before = ", ";
    waiting = [];
  }
  if (before === "[" || waiting.length > 0) yield `${before}${waiting.join(", ")}`;
  yield "]";
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  return JSON.stringify(value);
}
