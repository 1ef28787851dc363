import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { share } from "../numbers.ts";
import type { EvaluationOutput } from "../shapes.ts";
import { figure, ink, nameRoom, shortened } from "./frame.ts";

type LayerHistograms = EvaluationOutput["histograms"][number];
type Histogram = LayerHistograms["inputs"];

const panels = ["input converter", "output converter", "weights"] as const;

interface Step {
  readonly layer: string;
  readonly panel: (typeof panels)[number];
  readonly from: number;
  readonly to: number;
  /** Of the fullest bin of its panel. */
  readonly size: number;
}

/** What reaches the converters of some layers and what their weights became, a row of panels each. */
export function histogramFigure(layers: readonly LayerHistograms[]): Markup {
  const names = layers.map(({ layer }) => layer);
  const of = (pick: (layer: LayerHistograms) => readonly [Histogram, Histogram], panel: Step["panel"]): Step[] =>
    layers.flatMap((layer) => stepsOf(layer.layer, panel, ...pick(layer)));
  const filled = [
    ...of(({ inputs }) => [inputs, inputs], "input converter"),
    ...of(({ outputs }) => [outputs, outputs], "output converter"),
    ...of(({ target }) => [target, target], "weights"),
  ];
  const outline = (pick: (layer: LayerHistograms) => Histogram, stroke: string): Plot.Markish =>
    Plot.lineY(
      of((layer) => [pick(layer), layer.target], "weights"),
      {
        x: ({ from, to }: Step) => (from + to) / 2,
        y: "size",
        fx: "panel",
        fy: "layer",
        stroke,
        strokeWidth: 1.3,
        curve: "step",
      },
    );
  const clipped = layers.flatMap(({ layer, inputs, outputs }) => [
    { layer, panel: "input converter", text: `${share(outside(inputs))} clipped` },
    { layer, panel: "output converter", text: `${share(outside(outputs))} clipped` },
  ]);
  return figure("Histograms of converters and weights by layer", {
    width: 880,
    height: 66 + 92 * layers.length,
    marginLeft: nameRoom(names),
    marginRight: 12,
    marginTop: 30,
    marginBottom: 42,
    fx: { domain: [...panels], label: null, padding: 0.06 },
    fy: { domain: names, label: null, padding: 0.14, axis: "left", tickFormat: shortened },
    x: {
      domain: [-1.5, 1.5],
      label: "in units of full scale (converters) and of the target range (weights)",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 36,
      ticks: [-1, 0, 1],
    },
    y: { type: "sqrt", domain: [0, 1.15], axis: null },
    marks: [
      Plot.ruleX([-1, 1], { stroke: ink.grid }),
      Plot.rectY(filled, {
        x1: "from",
        x2: "to",
        y: "size",
        fx: "panel",
        fy: "layer",
        fill: ({ panel }: Step) => (panel === "weights" ? ink.quiet : ink.compensated),
        fillOpacity: 0.6,
        inset: 0,
      }),
      outline(({ first }) => first, ink.compensated),
      outline(({ last }) => last, ink.uncompensated),
      Plot.ruleY([0], { stroke: ink.quiet }),
      Plot.text(clipped, {
        fx: "panel",
        fy: "layer",
        text: "text",
        frameAnchor: "top-right",
        fontSize: 10.5,
        fill: ink.plain,
      }),
    ],
  });
}

/** Bars of a histogram, their heights in units of `scale`'s fullest bin. */
function stepsOf(layer: string, panel: Step["panel"], { low, high, counts }: Histogram, scale: Histogram): Step[] {
  const width = (high - low) / counts.length;
  // The fullest bin is often that of exact zeros; nothing may stand above the panel.
  const fullest = Math.max(1, ...scale.counts);
  return counts.map((count, bin) => ({
    ...{ layer, panel, from: low + bin * width, to: low + (bin + 1) * width },
    size: Math.min(1.15, count / fullest),
  }));
}

/** Share of values beyond both ends. */
function outside({ counts, below, above }: Histogram): number {
  const all = counts.reduce((sum, count) => sum + count, below + above);
  return all > 0 ? (below + above) / all : 0;
}
