import { assumptionTable } from "./evaluation-tables.ts";
import { captioned } from "./figures/frame.ts";
import { epochsFigure, trainingEnergyFigure, wearFigure, weightsFigure } from "./figures/training.ts";
import { html, type Markup } from "./markup.ts";
import { duration, fileName, grouped, inWords, missing, partShare, percent, quantity } from "./numbers.ts";
import { facts, page, section, table } from "./page.ts";
import { runFacts } from "./run.ts";
import type { TrainingOutput } from "./shapes.ts";

/** How a network learned on devices, for people: one HTML page with its figures inside, nothing fetched. */
export function trainingReportOf(output: TrainingOutput): string {
  const { network, chip, rule, images, warnings, crossohm } = output;
  const title = `${fileName(network.file)} learning on ${chip.name}`;
  return page(
    `${title}: Crossohm`,
    html`<header>
<h1>${title}</h1>
<p>${chip.title}. Rule <code>${rule}</code>, ${grouped(images.train)} images to learn from, ${grouped(images.test)} to test.</p>
</header>
${headline(output)}
${warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
${figures(output)}
${section("Epochs", epochTable(output))}
${section("Layers", layerTable(output))}
${section("Energy", energyTable(output), boundaryNote(output))}
${section("How it learned", settingFacts(output))}
${section("What is assumed", assumptionTable(output))}
${section("The run", runFacts(output), runtimeNote(output))}
<footer>Crossohm ${crossohm}. SI units with prefixes; shares in per cent.</footer>`,
  );
}

function headline({ epochs, floatAccuracy, linearFloor, energy, network }: TrainingOutput): Markup {
  const last = epochs.at(-1);
  const devices = network.layers.reduce((sum, layer) => sum + layer.devices, 0);
  const share = (value: number | null) => (value === null ? missing : `${percent(value)} %`);
  const entries = [
    [
      "On devices",
      share(last?.accuracy ?? null),
      `accuracy after ${epochs.length} ${epochs.length === 1 ? "epoch" : "epochs"}`,
    ],
    ["Floating point", share(floatAccuracy), "same start, images and order"],
    ["Linear floor", share(linearFloor), "softmax regression"],
    ["Energy", quantity(energy.total, "J"), "of learning, without the tests"],
    ["Devices", grouped(devices), `${grouped(network.parameters)} weights`],
    ...(last
      ? [["Wear", last.wear.mean.toPrecision(3), `pulses a device, at most ${grouped(last.wear.maximum)}`]]
      : []),
  ];
  return html`<dl class="headline">${entries.map(([name, value, small]) => html`<div><dt>${name}</dt><dd>${value}<small>${small}</small></dd></div>`)}</dl>`;
}

function figures(output: TrainingOutput): Markup {
  const { epochs, energy, network } = output;
  if (epochs.length === 0) return html``;
  const entries: (readonly [Markup, Markup, boolean])[] = [
    [
      epochsFigure(output),
      html`Accuracy on ${grouped(output.images.test)} test images after each epoch: read through the devices with all their noise, in float32 from the same start in the same order, and what softmax regression reaches (dotted).`,
      true,
    ],
    [
      trainingEnergyFigure(output),
      html`Energy of learning by component, ${quantity(energy.total, "J")} in all.`,
      false,
    ],
    [
      wearFigure(network.layers),
      html`Pulses by device at the end, those that wrote the first weights included; heights as square roots of counts.`,
      false,
    ],
    [
      weightsFigure(network.layers),
      html`Weights that were asked for at first (grey) and those that the devices hold at the end (blue); heights as square roots of counts.`,
      true,
    ],
  ];
  return html`<div class="figures">\n${entries.map(([svg, caption, wide], index) => html`${captioned(index + 1, svg, caption, wide)}\n`)}</div>`;
}

