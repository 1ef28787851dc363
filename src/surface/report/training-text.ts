import { createColors } from "picocolors";
import { duration, fileName, grouped, inWords, missing, percent, quantity } from "./numbers.ts";
import type { TrainingOutput } from "./shapes.ts";
import { columns, wrapped } from "./text-columns.ts";

/** What `train` prints: epoch by epoch how well the devices learned, beside floating point. */
export function trainingText(output: TrainingOutput, { color }: { readonly color: boolean }): string {
  const paint = createColors(color);
  const { network, chip, rule, epochs, floatEpochs, floatAccuracy, linearFloor, energy, runtime, assumptions } = output;
  const { layers } = network;
  const rows = epochs.map(({ epoch, accuracy, loss, pulses, energy: joules, wear }) => [
    String(epoch),
    `${percent(accuracy)} %`,
    ...(floatEpochs.length > 0 ? [`${percent(floatEpochs[epoch - 1]?.accuracy ?? null)} %`] : []),
    Number.isFinite(loss) ? loss.toPrecision(3) : missing,
    grouped(pulses),
    quantity(joules, "J"),
    wear.mean.toPrecision(3),
    grouped(wear.maximum),
  ]);
  const devices = layers.reduce((sum, layer) => sum + layer.devices, 0);
  const parts = Object.entries(energy.byComponent).sort(([, a], [, b]) => b - a);
  const blocks = [
    [
      paint.bold(`${fileName(network.file)} on ${chip.name}`),
      `${chip.title}; rule ${rule}; ${grouped(network.parameters)} weights, ${grouped(devices)} devices (${[...new Set(layers.map(({ arrangement }) => arrangement))].join(", ")})`,
      `${grouped(output.images.train)} images to learn from, ${grouped(output.images.test)} to test, seed ${output.seed}`,
    ].join("\n"),
    columns(
      ["epoch", "accuracy", ...(floatEpochs.length > 0 ? ["float32"] : []), "loss", "pulses", "energy", "wear", "most"],
      rows,
      paint,
    ),
    [
      `Floating point ${percentOf(floatAccuracy)}; softmax regression ${percentOf(linearFloor)} (the linear floor).`,
      wrapped(
        `Energy ${quantity(energy.total, "J")}: ${parts
          .slice(0, mostParts)
          .map(([name, joules]) => `${inWords(name)} ${quantity(joules, "J")}`)
          .join(", ")}${parts.length > mostParts ? ", less for the rest" : ""}.`,
      ),
      "Wear: pulses that a device got, mean and most.",
    ].join("\n"),
    [
      `${duration(runtime.seconds)} on ${runtime.threads} ${runtime.threads === 1 ? "thread" : "threads"}; memory at most ${grouped(Math.round(runtime.peakMemory / 1e6))} MB.`,
      assumptions.length === 0
        ? "Every value has a source."
        : `${assumptions.length} values are assumed; the report lists them.`,
    ].join("\n"),
    ...output.warnings.map((warning) => `${paint.yellow("Warning:")} ${warning}`),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const mostParts = 5;

function percentOf(accuracy: number | null): string {
  return accuracy === null ? "not finished" : `${percent(accuracy)} %`;
}
