import Table from "cli-table3";
import type { createColors } from "picocolors";

export type Paint = ReturnType<typeof createColors>;

/** Columns without lines: the first begins at the left, numbers end at the right. Groups name equal shares of the rest. */
export function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  groups: readonly string[] = [],
  align: "left" | "right" = "right",
): string {
  const none = Object.fromEntries(borders.map((border) => [border, ""]));
  const table = new Table({
    chars: { ...none, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colAligns: head.map((_, index) => (index === 0 ? "left" : align)),
  });
  if (groups.length > 0) {
    const colSpan = (head.length - 1) / groups.length;
    table.push(["", ...groups.map((name) => ({ content: paint.dim(name), colSpan, hAlign: "right" as const }))]);
  }
  table.push(
    head.map((name) => paint.dim(name)),
    ...rows.map((row) => [...row]),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}

const borders = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
];

/** Lines of words, none wider than that unless one word is. */
export function wrapped(text: string, width = 100): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}
