import { type Chip, chipTree } from "../../../circuits/index.ts";
import type { KnownTree } from "../../ground/known.ts";
import { leavesOf } from "../../ground/known-tree.ts";
import { formatQuantity } from "../../ground/quantities/index.ts";
import { html, type Markup } from "../report/markup.ts";
import { page, section, table } from "../report/page.ts";
import type { Head } from "../report/shapes.ts";

/** A whole chip for people: a table for each part of its file. */
export function chipReport(chip: Chip, { crossohm }: Head): string {
  const { name: _name, title: _title, ...parts } = chipTree(chip);
  return page(
    `${chip.name}: Crossohm`,
    html`<header>
<h1>${chip.name}</h1>
<p>${chip.title}.${chip.device.notCovered.length > 0 ? ` The parameter set does not cover: ${chip.device.notCovered.join(", ")}.` : ""}</p>
</header>
${Object.entries(parts).map(([part, tree]) => section(part, leafTable(tree as KnownTree)))}
<footer>Crossohm ${crossohm}. SI units with prefixes.</footer>`,
  );
}

export function presetReport(presets: readonly { name: string; title: string }[], { crossohm }: Head): string {
  const rows = presets.map(({ name, title }) => [name, title]);
  const columns = [
    { title: "Preset", text: true },
    { title: "What it is", text: true },
  ];
  return page(
    "Chip presets: Crossohm",
    html`<header><h1>Chip presets</h1></header>
${table("Names that --chip takes.", columns, rows)}
<footer>Crossohm ${crossohm}.</footer>`,
  );
}

function leafTable(tree: KnownTree): Markup {
  const columns = ["Value", "", "How known", "Source"].map((title, index) => ({ title, text: index !== 1 }));
  const rows = leavesOf(tree).map(([path, { value, unit, howKnown, source }]) => {
    const one = (entry: number | string) => (typeof entry === "string" ? entry : formatQuantity(entry, unit, "all"));
    const shown = typeof value === "object" ? value.map(one).join(", ") : one(value);
    return [path, shown, howKnown, source ?? ""];
  });
  return table("", columns, rows);
}
