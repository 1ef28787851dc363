import * as Plot from "@observablehq/plot";
import type { Passage } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit, duration, setting } from "../numbers.ts";
import type { DeviceOutput } from "../shapes.ts";
import { apart, decades, figure, gridY, ink, inks, powerOfTen } from "./frame.ts";
import { largestConductance, momentsOf, spreadMarks, spreadPoint } from "./spread.ts";

const size = { width: 880, height: 370, marginLeft: 62, marginRight: 158, marginTop: 28, marginBottom: 46 };

/** Conductance over the logarithm of the time since a wait or bias began, a course for each of them. */
export function decayFigure(output: DeviceOutput, passages: readonly Passage[]): Markup {
  const measured = output.overlay?.figure === "decay" ? output.overlay : null;
  const largest = (measured?.y ?? []).reduce((a, b) => Math.max(a, b), largestConductance(output, passages));
  const [unit, unitSize] = axisUnit(largest, "S");
  const courses = passages.map((passage, index) => {
    const { step, from } = passage;
    const began = startOf(output, passage);
    const points = momentsOf(passage, 400).map((moment) =>
      spreadPoint(output, moment, output.course.time[moment]! - began, unitSize, `${from}`),
    );
    const name = step.kind === "bias" ? `${setting(step.voltage, "V")}, ` : "";
    const time = step.kind === "bias" || step.kind === "wait" ? duration(step.time) : "";
    return { points, name: `${step.kind} ${name}${time}`, color: inks[index % inks.length]! };
  });
  const times = [
    ...courses.flatMap(({ points }) => points.map(({ x }) => x)),
    ...(measured?.x.filter((time) => time > 0) ?? []),
  ];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const domain: [number, number] = [first, last];
  const heights = [
    ...courses.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    ...(measured?.y.map((y) => y / unitSize) ?? []),
  ];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const margin = 0.06 * (high - low || high || 1);
  const [bottom, top] = [low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin];
  const plotHeight = size.height - size.marginTop - size.marginBottom;
  const pixel = (value: number) => size.marginTop + (plotHeight * (top - value)) / (top - bottom);
  const wishes = courses.map(({ points }) => pixel(points.at(-1)!.mean));
  const places = apart(wishes, 15);
  return figure("Conductance over logarithmic time", {
    ...size,
    x: {
      type: "log",
      domain,
      ticks: decades(...domain, 8),
      tickFormat: (seconds: number) => (seconds < 1e4 ? setting(seconds, "s") : `${powerOfTen(seconds)} s`),
      label: "time since the step began",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
    },
    y: { domain: [bottom, top], label: `conductance (${unit})`, labelArrow: "none", ticks: 6 },
    marks: [
      gridY(6),
      ...courses.flatMap(({ points, color }) => spreadMarks(points, color, points.length <= 120)),
      ...(measured
        ? [
            Plot.dot(
              measured.x.flatMap((x, k) => (x > 0 ? [{ x, y: measured.y[k]! / unitSize }] : [])),
              { x: "x", y: "y", r: 3, stroke: "#22292e", strokeWidth: 1.2, fill: "white" },
            ),
          ]
        : []),
      ...courses.map(({ points, name, color }, index) =>
        Plot.text([name], {
          x: [last],
          y: [points.at(-1)!.mean],
          dx: 10,
          dy: places[index]! - wishes[index]!,
          textAnchor: "start",
          fill: courses.length === 1 ? ink.plain : color,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** s at which a wait or bias began. */
function startOf({ course }: DeviceOutput, { step, to, from }: Passage): number {
  if (step.kind === "bias") return course.time[from]! - step.time / step.samples;
  const time = step.kind === "wait" ? step.time : 0;
  // An interrupted wait has no last row to count back from.
  if (step.kind === "wait" && to - from < step.samples) return from > 0 ? course.time[from - 1]! : 0;
  return course.time[to - 1]! - time;
}
