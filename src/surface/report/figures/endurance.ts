import * as Plot from "@observablehq/plot";
import type { Passage } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit } from "../numbers.ts";
import type { DeviceOutput } from "../shapes.ts";
import { apart, figure, gridY, inks } from "./frame.ts";
import { largestConductance, spreadMarks, spreadPoint } from "./spread.ts";

const size = { width: 880, height: 340, marginLeft: 62, marginRight: 110, marginTop: 28, marginBottom: 46 };
const mostPoints = 500;

/** Conductance at the end of each of a repeat's steps against the number of the round. */
export function enduranceFigure(output: DeviceOutput, passages: readonly Passage[]): Markup {
  const [unit, unitSize] = axisUnit(largestConductance(output, passages), "S");
  const steps = [...new Set(passages.map(({ step }) => step))];
  const courses = steps.map((step, index) => {
    const own = passages.filter((passage) => passage.step === step);
    const stride = Math.ceil(own.length / mostPoints);
    const points = own
      .filter((_, k) => k % stride === 0 || k === own.length - 1)
      .map(({ cycle, to }) => spreadPoint(output, to - 1, cycle + 1, unitSize, `${index}`));
    return { points, name: `after ${step.number} ${step.kind}`, color: inks[index % inks.length]! };
  });
  const values = courses.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const [bottom, top] = [Math.min(0, ...values), Math.max(...values) * 1.06 || 1];
  const plotHeight = size.height - size.marginTop - size.marginBottom;
  const pixel = (value: number) => size.marginTop + (plotHeight * (top - value)) / (top - bottom);
  const wishes = courses.map(({ points }) => pixel(points.at(-1)!.mean));
  const places = apart(wishes, 15);
  const last = Math.max(...courses.flatMap(({ points }) => points.map(({ x }) => x)));
  return figure("Conductance against the number of cycles", {
    ...size,
    x: { domain: [1, last], label: "cycle", labelAnchor: "center", labelArrow: "none", labelOffset: 38 },
    y: { domain: [bottom, top], label: `conductance (${unit})`, labelArrow: "none", ticks: 6 },
    marks: [
      gridY(6),
      ...courses.flatMap(({ points, color }) => spreadMarks(points, color, points.length <= 60)),
      ...courses.map(({ points, name, color }, index) =>
        Plot.text([name], {
          x: [last],
          y: [points.at(-1)!.mean],
          dx: 10,
          dy: places[index]! - wishes[index]!,
          textAnchor: "start",
          fill: color,
          fontWeight: 600,
        }),
      ),
    ],
  });
}
