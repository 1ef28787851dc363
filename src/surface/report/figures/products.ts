import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { timeSinceFirstReading } from "../numbers.ts";
import type { MultiplicationOutput } from "../shapes.ts";
import { figure, gridY, ink } from "./frame.ts";

/** More points than this hide each other and make the page slow. */
const most = 4000;

interface Product {
  readonly exact: number;
  readonly read: number;
}

/** The products at one time, thinned evenly where there are too many, and how many there are. */
export function productsOf({ ideal, results }: MultiplicationOutput, time: number): { shown: Product[]; all: number } {
  const found = results.filter((result) => result.time === time);
  const all = found.reduce((sum, { outputs }) => sum + outputs.length, 0) * ideal.length * (ideal[0]?.length ?? 0);
  const shown: Product[] = [];
  let number = 0;
  for (const { outputs } of found) {
    for (const repeat of outputs) {
      for (const [vector, row] of repeat.entries()) {
        for (const [output, read] of row.entries()) {
          // Multiples of the golden ratio fill the unit interval evenly, whatever the array's width.
          if ((number++ * goldenRatio) % 1 < most / all) shown.push({ exact: ideal[vector]![output]!, read });
        }
      }
    }
  }
  return { shown, all };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Products read from the array against exact ones at one time; on the line they would be equal. */
export function productsFigure(multiplication: MultiplicationOutput, time: number): Markup {
  const { shown } = productsOf(multiplication, time);
  const values = shown.flatMap(({ exact, read }) => [exact, read]);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  return figure(`Products read against exact ones, ${timeSinceFirstReading(time)}`, {
    width: 430,
    height: 380,
    marginLeft: 56,
    marginRight: 16,
    marginTop: 22,
    marginBottom: 46,
    x: {
      domain: [low, high],
      nice: true,
      label: "exact product",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      ticks: 6,
    },
    y: {
      domain: [low, high],
      nice: true,
      label: `product read, ${timeSinceFirstReading(time)}`,
      labelArrow: "none",
      ticks: 6,
    },
    marks: [
      gridY(6),
      Plot.line(
        [
          [low, low],
          [high, high],
        ],
        { stroke: ink.plain, strokeWidth: 1 },
      ),
      Plot.dot(shown, { x: "exact", y: "read", r: 1.6, fill: ink.compensated, fillOpacity: 0.35 }),
    ],
  });
}
