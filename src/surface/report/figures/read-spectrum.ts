import * as Plot from "@observablehq/plot";
import type { ReadSpectrum } from "../../../../experiments/characterisation/index.ts";
import type { Markup } from "../markup.ts";
import { setting } from "../numbers.ts";
import { decades, figure, ink, inks, powerOfTen } from "./frame.ts";

/** Spectrum of the relative current of reads, with the lines that the set's law draws. */
export function readSpectrumFigure({ measured, white, flicker, thermal }: ReadSpectrum): Markup {
  const [first, last] = [measured[0]!.frequency, measured.at(-1)!.frequency];
  const ends = [first, last];
  const laws = [
    ...(flicker === null ? [] : [{ name: "1/f", color: inks[1], at: (f: number) => flicker / f }]),
    ...(white === null ? [] : [{ name: "white", color: inks[2], at: () => white }]),
    { name: "thermal floor", color: ink.quiet, at: () => thermal },
  ];
  const densities = [...measured.map(({ density }) => density), ...laws.flatMap(({ at }) => ends.map(at))];
  const domain: [number, number] = [
    10 ** Math.floor(Math.log10(Math.min(...densities))),
    10 ** Math.ceil(Math.log10(Math.max(...densities))),
  ];
  const ticks = decades(...domain, 6);
  return figure("Spectrum of the read current", {
    width: 880,
    height: 360,
    marginLeft: 74,
    marginRight: 110,
    marginTop: 30,
    marginBottom: 46,
    x: {
      type: "log",
      domain: [first, last],
      ticks: decades(first, last, 8),
      tickFormat: (hertz: number) => setting(hertz, "Hz"),
      label: "frequency",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
    },
    y: {
      type: "log",
      domain,
      ticks,
      tickFormat: powerOfTen,
      label: "density of the relative current (1/Hz)",
      labelArrow: "none",
    },
    marks: [
      Plot.gridY({ stroke: ink.grid, strokeOpacity: 1, ticks }),
      Plot.line(measured, { x: "frequency", y: "density", stroke: ink.compensated, strokeWidth: 1.2 }),
      Plot.dot(measured, { x: "frequency", y: "density", r: 2.2, fill: ink.compensated }),
      ...laws.flatMap(({ name, color, at }) => [
        Plot.line(
          ends.map((frequency) => ({ frequency, density: at(frequency) })),
          { x: "frequency", y: "density", stroke: color, strokeWidth: 1.4, strokeDasharray: "5 4" },
        ),
        Plot.text([name], { x: [last], y: [at(last)], dx: 8, textAnchor: "start", fill: color, fontWeight: 600 }),
      ]),
    ],
  });
}
