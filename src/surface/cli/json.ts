/**
 * JSON of a result: numbers finite (an infinite one is the string "Infinity", NaN null), typed arrays as arrays, lists of
 * numbers and words on one line.
 */
export function jsonOf(value: unknown): string {
  return `${written(value, "")}\n`;
}

function written(value: unknown, indent: string): string {
  if (typeof value === "number") return numberOf(value);
  if (ArrayBuffer.isView(value)) return written(Array.from(value as Float64Array), indent);
  if (Array.isArray(value)) return listOf(value, indent);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (entries.length === 0) return "{}";
    const deeper = `${indent}  `;
    const lines = entries.map(([key, inner]) => `${deeper}${JSON.stringify(key)}: ${written(inner, deeper)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  return value === undefined ? "null" : JSON.stringify(value);
}

function listOf(list: readonly unknown[], indent: string): string {
  if (list.every((entry) => typeof entry !== "object" || entry === null)) {
    return `[${list.map((entry) => written(entry, indent)).join(", ")}]`;
  }
  const deeper = `${indent}  `;
  return `[\n${list.map((entry) => `${deeper}${written(entry, deeper)}`).join(",\n")}\n${indent}]`;
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  return JSON.stringify(value);
}
