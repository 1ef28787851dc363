import { createColors } from "picocolors";
import { duration, grouped, quantity, share } from "./numbers.ts";
import type { DeviceOutput } from "./shapes.ts";
import { columns, wrapped } from "./text-columns.ts";

/** What `device NAME` prints: what was done, and where it left the devices. */
export function deviceText(output: DeviceOutput, { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const { model, set, protocol, summary, energy, law, assumptions, warnings } = output;
  const many = summary.devices > 1;
  const spread = ({ mean, standardDeviation }: typeof summary.first) =>
    many && mean !== 0 ? share(Math.abs((standardDeviation ?? 0) / mean)) : "";
  const rows = summary.steps.map(({ step, kind, rows: count, conductance, current }) => [
    `${step} ${kind}`,
    grouped(count),
    quantity(conductance.mean, "S"),
    ...(many ? [spread(conductance)] : []),
    quantity(current.mean, "A"),
  ]);
  const parts = (["pulse", "read", "hold", "light"] as const).filter((part) => energy[part] !== 0);
  const { clipped, stuck } = summary;
  const blocks = [
    [
      paint.bold(`${model.name}: ${model.title}`),
      `${set.name}: ${set.title}`,
      `protocol ${protocol.name}, ${many ? `${grouped(summary.devices)} devices` : "1 device"}, ${duration(summary.duration)}, seed ${output.seed}`,
    ].join("\n"),
    columns(
      ["after step", "rows", "conductance", ...(many ? ["spread"] : []), "current"],
      [
        ["before", "", quantity(summary.first.mean, "S"), ...(many ? [spread(summary.first)] : []), ""],
        ...rows.slice(0, mostSteps),
      ],
      paint,
    ),
    ...(rows.length > mostSteps ? [`and ${rows.length - mostSteps} steps more; the JSON has all`] : []),
    [
      `Energy ${quantity(energy.total, "J")}${parts.length > 0 ? `: ${parts.map((part) => `${part} ${quantity(energy[part], "J")}`).join(", ")}` : ""}.`,
      ...(clipped ? [`Held at a limit of the state ${grouped(clipped)} times.`] : []),
      ...(stuck ? [`${grouped(stuck)} ${stuck === 1 ? "device is" : "devices are"} stuck.`] : []),
    ].join("\n"),
    [
      wrapped(`Law: ${law.text}.`),
      ...(law.source === null ? [] : [wrapped(law.source)]),
      assumptions.length === 0
        ? "Every value has a source."
        : `${assumptions.length === 1 ? "1 value is" : `${assumptions.length} values are`} assumed; the report lists them.`,
    ].join("\n"),
    ...warnings.map((warning) => `${paint.yellow("Warning:")} ${warning}`),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const mostSteps = 24;
