import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { axisUnit, grouped } from "../numbers.ts";
import type { PaperOutput } from "../shapes.ts";
import { decades, figure, gridY, ink, inks, powerOfTen } from "./frame.ts";

type Figure = PaperOutput["figures"][number];
type Axis = Figure["x"];
type Series = Figure["series"][number];

/** A place in the figure's units. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

const size = { width: 880, marginLeft: 66, marginRight: 24, marginTop: 30 };
/** px of a line of the legend. */
const legendLine = 18;

/** A figure of a paper as its data say: lines, points, bars and bands over a common axis; what is compared with is dashed. */
export function paperFigure({ title, x, y, series }: Figure): Markup {
  const [xName, xSize] = unitOf(
    x,
    series.flatMap((one) => one.x),
  );
  const [yName, ySize] = unitOf(
    y,
    series.flatMap(({ y: values, low = [], high = [] }) => [...values, ...low, ...high]),
  );
  const shown = series.map((one, index) => ({
    one,
    color: one.reference ? ink.plain : inks[index % inks.length]!,
    points: pointsOf(one, xSize, ySize, x.scale === "log", y.scale === "log"),
  }));
  const bars = series.filter(({ mark }) => mark === "bars");
  const named = x.names !== undefined;
  const legend = series.length > 1 ? legendLine * series.length + 8 : 0;
  const bottom = named ? 46 + 6.2 * 0.72 * Math.max(...x.names.map((name) => name.length)) : 50;
  const height = 330 + bottom - 50 + legend;
  const xs = shown.flatMap(({ points }) => points.map((point) => point.x));
  const width = barWidth(xs);
  const xDomain = domainOf(xs, x.scale === "log", bars.length > 0 || named ? width / 2 + width * 0.2 : 0);
  const ys = shown.flatMap(({ points }) => points.flatMap(({ y: value, low, high }) => [value, low, high]));
  const yDomain = yRange(ys, y.scale === "log", bars.length > 0);
  return figure(title, {
    ...size,
    marginTop: size.marginTop + legend,
    marginBottom: bottom,
    height,
    x: {
      ...scaleOf(x, xDomain),
      label: `${x.label}${xName}`,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: bottom - 8,
      ...(named && {
        ticks: x.names.map((_, index) => index),
        tickFormat: (index: number) => x.names![index] ?? "",
        tickRotate: -40,
      }),
    },
    y: { ...scaleOf(y, yDomain), label: `${y.label}${yName}`, labelArrow: "none" },
    marks: [
      gridY(y.scale === "log" ? 5 : 6),
      ...shown.flatMap(({ one, color, points }) =>
        marksOf(one, points, color, bars.length, bars.indexOf(one), width, y.scale === "log" ? yDomain[0] : 0),
      ),
      ...legendMarks(shown.map(({ one, color }) => ({ one, color }))),
    ],
  });
}

/** " (µS)" and what to divide by. */
function unitOf({ unit, scale }: Axis, values: readonly number[]): readonly [string, number] {
  if (unit === "1" || unit === "") return ["", 1];
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Decades of an axis are powers of the unit itself.
  if (scale === "log") return [` (${unit})`, 1];
  const [name, divisor] = axisUnit(largest, unit);
  return [` (${name})`, divisor];
}

function pointsOf({ x, y, low, high }: Series, xSize: number, ySize: number, xLog: boolean, yLog: boolean): Point[] {
  return x
    .map((at, k) => ({
      x: at / xSize,
      y: y[k]! / ySize,
      low: (low?.[k] ?? y[k]!) / ySize,
      high: (high?.[k] ?? y[k]!) / ySize,
    }))
    .filter((point) => !(xLog && point.x <= 0) && !(yLog && point.y <= 0))
    .map((point) => (yLog && point.low <= 0 ? { ...point, low: point.y } : point));
}

