import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { percent } from "../numbers.ts";
import type { EvaluationOutput, TimeResult } from "../shapes.ts";
import { apart, figure, gridY, ink } from "./frame.ts";
import { beyondSource, type Course, courseMarks, coursesOf, timeAxis } from "./time-axis.ts";

const size = { width: 880, marginLeft: 56, marginRight: 190, marginTop: 34, marginBottom: 58 };

/** Accuracy over logarithmic time with its 95 % band, with and without compensation, below the float network's. */
export function accuracyFigure({ results, floatAccuracy }: EvaluationOutput): Markup {
  const description = "Accuracy over logarithmic time with its 95 % interval";
  return accuracyOver(description, coursesOf(results), floatAccuracy, 410);
}

/** The compensated course alone, where the other one leaves it too little height to be read; null where it does not. */
export function closeUpFigure({ results, floatAccuracy }: EvaluationOutput): Markup | null {
  const courses = coursesOf(results);
  const [compensated, other] = courses;
  if (!compensated || !other) return null;
  const height = (some: readonly Course[]) => {
    const shares = sharesOf(some, floatAccuracy);
    return Math.max(...shares) - Math.min(...shares);
  };
  if (height([compensated]) > 0.2 * height(courses)) return null;
  return accuracyOver("Accuracy with compensation, enlarged", [compensated], floatAccuracy, 270);
}

function accuracyOver(description: string, courses: readonly Course[], float: number, height: number): Markup {
  const results = courses.flatMap((course) => course.results);
  const time = timeAxis(results, size.width - size.marginLeft - size.marginRight);
  const [bottom, top] = axisOf(sharesOf(courses, float));
  const plotHeight = height - size.marginTop - size.marginBottom;
  const pixel = (value: number) => size.marginTop + (plotHeight * (top - 100 * value)) / (top - bottom);
  const end = Math.max(...results.map(({ sinceProgramming }) => sinceProgramming));
  const ticks = height > 300 ? 6 : 4;

  const labels = [
    { text: `float ${percent(float)} %`, value: float, color: ink.plain },
    ...courses.map(({ name, color, results: course }) => ({
      text: `${name} ${percent(course.at(-1)!.accuracy.mean)} %`,
      value: course.at(-1)!.accuracy.mean,
      color,
    })),
  ];
  const wishes = labels.map(({ value }) => pixel(value));
  const places = apart(wishes, 16);
  return figure(description, {
    ...size,
    height,
    x: time.scale,
    y: { domain: [bottom, top], label: "accuracy (%)", labelArrow: "none", labelOffset: 46, ticks },
    marks: [
      ...beyondSource(results, [bottom, top]),
      time.axis,
      gridY(ticks),
      Plot.ruleY([100 * float], { stroke: ink.plain, strokeDasharray: "1 3", strokeWidth: 1.4 }),
      ...courses.flatMap(band),
      ...[...courses].reverse().flatMap((course) => courseMarks(course, ({ accuracy }) => 100 * accuracy.mean)),
      ...labels.map(({ text, value, color }, index) =>
        Plot.text([text], {
          x: [end],
          y: [100 * value],
          dx: 12,
          dy: places[index]! - wishes[index]!,
          textAnchor: "start",
          fill: color,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** The 95 % interval of a course's means. */
function band({ color, results }: Course): Plot.Markish[] {
  const known = results.filter(({ accuracy }) => accuracy.low !== null && accuracy.high !== null);
  const options = {
    x: (result: TimeResult) => result.sinceProgramming,
    y1: (result: TimeResult) => 100 * result.accuracy.low!,
    y2: (result: TimeResult) => 100 * result.accuracy.high!,
  };
  // One moment has no band to span; a bar says the same.
  if (known.length === 1)
    return [Plot.ruleX(known, { ...options, stroke: color, strokeWidth: 6, strokeOpacity: 0.25 })];
  return [Plot.areaY(known, { ...options, fill: color, fillOpacity: 0.16 })];
}

function sharesOf(courses: readonly Course[], float: number): number[] {
  const intervals = courses.flatMap(({ results }) => results.map(({ accuracy }) => accuracy));
  return [float, ...intervals.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean])];
}

/** A little more than the shares span, in per cent, never outside what a share can be. */
function axisOf(shares: readonly number[]): readonly [number, number] {
  const [low, high] = [100 * Math.min(...shares), 100 * Math.max(...shares)];
  const margin = Math.max(0.06 * (high - low), 0.02);
  return [Math.max(0, low - margin), Math.min(100, high + margin)];
}
