import { summary } from "../../../src/ground/statistics/index.ts";
import type { PaperFigure, PaperSeries } from "../paper.ts";
import type { DetectionMoment } from "./detection.ts";
import type { RunsOfSize } from "./detection-claims.ts";
import type { DetectionResult } from "./detection-run.ts";

const groups = ["correlated", "uncorrelated"] as const;

/** Weights per device of both groups over the steps, mean and one standard deviation over synapses. @param last  step that is shown last */
export function evolutionFigure(
  { moments }: DetectionResult,
  {
    name,
    title,
    devices,
    last,
  }: { readonly name: string; readonly title: string; readonly devices: number; readonly last: number },
): PaperFigure {
  const shown = moments.filter(({ step }) => step <= last);
  const series = (group: (typeof groups)[number]): PaperSeries => {
    const of = (number: (moment: DetectionMoment) => number) => shown.map((moment) => number(moment) / devices);
    return {
      name: group,
      mark: "line",
      x: shown.map(({ step }) => step),
      y: of((moment) => moment[group].mean),
      low: of((moment) => moment[group].mean - moment[group].deviation),
      high: of((moment) => moment[group].mean + moment[group].deviation),
    };
  };
  return {
    name,
    title,
    caption:
      "Weight of a synapse over its devices: mean and one standard deviation over the synapses of a group, drift in them.",
    x: { label: "step", unit: "1" },
    y: { label: "conductance per device", unit: "S" },
    series: groups.map(series),
  };
}

/** Weights at the end, as shares of each group. */
export function histogramFigure({ histogram }: DetectionResult, name: string, title: string): PaperFigure {
  return {
    name,
    title,
    caption:
      "Weights per device at the end, one read of every synapse with its noise: share of the synapses of each group.",
    x: { label: "conductance per device", unit: "S" },
    y: { label: "share of synapses", unit: "1" },
    series: groups.map((group) => {
      const counts = histogram[group];
      const all = counts.reduce((sum, count) => sum + count, 0);
      return {
        name: group,
        mark: "bars",
        x: counts.map((_, bin) => (bin + 0.5) * histogram.width),
        y: counts.map((count) => count / all),
      };
    }),
  };
}

/** AUC and d' against N: each seed, the mean with its 95 % interval, and the least AUC that is claimed. */
export function separationFigures(sizes: readonly RunsOfSize[]): PaperFigure[] {
  const ran = sizes.filter(({ results }) => results.length > 0);
  if (ran.length === 0) return [];
  const figure = (
    name: string,
    title: string,
    label: string,
    of: (result: DetectionResult) => number,
    bound: readonly PaperSeries[],
  ): PaperFigure => {
    const means = ran.map(({ results }) => summary(results.map(of)));
    return {
      name,
      title,
      caption: "Every seed, and the mean over seeds with its 95 % interval.",
      x: { label: "devices per synapse", unit: "1" },
      y: { label, unit: "1" },
      series: [
        {
          name: "seeds",
          mark: "points",
          x: ran.flatMap(({ devices, results }) => results.map(() => devices)),
          y: ran.flatMap(({ results }) => results.map(of)),
        },
        {
          name: "mean",
          mark: "line",
          x: ran.map(({ devices }) => devices),
          y: means.map(({ mean }) => mean),
          low: means.map(({ mean, low }) => low ?? mean),
          high: means.map(({ mean, high }) => high ?? mean),
        },
        ...bound,
      ],
    };
  };
  const x = ran.map(({ devices }) => devices);
  const least: PaperSeries = { name: "at least", mark: "line", x, y: ran.map((size) => size.least), reference: true };
  return [
    figure("auc", "AUC against the number of devices", "AUC", (result) => result.areaUnderCurve, [least]),
    figure("d-prime", "d' against the number of devices", "d'", (result) => result.discriminability, []),
  ];
}
