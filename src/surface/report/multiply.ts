import { captioned } from "./figures/frame.ts";
import { productsFigure, productsOf } from "./figures/products.ts";
import { html, type Markup } from "./markup.ts";
import { grouped, inWords, percent, quantity, share, timeSinceFirstReading } from "./numbers.ts";
import { page, section, table } from "./page.ts";
import { readNoiseNote, runFacts } from "./run.ts";
import type { MultiplicationOutput } from "./shapes.ts";

/** What a multiplication gave, for people: one HTML page with its figures inside, nothing fetched. */
export function multiplyReportOf(multiplication: MultiplicationOutput): string {
  const { ideal, results, relativeError, energy, latency, clipping, devices, tiles, crossohm } = multiplication;
  const outputs = ideal[0]?.length ?? 0;
  const chips = new Set(results.map(({ chip }) => chip)).size;
  const times = relativeError.map(({ time }) => time);
  const ends = [...new Set([times[0], times.at(-1)])].filter((time) => time !== undefined);
  return page(
    "One array: Crossohm",
    html`<header>
<h1>One array, ${grouped(outputs)} outputs</h1>
<p>${grouped(ideal.length)} vectors, ${grouped(results[0]?.outputs.length ?? 0)} readings each, on ${chips === 1 ? "one chip" : `${chips} chips`} of ${grouped(devices)} devices on ${grouped(tiles)} ${tiles === 1 ? "tile" : "tiles"}.</p>
</header>
${multiplication.warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
<div class="figures">
${ends.map((time, index) => captioned(index + 1, productsFigure(multiplication, time), caption(multiplication, time)))}
</div>
${section(
  "Error of the products",
  table(
    "Root mean square of the error over that of the exact products, all chips, vectors and readings; then with the best common factor taken out.",
    [
      { title: "Time since first reading", text: true },
      { title: "Relative error, %" },
      { title: "Best factor taken out, %" },
    ],
    relativeError.map(({ time, plain, bestScalar }) => [
      timeSinceFirstReading(time),
      percent(plain),
      percent(bestScalar),
    ]),
  ),
  html`<p class="note">Clipped: weights ${share(clipping.weights)}, inputs ${share(clipping.inputs)}, outputs ${share(clipping.outputs)}.</p>\n`,
  readNoiseNote(multiplication.readNoise),
)}
${section(
  "Energy and latency of one vector",
  table(
    "By component; the parts sum to the whole.",
    [{ title: "Component", text: true }, { title: "Energy" }, { title: "Latency" }],
    [
      ...[...new Set([...Object.keys(energy.byComponent), ...Object.keys(latency.byComponent)])].map((name) => [
        inWords(name),
        quantity(energy.byComponent[name] ?? null, "J"),
        quantity(latency.byComponent[name] ?? null, "s"),
      ]),
      ["all", quantity(energy.perVector, "J"), quantity(latency.perVector, "s")].map((cell) => html`<b>${cell}</b>`),
    ],
  ),
)}
${section("The run", runFacts(multiplication))}
<footer>Crossohm ${crossohm}. SI units with prefixes; shares in per cent.</footer>`,
  );
}

function caption(multiplication: MultiplicationOutput, time: number): Markup {
  const { shown, all } = productsOf(multiplication, time);
  const which =
    shown.length === all ? `all ${grouped(all)}` : `${grouped(shown.length)} of ${grouped(all)}, evenly taken`;
  return html`Products read from the array against exact ones (${timeSinceFirstReading(time)}), ${which}; on the line they are equal.`;
}
