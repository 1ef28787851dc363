import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { axisUnit, grouped, inWords, percent, quantity, share } from "../numbers.ts";
import type { TrainingOutput } from "../shapes.ts";
import { type Bar, barFigure } from "./bars.ts";
import { apart, figure, gridY, ink, nameRoom, shortened } from "./frame.ts";

type Layers = TrainingOutput["network"]["layers"];
type Counts = Layers[number]["wear"];

const size = { width: 880, height: 360, marginLeft: 56, marginRight: 190, marginTop: 30, marginBottom: 50 };

/** Accuracy after each epoch on devices and in float32, above what a linear map reaches. */
export function epochsFigure({
  epochs,
  floatEpochs,
  linearFloor,
}: Pick<TrainingOutput, "epochs" | "floatEpochs" | "linearFloor">): Markup {
  const courses = [
    { name: "devices", color: ink.compensated, accuracies: epochs.map(({ accuracy }) => 100 * accuracy) },
    { name: "float32", color: ink.plain, accuracies: floatEpochs.map(({ accuracy }) => 100 * accuracy) },
  ].filter(({ accuracies }) => accuracies.length > 0);
  const floor = linearFloor === null ? [] : [100 * linearFloor];
  const all = [...courses.flatMap(({ accuracies }) => accuracies), ...floor];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const margin = Math.max(0.08 * (most - least), 0.2);
  const [bottom, top] = [Math.max(0, least - margin), Math.min(100, most + margin)];
  const last = Math.max(...courses.map(({ accuracies }) => accuracies.length));
  const labels = [
    ...courses.map(({ name, color, accuracies }) => ({ name, color, value: accuracies.at(-1)! })),
    ...floor.map((value) => ({ name: "linear floor", color: ink.quiet as string, value })),
  ];
  const plotHeight = size.height - size.marginTop - size.marginBottom;
  const wishes = labels.map(({ value }) => size.marginTop + (plotHeight * (top - value)) / (top - bottom));
  const places = apart(wishes, 16);
  const points = (accuracies: readonly number[]) =>
    accuracies.map((accuracy, index) => ({ epoch: index + 1, accuracy }));
  return figure("Accuracy after each epoch", {
    ...size,
    x: {
      domain: [1 - 0.04 * last, last + 0.02 * last],
      label: "epoch",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 40,
      ticks: Array.from({ length: last }, (_, index) => index + 1).filter(
        (n) => n % Math.ceil(last / 12) === 0 || n === 1,
      ),
      tickFormat: (epoch: number) => `${epoch}`,
    },
    y: { domain: [bottom, top], label: "accuracy (%)", labelArrow: "none", labelOffset: 46, ticks: 6 },
    marks: [
      gridY(6),
      Plot.ruleY(floor, { stroke: ink.quiet, strokeDasharray: "1 3", strokeWidth: 1.4 }),
      ...[...courses]
        .reverse()
        .flatMap(({ color, accuracies }) => [
          Plot.lineY(points(accuracies), { x: "epoch", y: "accuracy", stroke: color, strokeWidth: 2 }),
          Plot.dot(points(accuracies), { x: "epoch", y: "accuracy", r: 3.6, fill: color }),
        ]),
      ...labels.map(({ name, color, value }, index) =>
        Plot.text([`${name} ${percent(value / 100)} %`], {
          x: [last],
          y: [value],
          dx: 26,
          dy: places[index]! - wishes[index]!,
          textAnchor: "start",
          fill: color,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** Energy of all epochs by component, the largest first. */
export function trainingEnergyFigure({ energy }: Pick<TrainingOutput, "energy">): Markup {
  const parts = Object.entries(energy.byComponent).sort(([, a], [, b]) => b - a);
  const [unit, unitSize] = axisUnit(parts[0]?.[1] ?? 0, "J");
  const bars: Bar[] = parts.map(([name, joules]) => ({
    name: inWords(name),
    value: joules / unitSize,
    text: `${quantity(joules, "J")} · ${share(energy.total > 0 ? joules / energy.total : null)}`,
  }));
  return barFigure("Energy of learning by component", `energy of learning (${unit})`, bars, 430, 118);
}

interface Step {
  readonly layer: string;
  readonly from: number;
  readonly to: number;
  readonly height: number;
}

/** Pulses by device, a panel for each layer. */
export function wearFigure(layers: Layers): Markup {
  return panels("Pulses by device", "pulses of a device", layers, ({ wear }) => [wear], 430);
}

/** Weights before and after, a panel for each layer. */
export function weightsFigure(layers: Layers): Markup {
  return panels("Weights before and after", "weight", layers, ({ weights }) => [weights.start, weights.end], 880);
}

const mostPanels = 8;

function panels(
  description: string,
  label: string,
  all: Layers,
  pick: (layer: Layers[number]) => readonly Counts[],
  width: number,
): Markup {
  const layers = all.slice(0, mostPanels);
  const names = layers.map(({ name }) => name);
  const steps = (index: number): Step[] =>
    layers.flatMap((layer) => {
      const own = pick(layer);
      const counts = own[index];
      const fullest = Math.max(1, ...own.flatMap((one) => one.counts));
      return counts ? stepsOf(layer.name, counts, fullest) : [];
    });
  const two = layers.some((layer) => pick(layer).length > 1);
  const bars = (index: number, fill: string, fillOpacity: number) =>
    Plot.rectY(steps(index), { x1: "from", x2: "to", y: "height", fy: "layer", fill, fillOpacity, inset: 0 });
  return figure(description, {
    width,
    height: 60 + 74 * layers.length,
    marginLeft: nameRoom(names),
    marginRight: 14,
    marginTop: 10,
    marginBottom: 44,
    fy: { domain: names, label: null, padding: 0.14, axis: "left", tickFormat: shortened },
    x: {
      label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      ticks: 6,
      tickFormat: (value: number) => grouped(value),
    },
    y: { type: "sqrt", domain: [0, 1.05], axis: null },
    marks: [
      ...(two ? [bars(0, ink.quiet, 0.55), bars(1, ink.compensated, 0.5)] : [bars(0, ink.compensated, 0.75)]),
      Plot.ruleY([0], { stroke: ink.quiet }),
    ],
  });
}

function stepsOf(layer: string, { low, high, counts }: Counts, fullest: number): Step[] {
  const width = (high - low) / counts.length;
  return counts.map((count, bin) => ({
    layer,
    from: low + bin * width,
    to: low + (bin + 1) * width,
    height: count / fullest,
  }));
}
