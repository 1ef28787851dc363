import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import type { SynapseOutput } from "../shapes.ts";
import { figure, ink } from "./frame.ts";

/** Synapses that a map has room for. */
const mostSynapses = 120;
const widest = 40;

interface Cell {
  readonly synapse: number;
  readonly device: number;
  readonly count: number;
}

/** How many updates each device of each of the first synapses took: what arbitration never reaches stays white. */
export function coverageMap({ coverage: { selections } }: SynapseOutput): Markup {
  const cells: Cell[] = selections
    .slice(0, mostSynapses)
    .flatMap((counts, synapse) => counts.slice(0, widest).map((count, device) => ({ synapse, device, count })));
  const synapses = Math.min(selections.length, mostSynapses);
  const devices = Math.min(selections[0]!.length, widest);
  const most = cells.reduce((largest, { count }) => Math.max(largest, count), 1);
  return figure("Updates by synapse and device", {
    width: 880,
    height: 84 + Math.max(60, Math.min(220, 22 * devices)),
    marginLeft: 62,
    marginRight: 20,
    marginTop: 34,
    marginBottom: 46,
    x: {
      domain: [-0.5, synapses - 0.5],
      label: "synapse",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      ticks: Math.min(10, synapses),
      tickFormat: (value: number) => (Number.isInteger(value) ? `${value}` : ""),
    },
    y: {
      domain: [devices - 0.5, -0.5],
      label: "device",
      labelArrow: "none",
      ticks: Math.min(devices, 8),
      tickFormat: (value: number) => (Number.isInteger(value) ? `${value}` : ""),
    },
    marks: [
      Plot.rect(cells, {
        x1: ({ synapse }: Cell) => synapse - 0.5,
        x2: ({ synapse }: Cell) => synapse + 0.5,
        y1: ({ device }: Cell) => device - 0.5,
        y2: ({ device }: Cell) => device + 0.5,
        fill: ({ count }: Cell) => shade(count / most),
        stroke: ink.grid,
        strokeWidth: 0.4,
      }),
      Plot.text([`darkest: ${most} ${most === 1 ? "update" : "updates"}`], {
        frameAnchor: "top-right",
        dy: -18,
        fill: ink.quiet,
      }),
    ],
  });
}

/** White for none, then from a light blue to the full one. */
function shade(share: number): string {
  if (share === 0) return "#ffffff";
  const mixed = (from: number, to: number) => Math.round(from + (to - from) * share);
  return `rgb(${mixed(0xd2, 0x0b)}, ${mixed(0xe4, 0x5e)}, ${mixed(0xee, 0x8a)})`;
}