function epochTable({ epochs, floatEpochs }: TrainingOutput): Markup {
  return table(
    "Accuracies after the epoch; the loss is the mean over its images, each before its own update.",
    [
      { title: "Epoch" },
      { title: "Accuracy (%)" },
      { title: "Float32 (%)" },
      { title: "Loss" },
      { title: "Rate" },
      { title: "Pulses" },
      { title: "Energy" },
      { title: "Wear, mean" },
      { title: "Wear, most" },
    ],
    epochs.map(({ epoch, accuracy, loss, rate, pulses, energy, wear }) => [
      String(epoch),
      percent(accuracy),
      percent(floatEpochs[epoch - 1]?.accuracy ?? null),
      Number.isFinite(loss) ? loss.toPrecision(4) : missing,
      rate.toPrecision(3),
      grouped(pulses),
      quantity(energy, "J"),
      wear.mean.toPrecision(4),
      grouped(wear.maximum),
    ]),
  );
}

function layerTable({ network }: TrainingOutput): Markup {
  return table(
    "Rows are word lines, the bias's among them. Range: the weight that the range of conductances stands for. A pulse: what one of either sign changes a weight by, on the median device in the middle of its range.",
    [
      { title: "Layer", text: true },
      { title: "Operator", text: true },
      { title: "Rows" },
      { title: "Columns" },
      { title: "Devices" },
      { title: "Arrangement", text: true },
      { title: "Range" },
      { title: "Pulse up" },
      { title: "Pulse down" },
      { title: "Weights before" },
      { title: "Weights after" },
    ],
    network.layers.map(({ name, operator, rows, columns, devices, arrangement, weightRange, steps, weights }) => [
      html`<code>${name}</code>`,
      operator,
      grouped(rows),
      grouped(columns),
      grouped(devices),
      arrangement,
      weightRange.toPrecision(3),
      steps.growing.toPrecision(3),
      steps.falling.toPrecision(3),
      `${weights.start.mean.toFixed(3)} ± ${weights.start.standardDeviation.toFixed(3)}`,
      `${weights.end.mean.toFixed(3)} ± ${weights.end.standardDeviation.toFixed(3)}`,
    ]),
  );
}

function energyTable({ energy: { total, byComponent } }: TrainingOutput): Markup {
  return table(
    "All epochs together; the parts sum to the whole.",
    [{ title: "Component", text: true }, { title: "Energy" }, { title: "Share" }],
    [
      ...Object.entries(byComponent)
        .sort(([, a], [, b]) => b - a)
        .map(([name, joules]) => [inWords(name), quantity(joules, "J"), partShare(joules, total)]),
      ["all", quantity(total, "J"), total > 0 ? "100 %" : missing].map((cell) => html`<b>${cell}</b>`),
    ],
  );
}

function boundaryNote({ energy: { boundary } }: TrainingOutput): Markup {
  const { text, included, excluded } = boundary;
  return html`<p class="note">${text} Included: ${included.join(", ")}. Not included: ${excluded.join(", ")}.</p>\n`;
}

function settingFacts({ rule, ruleOptions, synapse, settings, network }: TrainingOutput): Markup {
  const { devices, policy, increment, potentiationCounter, depressionCounter } = synapse;
  const options = Object.entries(ruleOptions).map(([name, value]) => `${name} ${value}`);
  return facts([
    ["Rule", [rule, ...options].join(", ")],
    [
      "Devices of a synapse",
      devices === 1
        ? "one in each set"
        : `${devices} in each set; ${policy}, increment ${increment}, counters of ${potentiationCounter} and ${depressionCounter}`,
    ],
    ["Loss", network.loss],
    ["Batch", `${grouped(settings.batch)} images`],
    ["Rate", settings.decay === 1 ? `${settings.rate}` : `${settings.rate}, times ${settings.decay} every epoch`],
  ]);
}

function runtimeNote({ runtime: { seconds, perImage, threads, peakMemory } }: TrainingOutput): Markup {
  return html`<p class="note">${duration(seconds)} on ${threads} ${threads === 1 ? "thread" : "threads"}, ${quantity(perImage, "s")} an image, floating point beside it; memory at most ${grouped(Math.round(peakMemory / 1e6))} MB.</p>\n`;
}
