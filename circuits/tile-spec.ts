import { wordAt } from "../devices/index.ts";
import type { KnownTree } from "../src/ground/known.ts";
import type { Chip } from "./chip.ts";
import { type InputRangeRule, inputRangeRules, type OutputRangeRule, outputRangeRules } from "./ranges.ts";

/** Physical causes of error that an evaluation may switch off. */
export const causes = [
  "programmingNoise",
  "drift",
  "readNoise",
  "polarity",
  "inputConverter",
  "outputConverter",
  "clipping",
  "wires",
  "faults",
] as const;
export type Cause = (typeof causes)[number];

/** One read of a signed product on differential pairs, as the chip spells it out, in numbers ready to use. */
export interface TileSpec {
  readonly rows: number;
  readonly columns: number;
  /** V. */
  readonly voltage: number;
  /** s, integration at full scale, each phase. */
  readonly time: number;
  readonly input: "pulse-width" | "amplitude";
  readonly phases: 1 | 2 | 4;
  readonly subtraction: "before-converter" | "after-converter";
  /** Codes -levels .. +levels; 0: no converter. */
  readonly inputLevels: number;
  readonly outputLevels: number;
  /** Whether converters saturate at their full scale. */
  readonly clip: boolean;
  readonly inputRule: InputRangeRule;
  readonly outputRule: OutputRangeRule;
  readonly convertersPerTile: number;
  /** s. */
  readonly conversionTime: number;
}

export type Side = "positive" | "negative";

/** Inputs that are driven at the same time, and the cells that meet them with the read voltage reversed. */
export interface Term {
  readonly part: "signed" | Side;
  /** Of its currents: magnitudes of negative inputs count negative where both signs are driven at once. */
  readonly sign: 1 | -1;
  readonly reversed: readonly Side[];
}

/** One conversion of every column: which inputs drive, which bit lines are summed, with which sign the result counts. */
export interface Pass {
  readonly part: Term["part"];
  readonly polarity: "both" | Side;
  readonly sign: 1 | -1;
  /** How the part is driven: as it is, or its two signs apart where cells tell the voltage's polarity. */
  readonly terms: readonly Term[];
}

export function tileSpec(chip: Chip, without: ReadonlySet<Cause>): TileSpec {
  const words = chip as unknown as KnownTree;
  const levels = (bits: number): number => (Number.isFinite(bits) ? 2 ** (bits - 1) - 1 : 0);
  return {
    rows: chip.tile.rows.value,
    columns: chip.tile.columns.value,
    voltage: chip.read.voltage.value,
    time: chip.read.time.value,
    input: wordAt(words, "read.input", ["pulse-width", "amplitude"]),
    phases: chip.read.phases.value as TileSpec["phases"],
    subtraction: wordAt(words, "read.subtraction", ["before-converter", "after-converter"]),
    inputLevels: without.has("inputConverter") ? 0 : levels(chip.inputConverter.bits.value),
    outputLevels: without.has("outputConverter") ? 0 : levels(chip.outputConverter.bits.value),
    clip: !without.has("clipping"),
    inputRule: wordAt(words, "inputConverter.range", inputRangeRules),
    outputRule: wordAt(words, "outputConverter.range", outputRangeRules),
    convertersPerTile: chip.outputConverter.perTile.value,
    conversionTime: chip.outputConverter.conversionTime.value,
  };
}

/**
 * The conversions that make one signed product: one for each input sign driven apart and each bit line converted apart.
 *
 * @param tellsPolarity  whether cells conduct differently with the read voltage reversed. Currents subtract before the converter
 *   because the negative cells have the other voltage; both signs of inputs are driven at once because negative ones turn it round.
 */
export function passesOf(spec: TileSpec, tellsPolarity = false): readonly Pass[] {
  const parts: Pass["part"][] = spec.phases === 1 ? ["signed"] : ["positive", "negative"];
  const together = spec.phases < 4 && spec.subtraction === "before-converter";
  const polarities: Pass["polarity"][] = together ? ["both"] : ["positive", "negative"];
  return parts.flatMap((part) =>
    polarities.map((polarity) => {
      const sign = (part === "negative") !== (polarity === "negative") ? -1 : 1;
      return {
        part,
        polarity,
        sign,
        terms: tellsPolarity ? termsOf(part, polarity) : [{ part, sign: 1, reversed: [] }],
      } as const;
    }),
  );
}

/** Whether some cells are read at one voltage polarity and some, or the same at another time, at the other. */
export function turnsVoltage(spec: TileSpec): boolean {
  return passesOf(spec, true).some(({ terms }) => terms.some(({ reversed }) => reversed.length > 0));
}

function termsOf(part: Pass["part"], polarity: Pass["polarity"]): readonly Term[] {
  const reversed: Side[] = polarity === "both" ? ["negative"] : [];
  if (part !== "signed") return [{ part, sign: 1, reversed }];
  const turned: Side[] = polarity === "negative" ? ["negative"] : ["positive"];
  return [
    { part: "positive", sign: 1, reversed },
    { part: "negative", sign: -1, reversed: turned },
  ];
}

/** s for one product of a tile: integration in every phase, then columns in turns over the converters. */
export function productTime(spec: TileSpec, columns: number): { integration: number; conversion: number } {
  const conversionsPerPhase = passesOf(spec).length / spec.phases;
  const turns = spec.outputLevels > 0 ? Math.ceil((columns * conversionsPerPhase) / spec.convertersPerTile) : 0;
  return { integration: spec.phases * spec.time, conversion: spec.phases * turns * spec.conversionTime };
}
