import * as Plot from "@observablehq/plot";
import { normalDistribution, normalQuantile } from "../../../ground/statistics/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit } from "../numbers.ts";
import { figure, gridY, ink, inks } from "./frame.ts";

/** Conductances of all devices at one moment, in rising order. */
export interface Sample {
  readonly name: string;
  /** S. */
  readonly sorted: Float32Array;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Points of a curve that a figure can hold. */
const mostPoints = 300;

/** Standard deviations to either side that are shown. */
const reach = 4.5;

/** Numbers of devices along a curve, both ends and even steps between. */
function places(count: number): number[] {
  const shown = Math.min(count, mostPoints);
  return Array.from({ length: shown }, (_, k) => Math.round((k * (count - 1)) / Math.max(1, shown - 1)));
}

/** Cumulative distribution over devices at some moments, each with the normal distribution of the same mean and spread. */
export function distributionFigure(samples: readonly Sample[]): Markup {
  const largest = Math.max(...samples.map(({ sorted }) => sorted.at(-1)!));
  const [unit, size] = axisUnit(largest, "S");
  return figure("Cumulative distribution of conductances over devices", {
    width: 430,
    height: 340,
    marginLeft: 50,
    marginRight: 122,
    marginTop: 26,
    marginBottom: 46,
    x: { label: `conductance (${unit})`, labelAnchor: "center", labelArrow: "none", labelOffset: 38, ticks: 6 },
    y: { domain: [0, 1], label: "share of devices below", labelArrow: "none", ticks: 5 },
    marks: [
      gridY(5),
      ...samples.flatMap(({ name, sorted, mean, standardDeviation }, index) => {
        const color = inks[index % inks.length]!;
        const points = places(sorted.length).map((k) => ({
          x: sorted[k]! / size,
          y: (k + 0.5) / sorted.length,
          law: standardDeviation > 0 ? normalDistribution((sorted[k]! - mean) / standardDeviation) : null,
        }));
        return [
          Plot.line(points, { x: "x", y: "law", stroke: ink.quiet, strokeDasharray: "3 3" }),
          Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 1.7 }),
          Plot.text([name], {
            frameAnchor: "top-right",
            textAnchor: "start",
            dx: 10,
            dy: 8 + 16 * index,
            fill: color,
            fontWeight: 600,
          }),
        ];
      }),
    ],
  });
}

/** Conductances in standard deviations from their mean against the quantiles of a normal distribution: on the line they are equal. */
export function quantileFigure(samples: readonly Sample[]): Markup {
  return figure("Quantiles of conductances over devices against those of a normal distribution", {
    width: 430,
    height: 340,
    marginLeft: 50,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 46,
    x: {
      domain: [-reach, reach],
      label: "quantile of a normal distribution",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
    },
    y: {
      domain: [-reach, reach],
      label: "conductance (standard deviations from the mean)",
      labelArrow: "none",
      ticks: 6,
    },
    marks: [
      gridY(6),
      Plot.line(
        [-reach, reach].map((n) => [n, n]),
        { stroke: ink.plain, strokeWidth: 1 },
      ),
      ...samples.flatMap(({ sorted, mean, standardDeviation }, index) =>
        standardDeviation > 0
          ? [
              Plot.dot(
                places(sorted.length).map((k) => ({
                  x: normalQuantile((k + 0.5) / sorted.length),
                  y: (sorted[k]! - mean) / standardDeviation,
                })),
                { x: "x", y: "y", r: 1.7, fill: inks[index % inks.length]!, fillOpacity: 0.7, clip: true },
              ),
            ]
          : [],
      ),
    ],
  });
}
