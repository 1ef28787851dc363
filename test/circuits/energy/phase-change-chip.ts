import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { PricedChip } from "../../../circuits/energy/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";
import { readKnownTree } from "../../../src/ground/known-tree.ts";

/** The values of a file of data/, in SI. */
export function valuesOf(path: string): KnownTree {
  const file = new URL(`../../../data/${path}.yaml`, import.meta.url);
  return readKnownTree((parse(readFileSync(file, "utf8")) as { values: unknown }).values, path);
}

/** The parsed content of a file of data/. */
export function fileOf(path: string): Record<string, unknown> {
  return parse(readFileSync(new URL(`../../../data/${path}.yaml`, import.meta.url), "utf8")) as Record<string, unknown>;
}

const assumed = <T extends number | string>(value: T, unit: string): Known<T> => ({
  value,
  unit,
  howKnown: "assumed",
  source: null,
});

export interface ChipSettings {
  readonly inputBits?: number;
  readonly outputBits?: number;
  /** s for one conversion. */
  readonly conversionTime?: number;
  readonly input?: string;
  readonly columns?: number;
  readonly readVoltage?: number;
}

/** A chip of 512 x 512 tiles as a test needs it. */
export function chipWith(settings: ChipSettings = {}): PricedChip {
  return {
    tile: {
      rows: assumed(512, "1"),
      columns: assumed(settings.columns ?? 512, "1"),
      scale: assumed("column", ""),
    },
    read: {
      voltage: assumed(settings.readVoltage ?? 0.2, "V"),
      time: assumed(250e-9, "s"),
      input: assumed(settings.input ?? "pulse-width", ""),
      phases: assumed(1, "1"),
      subtraction: assumed("before-converter", ""),
    },
    inputConverter: { bits: assumed(settings.inputBits ?? 8, "1"), range: assumed("largest", "") },
    outputConverter: {
      bits: assumed(settings.outputBits ?? 8, "1"),
      range: assumed("least-squares", ""),
      perTile: assumed(64, "1"),
      conversionTime: assumed(settings.conversionTime ?? 1e-9, "s"),
    },
  };
}
