import { html, type Markup } from "./markup.ts";
import { grouped, missing, percent, quantity, setting, share, timeSinceFirstReading } from "./numbers.ts";
import { facts, table } from "./page.ts";
import type { Assumption, EvaluationOutput } from "./shapes.ts";

/** Accuracy at every time and setting, with its interval and its range over chips. */
export function resultTable({ results, finishedChips }: EvaluationOutput): Markup {
  const beyond = results.some(({ beyondSource }) => beyondSource);
  const note = beyond ? " †: the device's data do not cover this time; its law is extrapolated." : "";
  return table(
    `Accuracy over ${finishedChips} ${finishedChips === 1 ? "chip" : "chips"}. Three errors stand apart: the 95 % interval of the mean over chips on these images; the spread from chip to chip (standard deviation); the standard error of the mean from test set to test set of this size. Weight error: mean ± standard deviation, in per cent of the largest weight of a conductance range.${note}`,
    [
      { title: "Time since first reading", text: true },
      { title: "Since programming" },
      { title: "Compensation", text: true },
      { title: "Accuracy, %" },
      { title: "95 % interval, %" },
      { title: "Chip to chip, %" },
      { title: "Test set, %" },
      { title: "Lowest, highest chip, %" },
      { title: "Weight error, %" },
    ],
    results.map(({ time, sinceProgramming, compensated, accuracy, weightError, beyondSource }) => [
      `${timeSinceFirstReading(time)}${beyondSource ? " †" : ""}`,
      `${grouped(Number(sinceProgramming.toFixed(1)))} s`,
      compensated ? "global" : "none",
      percent(accuracy.mean),
      accuracy.low === null ? missing : `${percent(accuracy.low)} – ${percent(accuracy.high)}`,
      percent(accuracy.from.chip, 3),
      percent(accuracy.from.testSet, 3),
      accuracy.chips.length === 0
        ? missing
        : `${percent(Math.min(...accuracy.chips))}, ${percent(Math.max(...accuracy.chips))}`,
      `${percent(weightError.mean)} ± ${percent(weightError.standardDeviation)}`,
    ]),
  );
}

/** The label among the first classes, and scores beside the float network's. */
export function scoreTable({ results, floatTopAccuracy }: EvaluationOutput): Markup {
  const tops = floatTopAccuracy.map(({ k }, index) => ({ k, index }));
  return table(
    "Beyond the first class: share of images whose label is among the k classes of largest score, and mean squared difference of a score from the float network's (in squares of the score's unit), mean over chips.",
    [
      { title: "Time since first reading", text: true },
      { title: "Compensation", text: true },
      ...tops.map(({ k, index }) => ({ title: `Top ${k}, % (float ${percent(floatTopAccuracy[index]!.share)})` })),
      { title: "Mean squared error" },
    ],
    results.map(({ time, compensated, topAccuracy, meanSquaredError }) => [
      timeSinceFirstReading(time),
      compensated ? "global" : "none",
      ...tops.map(({ index }) => percent(topAccuracy[index]?.mean ?? null)),
      `${meanSquaredError.mean.toPrecision(3)}${meanSquaredError.standardDeviation === null ? "" : ` ± ${meanSquaredError.standardDeviation.toPrecision(2)}`}`,
    ]),
  );
}

/** What drift compensation multiplies each layer's products with; null where nothing was compensated. */
export function factorTable({ results }: EvaluationOutput): Markup | null {
  const rounds = results.filter(({ factors }) => factors !== null && factors.length > 0);
  if (rounds.length === 0) return null;
  return table(
    "Compensation: what each layer's products are multiplied with, mean ± standard deviation over chips.",
    [{ title: "Layer", text: true }, ...rounds.map(({ time }) => ({ title: timeSinceFirstReading(time) }))],
    rounds[0]!.factors!.map(({ layer }, index) => [
      layer,
      ...rounds.map(({ factors }) => {
        const { mean, standardDeviation } = factors![index]!;
        return `${mean.toFixed(4)}${standardDeviation === null ? "" : ` ± ${standardDeviation.toFixed(4)}`}`;
      }),
    ]),
  );
}

