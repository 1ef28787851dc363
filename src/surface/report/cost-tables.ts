import { html, type Markup } from "./markup.ts";
import { grouped, inWords, part, partShare, percent, quantity, times, withoutMaker } from "./numbers.ts";
import { facts, table } from "./page.ts";
import { writeVerifyInWords } from "./programming.ts";
import type { EvaluationOutput, GpuComparison } from "./shapes.ts";

type Amounts = Readonly<Record<string, number>>;

/** Energy and latency by component and by layer, with the boundary in words. */
export function costTables({ energy, latency, devices, tiles }: EvaluationOutput): Markup[] {
  return [
    html`<p class="note"><b>Boundary.</b> ${energy.boundary.text} Included: ${energy.boundary.included.join(", ")}. Not included: ${energy.boundary.excluded.join(", ")}.</p>\n`,
    facts([
      ["Energy of one inference", `${quantity(energy.perInference, "J", 4)}, without programming`],
      [
        "Programming",
        `${quantity(energy.programming, "J", 4)} a chip; over ${grouped(energy.inferences)} inferences ${quantity(energy.programming / energy.inferences, "J")} each. ${writeVerifyInWords(energy)}`,
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

/** The GPU model's terms, and how well it meets public logs, with each processor's own and without them. */
export function gpuTables({ gpus, gpuModel, energy }: EvaluationOutput): Markup[] {
  const precision = [...new Set(gpus.map((gpu) => gpu.precision))].join(", ");
  const host = gpus.some(({ terms }) => terms.host > 0);
  const titles = new Map(gpus.map((gpu) => [gpu.name, gpu]));
  const programming = quantity(energy.programming / energy.inferences, "J");
  return [
    table(
      `Energy of one inference in ${precision}, the sum of its terms${host ? "" : " (the host is left out)"}. Ratio: GPU over chip, the chip's with ${programming} of programming.`,
      [
        { title: "GPU", text: true },
        { title: "Batch" },
        { title: "Static" },
        { title: "Operations" },
        { title: "Bytes" },
        ...(host ? [{ title: "Host" }] : []),
        { title: "Energy" },
        { title: "Ratio" },
        { title: "Batch latency" },
        { title: "Utilisation, %" },
      ],
      gpus.map((gpu) => [
        gpu.title,
        grouped(gpu.batch),
        quantity(gpu.terms.static, "J"),
        quantity(gpu.terms.operations, "J"),
        quantity(gpu.terms.bytes, "J"),
        ...(host ? [quantity(gpu.terms.host, "J")] : []),
        quantity(gpu.energyPerInference, "J"),
        times(gpu.ratio),
        quantity(gpu.latency, "s"),
        percent(gpu.utilisation, 2),
      ]),
    ),
    ...logTable("Energy", "J", gpuModel.energy, [...titles.values()], (gpu) => gpu.anchors),
    ...logTable("Seconds", "s", gpuModel.latency, [...titles.values()], (gpu) => gpu.latencyAnchors),
    html`<p class="note">Left out: as predicted had no log of that processor been known. Typical factor: e to the root mean square of ln(figure / measured), over the logs of all processors that the package knows.</p>\n`,
  ];
}

function logTable(
  what: string,
  unit: string,
  error: EvaluationOutput["gpuModel"]["energy"],
  gpus: readonly GpuComparison[],
  anchorsOf: (gpu: GpuComparison) => GpuComparison["anchors"],
): Markup[] {
  const rows = gpus.flatMap((gpu) =>
    anchorsOf(gpu).map((anchor) => [
      withoutMaker(gpu.title),
      anchor.log,
      `${grouped(anchor.batch)}, ${anchor.precision}`,
      quantity(anchor.measured, unit),
      quantity(anchor.modelled, unit),
      (anchor.modelled / anchor.measured).toFixed(2),
      (anchor.leaveOneOut / anchor.measured).toFixed(2),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    table(
      `${what} of one ResNet50 image in public logs, and the same model beside them. Typical factor over all ${error.logs} logs: ${times(error.modelled)}; left out: ${times(error.leaveOneOut)}.`,
      [
        { title: "GPU", text: true },
        { title: "Log", text: true },
        { title: "Batch" },
        { title: "Measured" },
        { title: "Modelled" },
        { title: "Modelled / measured" },
        { title: "Left out / measured" },
      ],
      rows,
    ),
  ];
}
