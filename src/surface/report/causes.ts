import { html, type Markup } from "./markup.ts";
import { inWords, missing, percent, timeSinceFirstReading } from "./numbers.ts";
import { section, table } from "./page.ts";
import type { CauseResult, EvaluationOutput } from "./shapes.ts";

/** Causes at the last time, compensated where anything is; empty where none were asked for. */
export function latestCauses({ causes = [] }: EvaluationOutput): readonly CauseResult[] {
  return latest(causes);
}

/** The rows of the last time, compensated where anything is. */
export function latest<Row extends { readonly time: number; readonly compensated: boolean }>(
  rows: readonly Row[],
): readonly Row[] {
  const last = Math.max(...rows.map(({ time }) => time));
  const compensated = rows.some((row) => row.compensated);
  return rows.filter((row) => row.time === last && row.compensated === compensated);
}

/** Layers by signal to noise, the worst first; no more than three. */
export function worstLayersOf({ network }: EvaluationOutput): { readonly name: string; readonly decibels: number }[] {
  const known = network.layers.flatMap(({ name, signalToNoise }) =>
    signalToNoise === null ? [] : [{ name, decibels: signalToNoise }],
  );
  return known.sort((a, b) => a.decibels - b.decibels).slice(0, 3);
}

/** "a (18.2 dB), b (19.1 dB)"; empty of a network of one layer. */
export function worstLayersText(evaluation: EvaluationOutput): string {
  if (evaluation.network.layers.length < 2) return "";
  return worstLayersOf(evaluation)
    .map(({ name, decibels }) => `${name} (${decibels.toFixed(1)} dB)`)
    .join(", ");
}

/** Why accuracy fell: each cause and each of the worst layers, at every time and setting. */
export function causesSection(evaluation: EvaluationOutput): Markup | null {
  const { causes = [], causesByLayer = [] } = evaluation;
  const worst = worstLayersText(evaluation);
  const worstNote = worst === "" ? null : html`<p class="note">Layers of least signal to noise: ${worst}.</p>\n`;
  if (causes.length === 0) return worstNote && section("Where the error is", worstNote);
  const rounds = roundsOf(causes);
  const names = [...new Set(causes.map(({ cause }) => cause))];
  const layers = [...new Set(causesByLayer.map(({ layer }) => layer))];
  const at = <Row extends { time: number; compensated: boolean }>(rows: readonly Row[], round: Row): Row | undefined =>
    rows.find(({ time, compensated }) => time === round.time && compensated === round.compensated);
  const heads = rounds.map(({ time, compensated }) => ({
    title: `${timeSinceFirstReading(time)}${compensated ? ", compensated" : ""}`,
  }));
  const causeTable = (side: "alone" | "removed", caption: string): Markup =>
    table(
      caption,
      [{ title: "Cause", text: true }, ...heads],
      names.map((name) => [
        inWords(name),
        ...rounds.map((round) => {
          const row = at(
            causes.filter(({ cause }) => cause === name),
            round,
          );
          return row ? points(row[side]) : missing;
        }),
      ]),
    );
  return section(
    "Why accuracy fell",
    causeTable(
      "alone",
      "Alone: accuracy with every cause off less that with this one, percentage points, mean ± half of its 95 % interval over chips.",
    ),
    causeTable(
      "removed",
      "Removed: accuracy without this cause less that with all of them, on the same chips with the same draws.",
    ),
    layers.length === 0
      ? null
      : table(
          "One layer exact: accuracy with every cause of this layer off less that with all of them, the layer of least signal to noise first.",
          [{ title: "Layer", text: true }, ...heads],
          layers.map((name) => [
            name,
            ...rounds.map((round) => {
              const row = at(
                causesByLayer.filter(({ layer }) => layer === name),
                round as never,
              );
              return row ? points(row.removed) : missing;
            }),
          ]),
        ),
    worstNote,
  );
}

function roundsOf(causes: readonly CauseResult[]): CauseResult[] {
  const first = causes[0]!.cause;
  return causes.filter(({ cause }) => cause === first);
}

function points({ mean, high }: CauseResult["alone"]): string {
  return `${percent(mean)}${high === null ? "" : ` ± ${percent(high - mean)}`}`;
}
