import { html, type Markup } from "./markup.ts";
import { grouped, inWords, part, partShare, percent, quantity, times } from "./numbers.ts";
import { facts, table } from "./page.ts";
import type { EvaluationOutput } from "./shapes.ts";

type Amounts = Readonly<Record<string, number>>;

/** Energy and latency by component and by layer, with the boundary in words. */
export function costTables({ energy, latency, devices, tiles }: EvaluationOutput): Markup[] {
  return [
    html`<p class="note"><b>Boundary.</b> ${energy.boundary.text} Included: ${energy.boundary.included.join(", ")}. Not included: ${energy.boundary.excluded.join(", ")}.</p>\n`,
    facts([
      ["Energy of one inference", `${quantity(energy.perInference, "J", 4)}, without programming`],
      [
        "Programming",
        `${quantity(energy.programming, "J", 4)} a chip; over ${grouped(energy.inferences)} inferences ${quantity(energy.programming / energy.inferences, "J")} each`,
      ],
      ["Latency of one inference", quantity(latency.perInference, "s", 4)],
      ["Devices", `${grouped(devices)} on ${grouped(tiles)} tiles`],
    ]),
    amounts("Component", energy.byComponent, latency.byComponent, energy.perInference, latency.perInference),
    amounts("Layer", energy.byLayer, latency.byLayer, energy.perInference, latency.perInference),
  ];
}

function amounts(what: string, joules: Amounts, seconds: Amounts, allJoules: number, allSeconds: number): Markup {
  const names = [...new Set([...Object.keys(joules), ...Object.keys(seconds)])];
  const ordered = what === "Layer" ? names : names.sort((a, b) => (joules[b] ?? 0) - (joules[a] ?? 0));
  const row = (name: string, energy: number | undefined, time: number | undefined) => [
    name,
    part(energy, "J"),
    partShare(energy, allJoules),
    part(time, "s"),
    partShare(time, allSeconds),
  ];
  return table(
    `Energy and latency of one inference by ${what.toLowerCase()}; the parts sum to the whole. No latency: it runs beside something that takes longer.`,
    [{ title: what, text: true }, { title: "Energy" }, { title: "Share" }, { title: "Latency" }, { title: "Share" }],
    [
      ...ordered.map((name) => row(what === "Layer" ? name : inWords(name), joules[name], seconds[name])),
      row("all", allJoules, allSeconds).map((cell) => html`<b>${cell}</b>`),
    ],
  );
}

/** The GPU model's four terms, and how well it meets measured logs. */
export function gpuTables({ gpus, energy }: EvaluationOutput): Markup[] {
  const anchors = new Map(
    gpus.flatMap((gpu) =>
      gpu.anchors.map((anchor) => [`${gpu.title}\n${anchor.log}`, { title: gpu.title, ...anchor }]),
    ),
  );
  return [
    table(
      `Energy of one inference, the sum of four terms. Ratio: GPU over chip, the chip's with ${quantity(energy.programming / energy.inferences, "J")} of programming.`,
      [
        { title: "GPU", text: true },
        { title: "Batch" },
        { title: "Static" },
        { title: "Operations" },
        { title: "Bytes" },
        { title: "Host" },
        { title: "Energy" },
        { title: "Ratio" },
        { title: "Batch latency" },
        { title: "Utilisation, %" },
      ],
      gpus.map((gpu) => [
        `${gpu.title}, ${gpu.precision}`,
        grouped(gpu.batch),
        quantity(gpu.terms.static, "J"),
        quantity(gpu.terms.operations, "J"),
        quantity(gpu.terms.bytes, "J"),
        quantity(gpu.terms.host, "J"),
        quantity(gpu.energyPerInference, "J"),
        times(gpu.ratio),
        quantity(gpu.latency, "s"),
        percent(gpu.utilisation, 2),
      ]),
    ),
    ...(anchors.size === 0
      ? []
      : [
          table(
            "The same model against public measurements, energy of one inference.",
            [
              { title: "GPU", text: true },
              { title: "Measurement", text: true },
              { title: "Measured" },
              { title: "Modelled" },
              { title: "Modelled / measured" },
            ],
            [...anchors.values()].map(({ title, log, measured, modelled }) => [
              title,
              log,
              quantity(measured, "J"),
              quantity(modelled, "J"),
              (modelled / measured).toFixed(2),
            ]),
          ),
        ]),
  ];
}
