import * as Plot from "@observablehq/plot";
import { spreadAt } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit } from "../numbers.ts";
import type { DeviceOutput } from "../shapes.ts";
import { figure, gridY, ink } from "./frame.ts";

const mostPoints = 1000;

/** The whole protocol over time: mean conductance or current of all devices, and one standard deviation to either side. */
export function courseFigure({ course }: DeviceOutput, quantity: "conductance" | "current"): Markup {
  const stride = Math.ceil(course.filled / mostPoints);
  const points = Array.from({ length: course.filled }, (_, moment) => moment)
    .filter((moment) => moment % stride === 0 || moment === course.filled - 1)
    .map((moment) => ({ time: course.time[moment]!, ...spreadAt(course[quantity], course.devices, moment) }));
  const largest = points.reduce((most, { mean }) => Math.max(most, Math.abs(mean)), 0);
  const [unit, size] = axisUnit(largest, quantity === "current" ? "A" : "S");
  const [timeUnit, second] = axisUnit(points.at(-1)!.time, "s");
  const shown = points.map(({ time, mean, standardDeviation }) => {
    const half = (standardDeviation ?? 0) / size;
    return { x: time / second, mean: mean / size, low: mean / size - half, high: mean / size + half };
  });
  const color = quantity === "current" ? ink.uncompensated : ink.compensated;
  return figure(`${quantity} over the time of the protocol`, {
    width: 430,
    height: 320,
    marginLeft: 62,
    marginRight: 14,
    marginTop: 28,
    marginBottom: 46,
    x: { label: `time (${timeUnit})`, labelAnchor: "center", labelArrow: "none", labelOffset: 38, ticks: 6 },
    y: { label: `${quantity} (${unit})`, labelArrow: "none", ticks: 6 },
    marks: [
      gridY(6),
      Plot.areaY(shown, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.16 }),
      Plot.line(shown, { x: "x", y: "mean", stroke: color, strokeWidth: 1.5 }),
    ],
  });
}
