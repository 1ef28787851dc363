import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import type { EvaluationOutput, TimeResult } from "../shapes.ts";
import { apart, figure, gridY, ink } from "./frame.ts";
import { courseMarks, coursesOf, timeAxis } from "./time-axis.ts";

const size = { width: 430, height: 300, marginLeft: 48, marginRight: 120, marginTop: 24, marginBottom: 58 };

/** Mean and standard deviation of the weights' error over logarithmic time, in per cent of the largest weight. */
export function weightErrorFigure({ results }: EvaluationOutput): Markup {
  const courses = coursesOf(results);
  const time = timeAxis(results, size.width - size.marginLeft - size.marginRight);
  const spread = (result: TimeResult) => 100 * result.weightError.standardDeviation;
  const mean = (result: TimeResult) => 100 * result.weightError.mean;
  const values = results.flatMap((result) => [spread(result), mean(result)]);
  const [bottom, top] = [Math.min(0, ...values) * 1.15, Math.max(0, ...values) * 1.08 || 1];
  const plotHeight = size.height - size.marginTop - size.marginBottom;
  const pixel = (value: number) => size.marginTop + (plotHeight * (top - value)) / (top - bottom);
  const end = Math.max(...results.map(({ sinceProgramming }) => sinceProgramming));

  const labels = [
    ...courses.map(({ name, color, results: course }) => ({ text: name, value: spread(course.at(-1)!), color })),
    { text: "means", value: mean(courses[0]!.results.at(-1)!), color: ink.quiet },
  ];
  const places = apart(
    labels.map(({ value }) => pixel(value)),
    14,
  );
  return figure("Error of the weights over logarithmic time", {
    ...size,
    x: time.scale,
    y: { domain: [bottom, top], label: "weight error (% of the largest weight)", labelArrow: "none", ticks: 5 },
    marks: [
      time.axis,
      gridY(5),
      Plot.ruleY([0], { stroke: ink.quiet }),
      ...[...courses]
        .reverse()
        .flatMap((course) => [...courseMarks(course, mean, true), ...courseMarks(course, spread)]),
      ...labels.map(({ text, value, color }, index) =>
        Plot.text([text], {
          x: [end],
          y: [value],
          dx: 10,
          dy: places[index]! - pixel(value),
          textAnchor: "start",
          fill: color,
        }),
      ),
    ],
  });
}
