import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { figure, ink, nameRoom, shortened } from "./frame.ts";

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands at the bar's end: the value with its unit. */
  readonly text: string;
}

/** Horizontal bars from zero in the order given, each with its value. */
export function barFigure(description: string, axis: string, bars: readonly Bar[], width = 430, textRoom = 96): Markup {
  return figure(description, {
    width,
    height: 58 + 24 * bars.length,
    marginLeft: nameRoom(bars.map(({ name }) => name)),
    marginRight: textRoom,
    marginTop: 8,
    marginBottom: 42,
    x: {
      label: axis,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 36,
      ticks: 4,
      domain: domainOf(bars),
      nice: true,
    },
    y: { label: null, domain: bars.map(({ name }) => name), padding: 0.3, tickSize: 0, tickFormat: shortened },
    marks: [
      Plot.gridX({ stroke: ink.grid, strokeOpacity: 1, ticks: 4 }),
      Plot.barX(bars, { x: "value", y: "name", fill: ink.compensated, fillOpacity: 0.85 }),
      Plot.ruleX([0], { stroke: ink.plain }),
      Plot.text(bars, {
        x: (bar: Bar) => Math.max(0, bar.value),
        y: "name",
        text: "text",
        textAnchor: "start",
        dx: 6,
        fontSize: 11,
      }),
    ],
  });
}

function domainOf(bars: readonly Bar[]): [number, number] {
  const values = bars.map(({ value }) => value);
  return [Math.min(0, ...values), Math.max(0, ...values) || 1];
}
