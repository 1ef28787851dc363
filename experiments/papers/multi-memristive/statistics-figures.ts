import type { PaperFigure } from "../paper.ts";
import { type RoundRobin, variation } from "./round-robin.ts";

/** Summed conductance over its largest value, mean and one standard deviation. */
export function staircaseFigure(runs: readonly RoundRobin[]): PaperFigure[] {
  if (runs.length === 0) return [];
  return [
    {
      name: "staircase",
      title: "Response to potentiating events",
      caption:
        "Summed conductance of a synapse over N, mean and one standard deviation over synapses, against events; the devices of a synapse take turns, 20 pulses each.",
      x: { label: "events", unit: "1" },
      y: { label: "conductance per device", unit: "S" },
      series: runs.map(({ devices, mean, deviation }) => ({
        name: `N = ${devices}`,
        mark: "line",
        x: mean.map((_, event) => event),
        y: mean.map((value) => value / devices),
        low: mean.map((value, event) => (value - deviation[event]!) / devices),
        high: mean.map((value, event) => (value + deviation[event]!) / devices),
      })),
    },
  ];
}

/** Spread against N, with the law of independent devices. */
export function variationFigure(runs: readonly RoundRobin[]): PaperFigure[] {
  const [first] = runs;
  if (!first) return [];
  const x = runs.map(({ devices }) => devices);
  return [
    {
      name: "variation",
      title: "Spread of the summed conductance against N",
      caption: "Coefficient of variation after 20 pulses a device; dashes: that of N = 1 over the root of N.",
      x: { label: "devices per synapse", unit: "1", scale: "log" },
      y: { label: "coefficient of variation", unit: "1", scale: "log" },
      series: [
        { name: "computed", mark: "points", x, y: runs.map(variation) },
        {
          name: "1 / sqrt(N)",
          mark: "line",
          x,
          y: x.map((devices) => variation(first) * Math.sqrt(first.devices / devices)),
          reference: true,
        },
      ],
    },
  ];
}

/** Conductances per device at the end. */
export function distributionFigure(runs: readonly RoundRobin[]): PaperFigure[] {
  if (runs.length === 0) return [];
  return [
    {
      name: "distribution",
      title: "Conductance per device after 20 pulses each",
      caption: "Share of synapses by their summed conductance over N.",
      x: { label: "conductance per device", unit: "S" },
      y: { label: "share of synapses", unit: "1" },
      series: runs.map(({ devices, synapses, histogram: { width, counts } }) => ({
        name: `N = ${devices}`,
        mark: "line",
        x: counts.map((_, bin) => (bin + 0.5) * width),
        y: counts.map((count) => count / synapses),
      })),
    },
  ];
}
