import * as Plot from "@observablehq/plot";
import type { PaperOutput } from "../shapes.ts";
import { ink } from "./frame.ts";

type Series = PaperOutput["figures"][number]["series"][number];

/** A place in the figure's units. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** How a series stands among the others. */
export interface Setting {
  /** Series of bars, and which of them this is. */
  readonly bars: number;
  readonly bar: number;
  /** Least distance between places along x. */
  readonly room: number;
  /** Where bars stand. */
  readonly floor: number;
  /** Whether places along x have names: what lies between them then means nothing. */
  readonly named: boolean;
  /** Which of the lines that are compared with this is: each is dashed in a way of its own. */
  readonly dash: number;
}

/** Strokes and gaps, px, and how they look in a legend. */
const dashings = [
  { pattern: "5 4", swatch: "╌╌" },
  { pattern: "1.5 3.5", swatch: "┈┈" },
  { pattern: "10 3 2 3", swatch: "─·" },
] as const;

const dashing = (dash: number) => dashings[dash % dashings.length]!;

/** A series as its mark says, with its spread; what is compared with is dashed. */
export function seriesMarks(
  series: Series,
  points: readonly Point[],
  stroke: string,
  setting: Setting,
): Plot.Markish[] {
  const { mark, reference, low, high } = series;
  const spread = low !== undefined || high !== undefined;
  if (mark === "bars") return barMarks(series, points, stroke, setting, spread);
  const area = Plot.areaY(points, { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.16 });
  if (mark === "band") return [area];
  const ends = spread ? [Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 1.2 })] : [];
  if (mark === "points") {
    const ring = reference ? { fill: "white", stroke, strokeDasharray: "2 2" } : { fill: stroke, fillOpacity: 0.75 };
    return [...ends, Plot.dot(points, { x: "x", y: "y", r: points.length > 200 ? 1.5 : 3.4, ...ring })];
  }
  const line = { y: "y", stroke, strokeWidth: 1.7, ...dashes(reference, setting.dash) } as const;
  if (setting.named) {
    const half = 0.46 * setting.room;
    const [x1, x2] = [(point: Point) => point.x - half, (point: Point) => point.x + half];
    return [...ends, Plot.ruleY(points, { ...line, x1, x2 })];
  }
  const dots = points.length <= 30 && !reference ? [Plot.dot(points, { x: "x", y: "y", r: 2.4, fill: stroke })] : [];
  return [...(spread ? [area] : []), Plot.line(points, { ...line, x: "x" }), ...dots];
}

function barMarks(
  { reference }: Series,
  points: readonly Point[],
  stroke: string,
  { bars, bar, room, floor, dash }: Setting,
  spread: boolean,
): Plot.Markish[] {
  const width = (0.8 * room) / bars;
  const left = (point: Point) => point.x - 0.4 * room + bar * width;
  const filled = reference ? { fill: "none", stroke, ...dashes(true, dash) } : { fill: stroke, fillOpacity: 0.8 };
  const middle = (point: Point) => left(point) + width / 2;
  return [
    Plot.rect(points, { x1: left, x2: (point: Point) => left(point) + width, y1: floor, y2: "y", ...filled }),
    ...(spread ? [Plot.ruleX(points, { x: middle, y1: "low", y2: "high", stroke: "#22292e" })] : []),
  ];
}

function dashes(reference: boolean | undefined, dash: number): { readonly strokeDasharray?: string } {
  return reference ? { strokeDasharray: dashing(dash).pattern } : {};
}

/** px of a line of the legend. */
export const legendLine = 18;

/** Names of the series above the figure, each with its mark, the first on top. @param above  px between figure and legend */
export function legendMarks(
  entries: readonly { readonly one: Series; readonly color: string; readonly dash: number }[],
  above: number,
): Plot.Markish[] {
  if (entries.length < 2) return [];
  return entries.flatMap(({ one, color, dash }, index) => {
    const dy = 8 - above - (entries.length - index - 0.5) * legendLine;
    const place = { frameAnchor: "top-left", dy, textAnchor: "start" } as const;
    return [
      Plot.text([swatch(one, dash)], { ...place, fill: color, fontWeight: 600 }),
      Plot.text([one.name], { ...place, dx: 30, fill: ink.plain }),
    ];
  });
}

function swatch({ mark, reference }: Series, dash: number): string {
  if (mark === "points") return reference ? "○" : "●";
  if (mark === "line") return reference ? dashing(dash).swatch : "──";
  return reference ? "▯" : "■";
}
