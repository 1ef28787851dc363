import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { axisUnit, grouped, inWords, quantity, setting, share, times, withoutMaker } from "../numbers.ts";
import type { EvaluationOutput } from "../shapes.ts";
import { type Bar, barFigure } from "./bars.ts";
import { decades, figure, ink, nameRoom, shortened } from "./frame.ts";

/** Energy of one inference by component, the largest first. */
export function energyFigure({ energy }: EvaluationOutput): Markup {
  const parts = Object.entries(energy.byComponent).sort(([, a], [, b]) => b - a);
  const [unit, size] = axisUnit(parts[0]?.[1] ?? 0, "J");
  const bars: Bar[] = parts.map(([name, joules]) => ({
    name: inWords(name),
    value: joules / size,
    text: `${quantity(joules, "J")} · ${share(energy.perInference > 0 ? joules / energy.perInference : null)}`,
  }));
  return barFigure("Energy of one inference by component", `energy of one inference (${unit})`, bars, 430, 118);
}

interface Runner {
  readonly name: string;
  readonly joules: number;
  readonly text: string;
  readonly chip: boolean;
}

/** The chip, programming spread over its inferences, and the GPUs on one logarithmic axis of joules. */
export function gpuFigure({ energy, gpus }: EvaluationOutput): Markup {
  const chip = energy.perInference + energy.programming / energy.inferences;
  const everyone: Runner[] = [
    { name: "this chip", joules: chip, text: quantity(chip, "J"), chip: true },
    ...gpus.map(({ title, batch, energyPerInference, ratio }) => ({
      name: `${shortened(withoutMaker(title))}\nbatch ${grouped(batch)}`,
      joules: energyPerInference,
      text: `${quantity(energyPerInference, "J")} · ${times(ratio)}`,
      chip: false,
    })),
  ];
  // The best batch may be the one that was asked for as well.
  const runners = everyone.filter(({ name }, index) => everyone.findIndex((other) => other.name === name) === index);
  const all = runners.map(({ joules }) => joules).filter((joules) => joules > 0);
  const low = 10 ** Math.floor(Math.log10(Math.min(...all)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...all) * 1.01));
  return figure("Energy of one inference on this chip and on GPUs", {
    width: 430,
    height: 58 + 36 * runners.length,
    marginLeft: nameRoom(runners.flatMap(({ name }) => name.split("\n"))),
    marginRight: 112,
    marginTop: 8,
    marginBottom: 42,
    x: {
      type: "log",
      domain: [low, high],
      ticks: decades(low, high),
      tickFormat: (joules: number) => setting(joules, "J"),
      label: "energy of one inference (logarithmic)",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 36,
    },
    y: { label: null, domain: runners.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.gridX({ stroke: ink.grid, strokeOpacity: 1, ticks: decades(low, high) }),
      Plot.ruleY(runners, { y: "name", x1: low, x2: "joules", stroke: ink.quiet, strokeDasharray: "1 3" }),
      Plot.dot(runners, {
        x: "joules",
        y: "name",
        r: 5,
        fill: (runner: Runner) => (runner.chip ? ink.compensated : ink.plain),
      }),
      Plot.text(runners, { x: "joules", y: "name", text: "text", textAnchor: "start", dx: 9, fontSize: 11 }),
    ],
  });
}
