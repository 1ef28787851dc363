import { html, type Markup } from "./markup.ts";
import { grouped, missing, percent, quantity, setting, share, timeSinceFirstReading } from "./numbers.ts";
import { facts, table } from "./page.ts";
import type { Assumption, EvaluationOutput } from "./shapes.ts";

/** Accuracy at every time and setting, with its interval and its range over chips. */
export function resultTable({ results, finishedChips }: EvaluationOutput): Markup {
  const beyond = results.some(({ beyondSource }) => beyondSource);
  const note = beyond ? " †: the device's data do not cover this time; its law is extrapolated." : "";
  return table(
    `Accuracy over ${finishedChips} ${finishedChips === 1 ? "chip" : "chips"}; spread: standard deviation from chip to chip. Weight error: mean ± standard deviation, in per cent of the largest weight of a conductance range.${note}`,
    [
      { title: "Time since first reading", text: true },
      { title: "Since programming" },
      { title: "Compensation", text: true },
      { title: "Accuracy, %" },
      { title: "95 % interval, %" },
      { title: "Spread, %" },
      { title: "Lowest, highest chip, %" },
      { title: "Weight error, %" },
    ],
    results.map(({ time, sinceProgramming, compensated, accuracy, weightError, beyondSource }) => [
      `${timeSinceFirstReading(time)}${beyondSource ? " †" : ""}`,
      `${grouped(Number(sinceProgramming.toFixed(1)))} s`,
      compensated ? "global" : "none",
      percent(accuracy.mean),
      accuracy.low === null ? missing : `${percent(accuracy.low)} – ${percent(accuracy.high)}`,
      percent(accuracy.standardDeviation, 3),
      accuracy.chips.length === 0
        ? missing
        : `${percent(Math.min(...accuracy.chips))}, ${percent(Math.max(...accuracy.chips))}`,
      `${percent(weightError.mean)} ± ${percent(weightError.standardDeviation)}`,
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
export function networkTables({ network, clipping, selfCheck, floatAccuracy }: EvaluationOutput): Markup[] {
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
      ["Float accuracy", `${percent(floatAccuracy)} %`],
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
export function assumptionTable({ assumptions }: EvaluationOutput): Markup {
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
