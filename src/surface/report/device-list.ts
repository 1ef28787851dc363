import { createColors } from "picocolors";
import type { ListedModel } from "../../../experiments/characterisation/index.ts";
import { html } from "./markup.ts";
import { page, table } from "./page.ts";
import type { Head } from "./shapes.ts";
import { columns } from "./text-columns.ts";

/** The device models on a terminal. */
export function deviceListText(models: readonly ListedModel[], { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const rows = models.map(({ name, kind, title, parameterSets }) => [name, kind, title, parameterSets.join(", ")]);
  const own = new Set(models.flatMap(({ protocols }) => protocols));
  const protocols = [...own].map((name) => {
    const by = models.filter((model) => model.protocols.includes(name)).map((model) => model.name);
    return [name, by.length === models.length ? "every model" : by.join(", ")];
  });
  return `${[
    paint.bold("Device models"),
    columns(["model", "kind", "what it is", "parameter sets"], rows, paint, [], "left"),
    "",
    paint.bold("Protocols"),
    columns(["protocol", "models"], protocols, paint, [], "left"),
  ].join("\n")}\n`;
}

export function deviceListReport(models: readonly ListedModel[], { crossohm }: Head): string {
  const titles = ["Model", "Kind", "What it is", "Parameter sets", "Protocols", "Sources"];
  return page(
    "Device models: Crossohm",
    html`<header><h1>Device models</h1></header>
${table(
  "Names that crossohm device takes, with what --parameters and --protocol take for each.",
  titles.map((title) => ({ title, text: true })),
  models.map((model) => [
    model.name,
    model.kind,
    model.title,
    model.parameterSets.join(", "),
    model.protocols.join(", "),
    html`${model.sources.map((source) => html`<div>${source}</div>`)}`,
  ]),
)}
<footer>Crossohm ${crossohm}.</footer>`,
  );
}
