import { causesSection, latestCauses } from "./causes.ts";
import { costTables, gpuTables } from "./cost-tables.ts";
import { assumptionTable, factorTable, networkTables, resultTable, scoreTable } from "./evaluation-tables.ts";
import { accuracyFigure, closeUpFigure } from "./figures/accuracy.ts";
import { causesFigure } from "./figures/causes.ts";
import { energyFigure, gpuFigure } from "./figures/energy.ts";
import { captioned } from "./figures/frame.ts";
import { histogramFigure } from "./figures/histograms.ts";
import { signalToNoiseFigure } from "./figures/signal-to-noise.ts";
import { weightErrorFigure } from "./figures/weight-error.ts";
import { html, type Markup } from "./markup.ts";
import { fileName, grouped, percent, quantity, timeSinceFirstReading, times, withoutMaker } from "./numbers.ts";
import { page, section } from "./page.ts";
import { conductancesText, readNoiseNote, runFacts } from "./run.ts";
import type { EvaluationOutput, GpuComparison, TimeResult } from "./shapes.ts";

/** What an evaluation found, for people: one HTML page with its figures inside, nothing fetched. */
export function reportOf(evaluation: EvaluationOutput): string {
  const { network, chip, warnings, crossohm } = evaluation;
  const title = `${fileName(network.file)}${chip ? ` on ${chip.name}` : ""}`;
  return page(
    `${title}: Crossohm`,
    html`<header>
<h1>${title}</h1>
<p>${chip ? `${chip.title}. ` : ""}${grouped(evaluation.images)} images, ${chipsText(evaluation)}.</p>
</header>
${headline(evaluation)}
${warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
${figures(evaluation)}
${section("Accuracy", resultTable(evaluation), scoreTable(evaluation), factorTable(evaluation), readNoiseNote(evaluation.readNoise))}
${causesSection(evaluation)}
${section("Network and converters", ...networkTables(evaluation))}
${section("Energy, latency and devices", ...costTables(evaluation))}
${evaluation.gpus.length > 0 ? section("The same inference on GPUs", ...gpuTables(evaluation)) : null}
${section("What is assumed", assumptionTable(evaluation))}
${section("The run", runFacts(evaluation))}
<footer>Crossohm ${crossohm}. Intervals are 95 % confidence intervals of the mean over chips (Student's t). SI units with prefixes; shares in per cent.</footer>`,
  );
}

function chipsText({ finishedChips: count, conductances }: EvaluationOutput): string {
  const chips = conductances ? "chips" : "independently drawn chips";
  return `${count === 1 ? "one chip" : `${count} ${chips}`}${conductancesText(conductances)}`;
}

function headline(evaluation: EvaluationOutput): Markup {
  const { results, energy, latency, devices, tiles, gpus, floatAccuracy } = evaluation;
  const preferred = results.some(({ compensated }) => compensated);
  const course = results.filter(({ compensated }) => compensated === preferred).sort((a, b) => a.time - b.time);
  const note = preferred ? "compensated" : "not compensated";
  const moment = (result: TimeResult) => [
    result.time === 0 ? "First reading" : `After ${timeSinceFirstReading(result.time)}`,
    `${percent(result.accuracy.mean)} %`,
    `accuracy, ${note}${result.beyondSource ? ", beyond the source's data" : ""}`,
  ];
  const [first, last] = [course[0], course.at(-1)];
  const largest = [...gpus].sort((a, b) => b.energyPerInference - a.energyPerInference)[0];
  const smallest = [...gpus].sort((a, b) => a.energyPerInference - b.energyPerInference)[0];
  const entries = [
    ["Floating point", `${percent(floatAccuracy)} %`, "accuracy, no chip"],
    ...(first ? [moment(first)] : []),
    ...(last && last !== first ? [moment(last)] : []),
    ["Energy", quantity(energy.perInference, "J"), "per inference, without programming"],
    ["Latency", quantity(latency.perInference, "s"), `${grouped(devices)} devices, ${grouped(tiles)} tiles`],
    ...(largest && smallest ? [["GPU over chip", times(smallest.ratio), besides(smallest, largest)]] : []),
  ];
  return html`<dl class="headline">${entries.map(([name, value, small]) => html`<div><dt>${name}</dt><dd>${value}<small>${small}</small></dd></div>`)}</dl>`;
}

