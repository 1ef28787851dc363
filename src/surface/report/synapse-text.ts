import { createColors } from "picocolors";
import { grouped, quantity } from "./numbers.ts";
import type { SynapseOutput } from "./shapes.ts";
import { comparisonColumns, conductanceInWords, synapseInWords, wearInWords } from "./synapse-words.ts";
import { columns, wrapped } from "./text-columns.ts";

/** What `synapse` prints: what was asked, what was reached, what it cost. */
export function synapseText(output: SynapseOutput, { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const { request, policy, coverage, requested, applied, energy, comparison, warnings } = output;
  const places = request.differential ? request.devices / 2 : request.devices;
  const blocks = [
    [paint.bold(`${policy}: ${synapseInWords(output)}`), `seed ${output.seed}`].join("\n"),
    columns(
      ["", "potentiation", "depression"],
      [
        ["requested", grouped(requested.potentiation), grouped(requested.depression)],
        ["let through", grouped(applied.potentiation), grouped(applied.depression)],
      ],
      paint,
    ),
    [
      wrapped(
        `Reached: at least ${coverage.reached} of ${places} devices in each of ${grouped(coverage.updatedSynapses)} updated synapses (of ${grouped(request.synapses)}), ${Number(coverage.meanReached.toPrecision(4))} on average; dense scans reach ${coverage.expected} in ${grouped(coverage.expectedSynapses)} in the end.`,
      ),
      wrapped(`Pulses a device: ${wearInWords(output)}.`),
      wrapped(`Conductance of a synapse: ${conductanceInWords(output)}.`),
      `Energy of the pulses ${quantity(energy.total, "J")}.`,
    ].join("\n"),
    ...(comparison ? [columns(...comparisonColumns(comparison), paint)] : []),
    ...warnings.map((warning) => wrapped(`${paint.yellow("Warning:")} ${warning}.`)),
  ];
  return `${blocks.join("\n\n")}\n`;
}