/** Layers on tiles, what stayed digital, and what the converters did. */
export function networkTables(evaluation: EvaluationOutput): Markup[] {
  const { network, clipping, selfCheck, floatAccuracy, floatAccuracyError } = evaluation;
  const digital = Object.entries(network.digitalOperators).map(([name, count]) => `${name} (${count})`);
  const all = network.macs.analog + network.macs.digital;
  const clipped = new Map(clipping.map((entry) => [entry.layer, entry]));
  return [
    facts([
      ["Network", html`${network.file} <code>${network.checksum}</code>`],
      ["Parameters", grouped(network.parameters)],
      [
        "Multiply-accumulates",
        `${grouped(network.macs.analog)} on tiles, ${grouped(network.macs.digital)} digital (${percent(all > 0 ? network.macs.analog / all : null)} % on tiles), one inference`,
      ],
      ["Digital operators", digital.length > 0 ? digital.join(", ") : "none"],
      [
        "Float accuracy",
        `${percent(floatAccuracy)} %${floatAccuracyError === null ? "" : ` ± ${percent(floatAccuracyError)} % (standard error of the test set)`}`,
      ],
      [
        "Self-check",
        `through the tiles with every cause off: ${grouped(selfCheck.sameClass)} of ${grouped(selfCheck.images)} images in the same class, largest difference of a score ${selfCheck.maximumLogitDifference.toExponential(1)}`,
      ],
    ]),
    table(
      "Layers on tiles. Signal to noise and relative error: products at the first reading, not compensated. Clipped: share of conversions. Full scale: of inputs in their own numbers, of outputs as column current per volt of full drive.",
      [
        { title: "Layer", text: true },
        { title: "Operator", text: true },
        { title: "Rows × columns" },
        { title: "Tiles" },
        { title: "Signal to noise, dB" },
        { title: "Relative error, %" },
        { title: "Inputs clipped" },
        { title: "Outputs clipped" },
        { title: "Input full scale" },
        { title: "Output full scale" },
      ],
      network.layers.map((layer) => [
        layer.name,
        layer.operator,
        `${layer.groups > 1 ? `${grouped(layer.groups)} × ` : ""}${grouped(layer.rows)} × ${grouped(layer.columns)}`,
        grouped(layer.tiles),
        layer.signalToNoise === null ? missing : layer.signalToNoise.toFixed(1),
        percent(layer.relativeError),
        share(clipped.get(layer.name)?.inputs ?? null),
        share(clipped.get(layer.name)?.outputs ?? layer.clipped),
        layer.inputRange === null ? missing : setting(Number(layer.inputRange.toPrecision(3)), "1"),
        span(layer.outputRanges),
      ]),
    ),
    html`<p class="note">Relative error: root mean square of the error over that of the exact products. Groups of a convolution stand before its rows and columns.</p>\n`,
  ];
}

/** S, of a layer's tiles. */
function span(ranges: readonly number[]): string {
  if (ranges.length === 0) return missing;
  const [low, high] = [Math.min(...ranges), Math.max(...ranges)].map((range) => quantity(range, "S"));
  return low === high ? low! : `${low} – ${high}`;
}

/** Every value that no source stands behind. */
export function assumptionTable({ assumptions }: Pick<EvaluationOutput, "assumptions">): Markup {
  if (assumptions.length === 0) return html`<p class="note">Nothing: every value has a source.</p>\n`;
  return table(
    "Values that the figures above rest on and that no measurement or paper gives, or that were set for this run.",
    [
      { title: "Value", text: true },
      { title: "Is" },
      { title: "How known", text: true },
      { title: "Source", text: true },
    ],
    assumptions.map((assumption) => [
      html`<code>${assumption.name}</code>`,
      worth(assumption),
      assumption.howKnown,
      assumption.source ?? missing,
    ]),
  );
}

function worth({ value, unit }: Assumption): string {
  return typeof value === "number" ? setting(value, unit) : `${value}${unit && unit !== "1" ? ` ${unit}` : ""}`;
}
