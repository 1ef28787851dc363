import { deviceFigures } from "./device-figures.ts";
import { html, type Markup } from "./markup.ts";
import { duration, grouped, inWords, missing, quantity, setting } from "./numbers.ts";
import { facts, page, section, table } from "./page.ts";
import { runFacts } from "./run.ts";
import type { DeviceOutput } from "./shapes.ts";

type Parameter = DeviceOutput["assumptions"][number];

/** What came of a protocol, for people: one HTML page with its figures inside, nothing fetched. */
export function deviceReportOf(output: DeviceOutput): string {
  const { model, set, protocol, summary, law, crossohm } = output;
  const many = summary.devices === 1 ? "one device" : `${grouped(summary.devices)} devices`;
  return page(
    `${model.name}: Crossohm`,
    html`<header>
<h1>${model.title}</h1>
<p>${set.title} (<code>${set.name}</code>). Protocol <code>${protocol.name}</code> on ${many}, ${duration(summary.duration)}.</p>
</header>
${output.warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
<div class="figures">
${deviceFigures(output)}
</div>
${section("The law", html`<p>${law.text}</p>\n`, html`<p class="note">${law.source ?? "No source: a definition."}</p>\n`)}
${section("Steps", stepTable(output))}
${section("Energy", energyTable(output), boundaryNote(output))}
${section("The parameter set", coverage(output), valueTable(output))}
${section("What is assumed", assumedNote(output))}
${section("The run", runFacts(output))}
<footer>Crossohm ${crossohm}. SI units with prefixes.</footer>`,
  );
}

/** Rows of a table that a person still reads. */
const mostRows = 60;

function stepTable({ summary }: DeviceOutput): Markup {
  const spread = summary.devices > 1;
  const cells = ({ mean, standardDeviation, lowest, highest }: typeof summary.first) => [
    quantity(mean, "S"),
    ...(spread ? [quantity(standardDeviation, "S"), `${quantity(lowest, "S")} – ${quantity(highest, "S")}`] : []),
  ];
  const more = summary.steps.length - mostRows;
  return table(
    `Conductance after each step, without read noise${spread ? ": mean, standard deviation and range over devices" : ""}; the current of its last row, with read noise where it is a read.${more > 0 ? ` ${more} steps more are in the JSON.` : ""}`,
    [
      { title: "Step", text: true },
      { title: "Rows" },
      { title: spread ? "Mean" : "Conductance" },
      ...(spread ? [{ title: "Spread" }, { title: "Range" }] : []),
      { title: "Current" },
    ],
    [
      ["before", "", ...cells(summary.first), ""],
      ...summary.steps
        .slice(0, mostRows)
        .map(({ step, kind, rows, conductance, current }) => [
          `${step} ${kind}`,
          grouped(rows),
          ...cells(conductance),
          quantity(current.mean, "A"),
        ]),
    ],
  );
}

function energyTable({ energy }: DeviceOutput): Markup {
  const words = { pulse: "pulses and sweeps", read: "reads", hold: "voltages held", light: "light" } as const;
  return table(
    "Over all devices; the parts sum to the whole.",
    [{ title: "Part", text: true }, { title: "Energy" }],
    [
      ...(["pulse", "read", "hold", "light"] as const).map((part) => [words[part], quantity(energy[part], "J")]),
      ["all", quantity(energy.total, "J")].map((cell) => html`<b>${cell}</b>`),
    ],
  );
}

function boundaryNote({ energyBoundary: { text, included, excluded } }: DeviceOutput): Markup {
  return html`<p class="note">${text} Included: ${included.join(", ")}. Not included: ${excluded.join(", ")}.</p>\n`;
}

/** What the set's source measured, and what it did not. */
function coverage({ set }: DeviceOutput): Markup {
  return facts([
    ...set.covers.map(
      (value) => [`Covers: ${inWords(value.name)}`, html`${worth(value)} (${value.howKnown})`] as const,
    ),
    ["Does not cover", set.notCovered.length > 0 ? set.notCovered.join(", ") : missing],
  ]);
}

function valueTable({ set }: DeviceOutput): Markup {
  return table(
    "Every value of the set as it ran, with how it is known.",
    [
      { title: "Value", text: true },
      { title: "Is" },
      { title: "How known", text: true },
      { title: "Source", text: true },
    ],
    set.parameters.map((value) => [
      html`<code>${value.name}</code>`,
      worth(value),
      value.howKnown,
      value.source ?? missing,
    ]),
  );
}

function assumedNote({ assumptions }: DeviceOutput): Markup {
  if (assumptions.length === 0) return html`<p class="note">Nothing: every value has a source.</p>\n`;
  return html`<p class="note">${grouped(assumptions.length)} ${assumptions.length === 1 ? "value" : "values"} that no measurement or paper gives, or that were set for this run: ${assumptions.map(({ name }, index) => html`${index > 0 ? ", " : ""}<code>${name}</code>`)}.</p>\n`;
}

/** Entries of a list that a table has room for; the JSON has them all. */
const mostListed = 4;

function worth({ value, unit }: Parameter): string {
  const one = (entry: number | string) =>
    typeof entry === "number" ? setting(entry, unit).replace("Infinity", "∞") : entry;
  if (typeof value !== "object") return one(value);
  const shown = value.slice(0, mostListed).map(one).join(", ");
  return value.length > mostListed ? `${shown}, … (${grouped(value.length)} in all)` : shown;
}
