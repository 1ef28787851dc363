import * as Plot from "@observablehq/plot";
import type { Passage } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit, setting } from "../numbers.ts";
import type { DeviceOutput } from "../shapes.ts";
import { decades, figure, gridY, ink } from "./frame.ts";

/** More devices than this hide each other. */
const mostDevices = 30;
/** Decades below the largest current that are shown. */
const shownDecades = 9;

interface Sample {
  /** V, and A. */
  readonly x: number;
  readonly y: number;
  readonly line: string;
}

/** Current against voltage of all sweeps, on a linear axis, or its size on a logarithmic one. */
export function loopFigure(
  { course, overlay }: DeviceOutput,
  sweeps: readonly Passage[],
  scale: "linear" | "logarithmic",
): Markup {
  const { devices } = course;
  const samples: Sample[] = sweeps.flatMap(({ from, to }, index) =>
    Array.from({ length: Math.min(devices, mostDevices) }, (_, device) => device).flatMap((device) =>
      Array.from({ length: to - from }, (_, k) => ({
        x: course.voltage[from + k]!,
        y: course.current[(from + k) * devices + device]!,
        line: `${index} ${device}`,
      })),
    ),
  );
  const measured =
    overlay?.figure === "loop" ? overlay.x.map((x, k) => ({ x, y: overlay.y[k]!, line: "measured" })) : [];
  const largest = [...samples, ...measured].reduce((most, { y }) => Math.max(most, Math.abs(y)), 0) || 1;
  const [unit, size] = axisUnit(largest, "A");
  const logarithmic = scale === "logarithmic";
  const least = largest * 10 ** -shownDecades;
  const seen = (some: readonly Sample[]) =>
    logarithmic
      ? some.flatMap(({ x, y, line }) => (Math.abs(y) > least ? [{ x, y: Math.abs(y), line }] : []))
      : some.map(({ x, y, line }) => ({ x, y: y / size, line }));
  const lowest = seen(samples).reduce((low, { y }) => Math.min(low, y), largest);
  const domain: [number, number] = [10 ** Math.floor(Math.log10(lowest)), 10 ** Math.ceil(Math.log10(largest * 1.001))];
  const ticks = decades(...domain, 5);
  return figure(`Current against voltage, ${scale}`, {
    width: 430,
    height: 340,
    marginLeft: 62,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 46,
    x: { label: "voltage (V)", labelAnchor: "center", labelArrow: "none", labelOffset: 38, ticks: 6 },
    y: logarithmic
      ? {
          type: "log",
          domain,
          ticks,
          tickFormat: (amperes: number) => setting(amperes, "A"),
          label: "size of the current",
          labelArrow: "none",
        }
      : { label: `current (${unit})`, labelArrow: "none", ticks: 6 },
    marks: [
      logarithmic ? Plot.gridY({ stroke: ink.grid, strokeOpacity: 1, ticks }) : gridY(6),
      Plot.ruleX([0], { stroke: ink.grid }),
      ...(logarithmic ? [] : [Plot.ruleY([0], { stroke: ink.quiet })]),
      Plot.line(seen(samples), {
        x: "x",
        y: "y",
        z: "line",
        stroke: ink.compensated,
        strokeWidth: devices > 5 ? 0.8 : 1.5,
        strokeOpacity: devices > 5 ? 0.5 : 0.9,
      }),
      Plot.dot(seen(measured), { x: "x", y: "y", r: 2.2, stroke: ink.uncompensated, strokeWidth: 1.2, fill: "white" }),
    ],
  });
}
