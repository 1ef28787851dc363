import type * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { axisUnit, grouped } from "../numbers.ts";
import type { PaperOutput } from "../shapes.ts";
import { decades, figure, gridY, ink, inks, powerOfTen } from "./frame.ts";
import { legendLine, legendMarks, type Point, seriesMarks } from "./paper-marks.ts";

type Figure = PaperOutput["figures"][number];
type Axis = Figure["x"];
type Series = Figure["series"][number];

const margins = { marginLeft: 66, marginRight: 24, marginTop: 30 };
/** px across: places with names need the whole page. */
const widths = { wide: 880, half: 430 };

export function isWide({ x }: Figure): boolean {
  return x.names !== undefined;
}

/** A figure of a paper as its data say: lines, points, bars and bands over a common axis; what is compared with is dashed. */
export function paperFigure(data: Figure): Markup {
  const { title, x, y, series } = data;
  const [xName, xSize] = unitOf(
    x,
    series.flatMap((one) => one.x),
  );
  const [yName, ySize] = unitOf(
    y,
    series.flatMap(({ mark, y: values, low = [], high = [] }) => [...(mark === "band" ? [] : values), ...low, ...high]),
  );
  const references = series.filter(({ reference }) => reference === true);
  const shown = series.map((one, index) => ({
    one,
    dash: Math.max(0, references.indexOf(one)),
    color: one.reference ? ink.plain : inks[index % inks.length]!,
    points: pointsOf(one, xSize, ySize, x.scale === "log", y.scale === "log"),
  }));
  const bars = series.filter(({ mark }) => mark === "bars");
  const named = x.names !== undefined;
  const legend = series.length > 1 ? legendLine * series.length + 8 : 0;
  const bottom = named ? 46 + 6.2 * 0.72 * Math.max(...x.names.map((name) => name.length)) : 50;
  const height = 300 + bottom - 50 + legend;
  const xs = shown.flatMap(({ points }) => points.map((point) => point.x));
  const width = barWidth(bars.length > 0 ? bars.flatMap((one) => one.x.map((at) => at / xSize)) : xs);
  const xDomain = domainOf(xs, x.scale === "log", bars.length > 0 || named ? width / 2 + width * 0.2 : 0);
  const ys = shown.flatMap(({ points }) => points.flatMap(({ y: value, low, high }) => [value, low, high]));
  const yDomain = yRange(ys, y.scale === "log", bars.length > 0);
  return figure(title, {
    ...margins,
    width: isWide(data) ? widths.wide : widths.half,
    marginTop: margins.marginTop + legend,
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
      ...shown.flatMap(({ one, color, dash, points }) =>
        seriesMarks(one, points, color, {
          bars: bars.length,
          bar: bars.indexOf(one),
          room: width,
          floor: y.scale === "log" ? yDomain[0] : 0,
          named,
          dash,
        }),
      ),
      ...legendMarks(shown, margins.marginTop),
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

function pointsOf(
  { mark, x, y, low, high }: Series,
  xSize: number,
  ySize: number,
  xLog: boolean,
  yLog: boolean,
): Point[] {
  // A band is what lies between its ends.
  const middle = (k: number) => (mark === "band" ? ((low?.[k] ?? 0) + (high?.[k] ?? 0)) / 2 : y[k]!);
  return x
    .map((at, k) => ({
      x: at / xSize,
      y: middle(k) / ySize,
      low: (low?.[k] ?? middle(k)) / ySize,
      high: (high?.[k] ?? middle(k)) / ySize,
    }))
    .filter((point) => !(xLog && point.x <= 0) && !(yLog && point.y <= 0))
    .map((point) => (yLog && point.low <= 0 ? { ...point, low: point.y } : point));
}

function scaleOf({ scale, names }: Axis, domain: readonly [number, number]): Plot.ScaleOptions {
  if (scale !== "log")
    return { domain: [...domain], ...(names ? {} : { ticks: 6, tickFormat: (value: number) => grouped(value) }) };
  const [low, high] = domain;
  const powers = high / low >= 30;
  return {
    type: "log",
    domain: [low, high],
    ...(powers
      ? { ticks: decades(low, high, 5), tickFormat: powerOfTen }
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
