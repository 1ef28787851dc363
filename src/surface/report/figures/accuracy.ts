import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { percent } from "../numbers.ts";
import type { EvaluationOutput, TimeResult } from "../shapes.ts";
import { apart, figure, gridY, ink } from "./frame.ts";
import { beyondSource, courseMarks, coursesOf, timeAxis } from "./time-axis.ts";

const size = { width: 880, height: 400, marginLeft: 56, marginRight: 190, marginTop: 18, marginBottom: 58 };

/** Accuracy over logarithmic time with its 95 % band, with and without compensation, below the float network's. */
export function accuracyFigure({ results, floatAccuracy }: EvaluationOutput): Markup {
  const courses = coursesOf(results);
  const time = timeAxis(results, size.width - size.marginLeft - size.marginRight);
  const values = results.flatMap(({ accuracy: { mean, low, high } }) => [mean, low ?? mean, high ?? mean]);
  const [bottom, top] = axisOf([...values, floatAccuracy]);
  const plotHeight = size.height - size.marginTop - size.marginBottom;
  const pixel = (value: number) => size.marginTop + (plotHeight * (top - 100 * value)) / (top - bottom);
  const end = Math.max(...results.map(({ sinceProgramming }) => sinceProgramming));

  const labels = [
    { text: `float ${percent(floatAccuracy)} %`, value: floatAccuracy, color: ink.plain },
    ...courses.map(({ name, color, results: course }) => ({
      text: `${name} ${percent(course.at(-1)!.accuracy.mean)} %`,
      value: course.at(-1)!.accuracy.mean,
      color,
    })),
  ];
  const places = apart(
    labels.map(({ value }) => pixel(value)),
    16,
  );
  const band = courses.flatMap(({ color, results: course }) => {
    const known = course.filter(({ accuracy }) => accuracy.low !== null && accuracy.high !== null);
    const options = {
      x: (result: TimeResult) => result.sinceProgramming,
      y1: (result: TimeResult) => 100 * result.accuracy.low!,
      y2: (result: TimeResult) => 100 * result.accuracy.high!,
    };
    // One moment has no band to span; a bar says the same.
    if (known.length === 1)
      return [Plot.ruleX(known, { ...options, stroke: color, strokeWidth: 6, strokeOpacity: 0.25 })];
    return [Plot.areaY(known, { ...options, fill: color, fillOpacity: 0.16 })];
  });

  return figure("Accuracy over logarithmic time with its 95 % interval", {
    ...size,
    x: time.scale,
    y: { domain: [bottom, top], label: "accuracy (%)", labelArrow: "none", ticks: 6 },
    marks: [
      ...beyondSource(results, [bottom, top]),
      time.axis,
      gridY(6),
      Plot.ruleY([100 * floatAccuracy], { stroke: ink.plain, strokeDasharray: "1 3", strokeWidth: 1.4 }),
      ...band,
      ...[...courses].reverse().flatMap((course) => courseMarks(course, ({ accuracy }) => 100 * accuracy.mean)),
      ...labels.map(({ text, value, color }, index) =>
        Plot.text([text], {
          x: [end],
          y: [100 * value],
          dx: 12,
          dy: places[index]! - pixel(value),
          textAnchor: "start",
          fill: color,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** A little more than the values span, in per cent, never outside what a share can be. */
function axisOf(shares: readonly number[]): readonly [number, number] {
  const [low, high] = [100 * Math.min(...shares), 100 * Math.max(...shares)];
  const margin = Math.max(0.06 * (high - low), 0.1);
  return [Math.max(0, low - margin), Math.min(100, high + 1.5 * margin)];
}
