import * as Plot from "@observablehq/plot";
import type { Passage } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { axisUnit } from "../numbers.ts";
import type { DeviceOutput } from "../shapes.ts";
import { figure, gridY, ink } from "./frame.ts";
import { largestConductance, momentsOf, type SpreadPoint, spreadMarks, spreadPoint } from "./spread.ts";

/** Points of one passage that a figure can hold. */
const mostPoints = 400;
/** Passages: repeats beyond these look like those before. */
export const mostPassages = 60;

/** Conductance against the number of pulses that a device has had, potentiating and depressing ones apart. */
export function staircaseFigure(output: DeviceOutput, all: readonly Passage[]): Markup {
  const pulses = all.slice(0, mostPassages);
  const measured = output.overlay?.figure === "staircase" ? output.overlay : null;
  const largest = (measured?.y ?? []).reduce((a, b) => Math.max(a, b), largestConductance(output, pulses));
  const [unit, size] = axisUnit(largest, "S");
  const up: SpreadPoint[] = [];
  const down: SpreadPoint[] = [];
  let before = 0;
  for (const [index, passage] of pulses.entries()) {
    const { step, from, to } = passage;
    const raises = step.kind === "pulse" && step.voltage >= 0;
    for (const moment of momentsOf(passage, mostPoints)) {
      (raises ? up : down).push(spreadPoint(output, moment, before + moment - from, size, `${index}`));
    }
    before += to - from - 1;
  }
  const few = up.length + down.length <= 150;
  return figure("Conductance against the number of pulses", {
    width: 880,
    height: 360,
    marginLeft: 62,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 46,
    x: { label: "pulses", labelAnchor: "center", labelArrow: "none", labelOffset: 38 },
    y: { label: `conductance (${unit})`, labelArrow: "none", ticks: 6, zero: true },
    marks: [
      gridY(6),
      ...spreadMarks(up, ink.compensated, few),
      ...spreadMarks(down, ink.uncompensated, few),
      ...(measured
        ? [
            Plot.dot(
              measured.x.map((x, k) => ({ x, y: measured.y[k]! / size })),
              { x: "x", y: "y", r: 3, stroke: "#22292e", strokeWidth: 1.2, fill: "white" },
            ),
          ]
        : []),
    ],
  });
}
