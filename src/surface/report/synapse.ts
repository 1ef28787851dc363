import { coverageMap } from "./figures/coverage-map.ts";
import { captioned } from "./figures/frame.ts";
import { paperFigure } from "./figures/paper.ts";
import { html, type Markup } from "./markup.ts";
import { grouped, quantity } from "./numbers.ts";
import { facts, page, section, table } from "./page.ts";
import { runFacts } from "./run.ts";
import type { PaperOutput, SynapseOutput } from "./shapes.ts";
import { comparisonColumns, conductanceInWords, synapseInWords, wearInWords } from "./synapse-words.ts";

type Figure = PaperOutput["figures"][number];

/** What synapses did with their requests, for people: one HTML page with its figures inside, nothing fetched. */
export function synapseReportOf(output: SynapseOutput): string {
  const { coverage, wear, energy, comparison, warnings, crossohm, request, pulses } = output;
  const mapped = html`Updates that each device of the first synapses took. White: none. The selection runs over ${placesInWords(output)}.`;
  const worn = wear && paperFigure(wearFigure(wear));
  return page(
    "Synapses of several devices: Crossohm",
    html`<header>
<h1>Synapses of several devices</h1>
<p>${synapseInWords(output)}; policy <code>${output.policy}</code>.</p>
</header>
${warnings.map((warning) => html`<p class="warning">${warning}.</p>\n`)}
<div class="figures">
${captioned(1, coverageMap(output), mapped, true)}
${captioned(2, paperFigure(courseFigure(output)), html`${courseCaption(output)}`)}
${worn && captioned(3, worn, html`Devices by the number of pulses they had.`)}
</div>
${section("Requests", requestTable(output))}
${section(
  "Coverage and wear",
  facts([
    [
      "Devices reached",
      `at least ${coverage.reached} of ${places(output)} in every updated synapse, ${Number(coverage.meanReached.toPrecision(4))} on average; dense scans reach ${coverage.expected} in the end`,
    ],
    [
      "Synapses updated",
      `${grouped(coverage.updatedSynapses)} of ${grouped(request.synapses)}; dense scans update ${grouped(coverage.expectedSynapses)} in the end`,
    ],
    ["Pulses a device", wearInWords(output)],
    ["Conductance of a synapse", conductanceInWords(output)],
  ]),
)}
${comparison && section("Policies", comparisonTable(comparison))}
${section(
  "Energy",
  table(
    "Of the pulses, over all devices; the parts sum to the whole.",
    [{ title: "Pulses", text: true }, { title: "Number" }, { title: "Energy" }],
    [
      ...(["potentiation", "depression"] as const).map((sign) => [
        sign,
        grouped(pulses[sign]),
        quantity(energy[sign], "J"),
      ]),
      ["all", grouped(pulses.potentiation + pulses.depression), quantity(energy.total, "J")].map(
        (cell) => html`<b>${cell}</b>`,
      ),
    ],
  ),
  html`<p class="note">Work done in the devices: the integral of voltage and current along each pulse. Not included: drivers, counters and the wires between.</p>\n`,
)}
${section("The run", runFacts(output))}
<footer>Crossohm ${crossohm}. SI units with prefixes.</footer>`,
  );
}

const places = ({ request: { devices, differential } }: SynapseOutput): number =>
  differential ? devices / 2 : devices;

function placesInWords(output: SynapseOutput): string {
  return output.request.differential
    ? `${places(output)} places and points at the same one in both sets`
    : `${places(output)} devices`;
}

function requestTable({ requested, applied, request }: SynapseOutput): Markup {
  const { potentiationCounter, depressionCounter, increment } = request;
  return table(
    `Counters advance with every request, let through or not; the selection by ${increment}.`,
    [{ title: "Sign", text: true }, { title: "Requested" }, { title: "Counter" }, { title: "Let through" }],
    [
      ["potentiation", grouped(requested.potentiation), grouped(potentiationCounter), grouped(applied.potentiation)],
      ["depression", grouped(requested.depression), grouped(depressionCounter), grouped(applied.depression)],
    ],
  );
}

function comparisonTable(trials: NonNullable<SynapseOutput["comparison"]>): Markup {
  const [head, rows] = comparisonColumns(trials);
  return table(
    "The same requests put to every policy, on devices of the same draws: devices that an updated synapse reached (mean), synapses updated, pulses a device (mean and standard deviation, and the most), conductance of a synapse (mean and standard deviation over synapses), energy.",
    head.map((title, index) => ({ title, text: index === 0 })),
    rows,
  );
}

function courseFigure({ policy, conductance, comparison }: SynapseOutput): Figure {
  const courses = comparison ?? [{ policy, conductance }];
  return {
    name: "conductance",
    title: "Conductance of a synapse against requested updates",
    caption: "",
    x: { label: "requested updates", unit: "1" },
    y: { label: "conductance of a synapse", unit: "S" },
    series: courses.map((one) => {
      const { updates, mean, standardDeviation } = one.conductance;
      return {
        name: one.policy,
        mark: "line",
        x: updates,
        y: mean,
        // Five bands over each other are none.
        ...(comparison
          ? {}
          : {
              low: mean.map((value, k) => value - standardDeviation[k]!),
              high: mean.map((value, k) => value + standardDeviation[k]!),
            }),
      };
    }),
  };
}

function courseCaption({ request: { differential }, comparison }: SynapseOutput): string {
  const what = differential
    ? "Sum over the positive devices of a synapse less that over its negative ones"
    : "Sum over the devices of a synapse";
  return `${what}, against the requests to the array: mean ${comparison ? "over synapses, by policy" : "and one standard deviation over synapses"}.`;
}

function wearFigure({ histogram: { low, width, counts } }: NonNullable<SynapseOutput["wear"]>): Figure {
  return {
    name: "wear",
    title: "Devices by the number of pulses they had",
    caption: "",
    x: { label: "pulses a device", unit: "1" },
    y: { label: "devices", unit: "1" },
    series: [{ name: "devices", mark: "bars", x: counts.map((_, k) => low + (k + 0.5) * width - 0.5), y: counts }],
  };
}
