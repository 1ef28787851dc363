import { createColors } from "picocolors";
import { latest, latestCauses, worstLayersText } from "./causes.ts";
import {
  fileName,
  grouped,
  inWords,
  missing,
  part,
  partShare,
  percent,
  quantity,
  share,
  timeSinceFirstReading,
  times,
} from "./numbers.ts";
import { writeVerifyInWords } from "./programming.ts";
import { conductancesText, runtimeText } from "./run.ts";
import type { EvaluationOutput, TimeResult } from "./shapes.ts";
import { columns, type Paint, wrapped } from "./text-columns.ts";

export interface TerminalStyle {
  /** False where NO_COLOR is set or the text goes to a file. */
  readonly color: boolean;
}

/** What `evaluate` prints: every result on one screen or two, each with its unit. */
export function summaryText(evaluation: EvaluationOutput, { color }: TerminalStyle): string {
  const paint = createColors(color);
  const { network, chip, images, floatAccuracy, selfCheck, finishedChips, energy, latency, devices, tiles } =
    evaluation;
  const heading = paint.bold(`${fileName(network.file)}${chip ? ` on ${chip.name}: ${chip.title}` : ""}`);
  const chips = finishedChips === 1 ? "1 chip" : `${finishedChips} chips`;
  const blocks = [
    [
      heading,
      `${grouped(images)} images, ${chips}${conductancesText(evaluation.conductances)}, seed ${evaluation.seed}`,
      `Float accuracy ${percent(floatAccuracy)} %. Self-check, every cause off: ${grouped(selfCheck.sameClass)} of ${grouped(selfCheck.images)} in the same class,`,
      `scores within ${selfCheck.maximumLogitDifference.toExponential(1)}. On tiles: ${percent(analogShare(evaluation))} % of ${grouped(network.macs.analog + network.macs.digital)} multiply-accumulates.`,
    ].join("\n"),
    accuracyText(evaluation, paint),
    causesText(evaluation, paint),
    layerText(evaluation, paint),
    [
      paint.bold(
        `One inference: ${quantity(energy.perInference, "J")}, ${quantity(latency.perInference, "s")}, ${grouped(devices)} devices on ${grouped(tiles)} tiles`,
      ),
      costText(evaluation, paint),
      `Programming: ${quantity(energy.programming, "J")} a chip, over ${grouped(energy.inferences)} inferences ${quantity(energy.programming / energy.inferences, "J")} each.`,
      ...[writeVerifyInWords(energy)].filter((text) => text !== "").map((text) => wrapped(text)),
    ].join("\n"),
    gpuText(evaluation, paint),
    boundaryText(evaluation),
    ...evaluation.warnings.map((warning) => `${paint.yellow("Warning:")} ${warning}`),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function analogShare({ network: { macs } }: EvaluationOutput): number | null {
  const all = macs.analog + macs.digital;
  return all > 0 ? macs.analog / all : null;
}

function accuracyText({ results, finishedChips }: EvaluationOutput, paint: Paint): string {
  const settings = [false, true].filter((compensated) => results.some((result) => result.compensated === compensated));
  const moments = [...new Set(results.map(({ time }) => time))].sort((a, b) => a - b);
  const cells = (result: TimeResult | undefined) => {
    if (!result) return [missing, missing, missing];
    const { mean, low, high, standardDeviation } = result.accuracy;
    return [percent(mean), low === null ? missing : `${percent(low)} – ${percent(high)}`, percent(standardDeviation)];
  };
  const beyond = results.some(({ beyondSource }) => beyondSource);
  const rows = moments.map((time) => {
    const at = results.filter((result) => result.time === time);
    const mark = at.some(({ beyondSource }) => beyondSource) ? " †" : "";
    return [
      `${timeSinceFirstReading(time)}${mark}`,
      ...settings.flatMap((setting) => cells(at.find(({ compensated }) => compensated === setting))),
    ];
  });
  const groups = settings.map((setting) => (setting ? "compensated" : "not compensated"));
  return [
    paint.bold("Accuracy, %"),
    columns(
      ["since first reading", ...settings.flatMap(() => ["mean", "95 % interval", "spread"])],
      rows,
      paint,
      groups,
    ),
    ...(beyond ? ["† beyond the times that the device's data cover"] : []),
    ...(finishedChips < 2 ? ["One chip has no interval and no spread."] : []),
    ...testSetText(results),
  ].join("\n");
}

/** How far another test set of this size would move the means. */
function testSetText(results: readonly TimeResult[]): string[] {
  const errors = results.flatMap(({ accuracy: { from } }) => (from.testSet === null ? [] : [from.testSet]));
  if (errors.length === 0) return [];
  const [low, high] = [percent(Math.min(...errors)), percent(Math.max(...errors))];
  return [
    `Interval: of the mean over chips. Spread: from chip to chip. Test set: another one of this size would move the`,
    `means by ${low === high ? low : `${low} to ${high}`} % (standard error).`,
  ];
}

function causesText(evaluation: EvaluationOutput, paint: Paint): string {
  const causes = latestCauses(evaluation);
  const [first] = causes;
  if (!first) return "";
  const points = ({ mean, high }: typeof first.alone) =>
    `${percent(mean)}${high === null ? "" : ` ± ${percent(high - mean)}`}`;
  const when = `${timeSinceFirstReading(first.time)}, ${first.compensated ? "" : "not "}compensated`;
  const layers = latest(evaluation.causesByLayer ?? []);
  return [
    paint.bold(`Why accuracy fell, percentage points, ${when}`),
    columns(
      ["cause", "lost by it alone", "regained without it"],
      [...causes]
        .sort((a, b) => b.removed.mean - a.removed.mean)
        .map(({ cause, alone, removed }) => [inWords(cause), points(alone), points(removed)]),
      paint,
    ),
    ...(layers.length > 0
      ? [
          columns(
            ["layer made exact", "regained"],
            layers.map(({ layer, removed }) => [layer, points(removed)]),
            paint,
          ),
        ]
      : []),
  ].join("\n");
}

function layerText(evaluation: EvaluationOutput, paint: Paint): string {
  const { network } = evaluation;
  const worst = worstLayersText(evaluation);
  if (network.layers.length === 0) return "";
  return [
    paint.bold("Products at the first reading"),
    columns(
      ["layer", "rows x columns", "tiles", "signal to noise", "relative error", "clipped"],
      network.layers.map((layer) => [
        `${layer.name} (${layer.operator})`,
        `${layer.rows} x ${layer.columns}${layer.groups > 1 ? `, ${layer.groups} groups` : ""}`,
        grouped(layer.tiles),
        layer.signalToNoise === null ? missing : `${layer.signalToNoise.toFixed(1)} dB`,
        layer.relativeError === null ? missing : `${percent(layer.relativeError)} %`,
        share(layer.clipped),
      ]),
      paint,
    ),
    ...(worst === "" ? [] : [wrapped(`Least signal to noise: ${worst}.`)]),
  ].join("\n");
}

function costText({ energy, latency }: EvaluationOutput, paint: Paint): string {
  const names = [...new Set([...Object.keys(energy.byComponent), ...Object.keys(latency.byComponent)])];
  const joules = energy.byComponent;
  const seconds = latency.byComponent;
  return columns(
    ["component", "energy", "share", "latency", "share"],
    names
      .sort((a, b) => (joules[b] ?? 0) - (joules[a] ?? 0))
      .map((name) => [
        inWords(name),
        part(joules[name], "J"),
        partShare(joules[name], energy.perInference),
        part(seconds[name], "s"),
        partShare(seconds[name], latency.perInference),
      ]),
    paint,
  );
}

function gpuText({ gpus, gpuModel }: EvaluationOutput, paint: Paint): string {
  if (gpus.length === 0) return "";
  return [
    paint.bold("The same inference on a GPU"),
    columns(
      ["GPU", "batch", "precision", "energy", "GPU / chip", "batch latency"],
      gpus.map((gpu) => [
        gpu.title,
        grouped(gpu.batch),
        gpu.precision,
        quantity(gpu.energyPerInference, "J"),
        times(gpu.ratio),
        quantity(gpu.latency, "s"),
      ]),
      paint,
    ),
    `Beside public logs the model's energy is typically off by ${times(gpuModel.energy.modelled)} (${times(gpuModel.energy.leaveOneOut)} for a GPU without logs).`,
  ].join("\n");
}

function boundaryText({ energy: { boundary }, assumptions, runtime }: EvaluationOutput): string {
  return [
    wrapped(`Boundary: ${boundary.text} Not included: ${boundary.excluded.join(", ")}.`),
    assumptions.length === 0
      ? ""
      : `${assumptions.length === 1 ? "1 value is" : `${assumptions.length} values are`} assumed; the report lists them.`,
    `Took ${runtimeText(runtime)}.`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
