import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { inWords, percent, timeSinceFirstReading } from "../numbers.ts";
import type { CauseResult } from "../shapes.ts";
import { figure, ink, nameRoom } from "./frame.ts";

type Side = "alone" | "removed";

const height = 38;
/** px of a cause's band that one of its two bars leaves to the other. */
const half = 15;

/** What each cause takes alone and what its removal gives back, at one time and setting, with 95 % intervals. */
export function causesFigure(rows: readonly CauseResult[]): Markup {
  const sorted = [...rows].sort((a, b) => b.alone.mean - a.alone.mean);
  const name = ({ cause }: CauseResult): string => inWords(cause);
  const points = (side: Side, value: "mean" | "low" | "high") => (row: CauseResult) =>
    100 * (row[side][value] ?? row[side].mean);
  const ends = sorted.flatMap((row) =>
    (["alone", "removed"] as const).flatMap((side) => [points(side, "low")(row), points(side, "high")(row)]),
  );
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends) || 1];
  const marks = (side: Side, color: string, dy: number): Plot.Markish[] => [
    Plot.barX(sorted, {
      x: points(side, "mean"),
      y: name,
      fill: color,
      fillOpacity: 0.85,
      ...(dy < 0 ? { insetBottom: half } : { insetTop: half }),
    }),
    Plot.ruleY(sorted, { x1: points(side, "low"), x2: points(side, "high"), y: name, dy, stroke: "#22292e" }),
    Plot.text(sorted, {
      x: (row: CauseResult) => Math.max(0, points(side, "high")(row)),
      y: name,
      dy,
      dx: 6,
      text: (row: CauseResult) => `${percent(row[side].mean, 3)} ${side}`,
      textAnchor: "start",
      fontSize: 11,
      fill: color,
    }),
  ];
  const [{ time }] = rows as readonly [CauseResult];
  return figure(`Accuracy that each cause takes, ${timeSinceFirstReading(time)}`, {
    width: 880,
    height: 62 + height * sorted.length,
    marginLeft: nameRoom(sorted.map(name)),
    marginRight: 110,
    marginTop: 8,
    marginBottom: 46,
    x: {
      label: "accuracy (percentage points)",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      domain: [low, high],
      nice: true,
    },
    y: { label: null, domain: sorted.map(name), padding: 0.2, tickSize: 0 },
    marks: [
      Plot.gridX({ stroke: ink.grid, strokeOpacity: 1 }),
      ...marks("alone", ink.compensated, -half / 2),
      ...marks("removed", ink.uncompensated, half / 2),
      Plot.ruleX([0], { stroke: ink.plain }),
    ],
  });
}
