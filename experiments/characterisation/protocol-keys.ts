import { stepFields } from "./step-fields.ts";

/**
 * Dotted paths of all that a protocol may say: "devices", "steps.0.pulse.width". What a step leaves out is there too; what is no protocol is
 * left for its reader to refuse.
 */
export function protocolPaths(tree: unknown): string[] {
  return ["devices", "temperature", ...pathsOfSteps(valueAt(tree, "steps"), "steps")];
}

function pathsOfSteps(steps: unknown, path: string): string[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index) => {
    const kind = typeof step === "string" ? step : Object.keys(step ?? {})[0];
    const at = `${path}.${index}.${kind}`;
    if (kind === "repeat")
      return [`${at}.count`, ...pathsOfSteps(valueAt(valueAt(step, kind), "steps"), `${at}.steps`)];
    if (kind === undefined || !Object.hasOwn(stepFields, kind)) return [];
    return Object.keys(stepFields[kind as keyof typeof stepFields]).map((key) => `${at}.${key}`);
  });
}

/** The tree with one value replaced by what a user wrote after "=". */
export function withProtocolValue(tree: unknown, path: string, text: string): unknown {
  const [key, ...rest] = path.split(".") as [string, ...string[]];
  const value = rest.length === 0 ? listOr(text) : withProtocolValue(valueAt(tree, key), rest.join("."), text);
  if (Array.isArray(tree)) return tree.map((entry, index) => (String(index) === key ? value : entry));
  return { ...(typeof tree === "string" ? {} : (tree as object | null)), [key]: value };
}

/** "[0, 1] V" as ["0 V", "1 V"]; other text as it is. */
function listOr(text: string): unknown {
  const list = /^\[(.*)\]\s*(\S*)$/.exec(text);
  return list ? list[1]!.split(",").map((entry) => `${entry.trim()} ${list[2]}`.trim()) : text;
}

function valueAt(node: unknown, key: string): unknown {
  if (typeof node === "string") return node === key ? {} : undefined;
  return typeof node === "object" && node !== null ? (node as Record<string, unknown>)[key] : undefined;
}