function scaleOf({ scale, names }: Axis, domain: readonly [number, number]): Plot.ScaleOptions {
  if (scale !== "log")
    return { domain: [...domain], ...(names ? {} : { ticks: 8, tickFormat: (value: number) => grouped(value) }) };
  const [low, high] = domain;
  const powers = high / low >= 30;
  return {
    type: "log",
    domain: [low, high],
    ...(powers
      ? { ticks: decades(low, high, 8), tickFormat: powerOfTen }
      : { ticks: 6, tickFormat: (value: number) => `${value}` }),
  };
}

/** The least distance between places: a bar's room. */
function barWidth(xs: readonly number[]): number {
  const sorted = [...new Set(xs)].sort((a, b) => a - b);
  let least = Infinity;
  for (let k = 1; k < sorted.length; k++) least = Math.min(least, sorted[k]! - sorted[k - 1]!);
  return Number.isFinite(least) ? least : 1;
}

function domainOf(values: readonly number[], log: boolean, margin: number): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(low)) return log ? [1, 10] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low, high];
  return low === high && margin === 0 ? [low - 0.5, high + 0.5] : [low - margin, high + margin];
}

function yRange(values: readonly number[], log: boolean, bars: boolean): [number, number] {
  const [low, high] = domainOf(values, log, 0);
  if (log) return [low / 1.2, high * 1.2];
  const margin = 0.06 * (high - low);
  // What lies near zero, and what stands on it, is seen from there.
  const fromZero = bars || (low >= 0 && low < 0.5 * high);
  return [fromZero ? Math.min(0, low === 0 ? 0 : low < 0 ? low - margin : 0) : low - margin, high + margin];
}

function marksOf(
  { mark, reference, low, high }: Series,
  points: readonly Point[],
  stroke: string,
  bars: number,
  bar: number,
  room: number,
  floor: number,
): Plot.Markish[] {
  const dash = reference ? { strokeDasharray: "5 4" } : {};
  const spread = low !== undefined || high !== undefined;
  const rules = spread ? [Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 1.2 })] : [];
  if (mark === "bars") {
    const each = (0.8 * room) / bars;
    const left = (point: Point) => point.x - 0.4 * room + bar * each;
    return [
      Plot.rect(points, {
        x1: left,
        x2: (point: Point) => left(point) + each,
        y1: floor,
        y2: "y",
        ...(reference ? { fill: "none", stroke, ...dash } : { fill: stroke, fillOpacity: 0.8 }),
      }),
      ...(spread
        ? [
            Plot.ruleX(points, {
              x: (point: Point) => left(point) + each / 2,
              y1: "low",
              y2: "high",
              stroke: "#22292e",
            }),
          ]
        : []),
    ];
  }
  const area = Plot.areaY(points, { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.16 });
  if (mark === "band") return [area];
  if (mark === "points") {
    const filled = reference ? { fill: "white", stroke, strokeDasharray: "2 2" } : { fill: stroke, fillOpacity: 0.75 };
    return [...rules, Plot.dot(points, { x: "x", y: "y", r: points.length > 200 ? 1.5 : 3.4, ...filled })];
  }
  return [
    ...(spread ? [area] : []),
    Plot.line(points, { x: "x", y: "y", stroke, strokeWidth: 1.7, ...dash }),
    ...(points.length <= 30 && !reference ? [Plot.dot(points, { x: "x", y: "y", r: 2.4, fill: stroke })] : []),
  ];
}

/** Names of the series above the figure, each with its mark, from the top. */
function legendMarks(entries: readonly { readonly one: Series; readonly color: string }[]): Plot.Markish[] {
  if (entries.length < 2) return [];
  return entries.flatMap(({ one, color }, index) => {
    const dy = -size.marginTop + 8 - (entries.length - index - 0.5) * legendLine;
    const sign =
      one.mark === "points" ? "●" : one.mark === "line" ? (one.reference ? "╌╌" : "──") : one.reference ? "▯" : "■";
    const place = { frameAnchor: "top-left", dy, textAnchor: "start" } as const;
    return [
      Plot.text([sign], { ...place, fill: color, fontWeight: 600 }),
      Plot.text([one.name], { ...place, dx: 30, fill: ink.plain }),
    ];
  });
}
