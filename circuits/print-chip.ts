import { Document, isMap, visit } from "yaml";
import { isKnown, type Known, type KnownTree } from "../src/ground/known.ts";
import type { KnownValue } from "../src/ground/known-tree.ts";
import { prefixFor, toSI } from "../src/ground/quantities/index.ts";
import type { Chip } from "./chip.ts";
import { sectionNames } from "./chip-schema.ts";

/** The chip as its file has it, every leaf {value, unit, howKnown, source} in SI: values of set and table beside their names. */
export function chipTree(chip: Chip): Readonly<Record<string, unknown>> {
  const { name, title, device, costTable, costs } = chip;
  return {
    name,
    title,
    device: { model: device.model, parameters: device.parameters, ...device.values },
    ...Object.fromEntries(sectionNames.map((section) => [section, chip[section]])),
    costs: { table: costTable, ...costs },
  };
}

/** The chip as YAML that reads back to the same chip, values with the prefix in which they read best. */
export function printChip(chip: Chip): string {
  const document = new Document(printable(chipTree(chip)));
  visit(document, {
    Map(_, node) {
      if (isMap(node) && node.has("value") && node.has("howKnown")) node.flow = true;
    },
  });
  for (const pair of (document.contents as { items: { key: { spaceBefore?: boolean } }[] }).items.slice(2)) {
    pair.key.spaceBefore = true;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function printable(node: unknown): unknown {
  if (isKnown(node)) return printableLeaf(node);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node as KnownTree).map(([key, inner]) => [key, printable(inner)]));
}

/** A prefix is used only where the number in it reads back as the very same one. */
function printableLeaf({ value, unit, howKnown, source }: Known<KnownValue>): object {
  const provenance = { howKnown, source };
  if (typeof value === "string") return { value, unit, ...provenance };
  const numbers = typeof value === "number" ? [value] : value;
  const [prefix, power] = prefixFor(Math.max(...numbers.map(Math.abs)), unit);
  const scaled = numbers.map((number) => Number((number / 10 ** power).toPrecision(15)));
  const exact = scaled.every((number, i) => toSI(number, `${prefix}${unit}`)?.value === numbers[i]);
  const shown = exact ? scaled : numbers;
  const written = shown.map((number) => (Number.isFinite(number) ? number : String(number)));
  return {
    value: typeof value === "number" ? written[0] : written,
    unit: exact ? `${prefix}${unit}` : unit,
    ...provenance,
  };
}