/** The comparison least in the chip's favour is the headline; the other end of the range stands beside it. */
function besides(smallest: GpuComparison, largest: GpuComparison): string {
  const least = `${withoutMaker(smallest.title)} at batch ${grouped(smallest.batch)}`;
  if (smallest === largest) return least;
  const other = smallest.name === largest.name ? "" : ` ${withoutMaker(largest.title)}`;
  return `${least}; ${times(largest.ratio)}${other} at ${grouped(largest.batch)}`;
}

const mostHistograms = 8;

/** All layers in their order, or those of least signal to noise where they are many. */
function shownHistograms({ histograms, network }: EvaluationOutput): EvaluationOutput["histograms"] {
  if (histograms.length <= mostHistograms) return histograms;
  const ratio = new Map(network.layers.map(({ name, signalToNoise }) => [name, signalToNoise ?? Infinity]));
  return [...histograms].sort((a, b) => ratio.get(a.layer)! - ratio.get(b.layer)!).slice(0, mostHistograms);
}

function figures(evaluation: EvaluationOutput): Markup {
  const { energy, gpus, network, results } = evaluation;
  const beyond = results.some(({ beyondSource }) => beyondSource);
  const banded = results.some(({ accuracy }) => accuracy.low !== null);
  const hollow = beyond
    ? " Hollow points and dashes: times that the device's data do not cover; the law is extrapolated."
    : "";
  const closeUp = closeUpFigure(evaluation);
  const causes = latestCauses(evaluation);
  const entries: (readonly [Markup, Markup, boolean] | null)[] = [
    [
      accuracyFigure(evaluation),
      html`Accuracy on ${grouped(evaluation.images)} images against time since the first reading after programming (logarithmic, drawn at the time since programming). Points: mean of ${chipsText(evaluation)}.${banded ? " Band: 95 % interval of the mean." : ""} Dotted: the network in floating point.${hollow}`,
      true,
    ],
    closeUp ? [closeUp, html`The same with compensation alone, enlarged.`, true] : null,
    causes.length > 0
      ? [
          causesFigure(causes),
          html`Accuracy that each cause takes ${timeSinceFirstReading(causes[0]!.time)}, ${causes[0]!.compensated ? "" : "not "}compensated: alone, against the network with every cause off; removed, what comes back without it on the same chips. Lines: 95 % intervals of the mean over chips. They do not add up where causes act together.`,
          true,
        ]
      : null,
    [
      energyFigure(evaluation),
      html`Energy of one inference by component, ${quantity(energy.perInference, "J")} in all, without programming.`,
      false,
    ],
    gpus.length > 0
      ? [
          gpuFigure(evaluation),
          html`Energy of one inference here (programming spread over ${grouped(energy.inferences)} inferences) and on GPUs in ${[...new Set(gpus.map(({ precision }) => precision))].join(", ")}, with GPU over chip.`,
          false,
        ]
      : null,
    [
      weightErrorFigure(evaluation),
      html`Error of the weights on the chip: standard deviation (solid, large points) and mean (dotted, small points), in per cent of the largest weight of a conductance range, over layers and chips.`,
      false,
    ],
    network.layers.some(({ signalToNoise }) => signalToNoise !== null)
      ? [
          signalToNoiseFigure(evaluation),
          html`Signal to noise of each layer's products against exact ones, at the first reading, not compensated, mean over chips.`,
          false,
        ]
      : null,
    evaluation.histograms.length > 0
      ? [
          histogramFigure(shownHistograms(evaluation)),
          html`What the converters see (first batch of the first chip, at the first reading) and what its weights are: asked for (grey), at the first reading (blue) and at the last (red). Heights as square roots of counts.${evaluation.histograms.length > mostHistograms ? ` The ${mostHistograms} layers of least signal to noise; the JSON has all.` : ""}`,
          true,
        ]
      : null,
  ];
  const drawn = entries.filter((entry) => entry !== null);
  return html`<div class="figures">\n${drawn.map(([svg, caption, wide], index) => html`${captioned(index + 1, svg, caption, wide)}\n`)}</div>`;
}
