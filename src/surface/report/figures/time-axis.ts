import * as Plot from "@observablehq/plot";
import { timeSinceFirstReading } from "../numbers.ts";
import type { TimeResult } from "../shapes.ts";
import { ink } from "./frame.ts";

/** The results of one setting of compensation, in the order of time. */
export interface Course {
  readonly compensated: boolean;
  readonly name: string;
  readonly color: string;
  readonly results: readonly TimeResult[];
}

/** With compensation first, as the better of two is read first. */
export function coursesOf(results: readonly TimeResult[]): Course[] {
  return [true, false]
    .map((compensated) => ({
      compensated,
      name: compensated ? "compensated" : "not compensated",
      color: compensated ? ink.compensated : ink.uncompensated,
      results: results.filter((result) => result.compensated === compensated).sort((a, b) => a.time - b.time),
    }))
    .filter((course) => course.results.length > 0);
}

/** The scale and the axis of a figure's time. */
export interface TimeAxis {
  readonly scale: Plot.ScaleOptions;
  readonly axis: Plot.Markish;
}

/** A logarithmic axis of time since programming, its ticks named by the time since the first reading. */
export function timeAxis(results: readonly TimeResult[], width: number): TimeAxis {
  const moments = new Map(results.map(({ sinceProgramming, time }) => [sinceProgramming, time]));
  const positions = [...moments.keys()].sort((a, b) => a - b);
  const [first, last] = [positions[0]!, positions.at(-1)!];
  const domain: [number, number] = first === last ? [first / 3, last * 3] : [first, last];
  const axis = Plot.axisX(apartOnLogScale(positions, 36 * (Math.log(domain[1] / domain[0]) / width)), {
    // d3's own format names only round numbers of a logarithmic scale.
    text: (position: number) =>
      timeSinceFirstReading(moments.get(position)!).replace("first reading", "first\nreading"),
    label: "time since the first reading",
    labelAnchor: "center",
    labelArrow: "none",
    labelOffset: 48,
  });
  return { scale: { type: "log", domain, axis: null }, axis };
}

/** Those positions whose names have room beside each other; the first and the last stay. */
function apartOnLogScale(positions: readonly number[], room: number): number[] {
  const kept: number[] = [];
  for (const position of positions) {
    const near = kept.length > 0 && Math.log(position / kept.at(-1)!) < room;
    if (near && position !== positions.at(-1)) continue;
    if (near && kept.length > 1) kept.pop();
    kept.push(position);
  }
  return kept;
}

/** Shade behind the times that the parameter set's source does not cover. */
export function beyondSource(results: readonly TimeResult[], [low, high]: readonly [number, number]): Plot.Markish[] {
  const beyond = results.filter((result) => result.beyondSource).map(({ sinceProgramming }) => sinceProgramming);
  const within = results.filter((result) => !result.beyondSource).map(({ sinceProgramming }) => sinceProgramming);
  if (beyond.length === 0) return [];
  const before = Math.max(...within.filter((time) => time < Math.min(...beyond)), Number.NEGATIVE_INFINITY);
  const from = Number.isFinite(before) ? Math.min(...beyond) ** 0.75 * before ** 0.25 : Math.min(...beyond);
  const to = Math.max(...beyond);
  if (from === to) return [];
  return [
    Plot.rect([0], { x1: [from], x2: [to], y1: [low], y2: [high], fill: ink.shade }),
    Plot.text(["beyond the source's data"], {
      x: [to],
      y: [high],
      textAnchor: "end",
      dy: -8,
      fill: ink.quiet,
      fontSize: 11,
    }),
  ];
}

/** A course as a line: unbroken where both ends lie within the source's data, dashed where one does not; hollow points beyond. */
export function courseMarks(course: Course, value: (result: TimeResult) => number, dashed = false): Plot.Markish[] {
  const { results, color } = course;
  const x = (result: TimeResult) => result.sinceProgramming;
  const inside = results.filter((result) => !result.beyondSource);
  const outside = results.filter((result, index) => result.beyondSource || results[index + 1]?.beyondSource);
  return [
    Plot.line(inside, { x, y: value, stroke: color, strokeWidth: 1.8, ...(dashed && { strokeDasharray: "2 3" }) }),
    Plot.line(outside, { x, y: value, stroke: color, strokeWidth: 1.8, strokeDasharray: dashed ? "2 3" : "5 4" }),
    Plot.dot(results, {
      x,
      y: value,
      r: dashed ? 2 : 3.6,
      stroke: color,
      strokeWidth: 1.6,
      fill: (result: TimeResult) => (result.beyondSource ? "white" : color),
    }),
  ];
}
