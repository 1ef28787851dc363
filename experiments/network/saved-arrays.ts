import { type LayerConductances, type TileLayer, targetsOf } from "../../circuits/index.ts";
import type { WrittenArray } from "../../src/ground/formats/array.ts";
import type { ChipShare, Saves } from "./chip-task.ts";
import { type ConductanceKind, entryName, polarities } from "./conductance-names.ts";
import { cellsOf } from "./loaded-conductances.ts";

export type NamedArrays = readonly (readonly [name: string, array: WrittenArray])[];

/** Arrays to be saved, of the chips that finished; null where they were not asked for. */
export interface SavedArrays {
  readonly conductances: NamedArrays | null;
  readonly outputs: NamedArrays | null;
}

/** What the arrays are of: in the order of their axes. */
export interface SavedAxes {
  /** s since the first reading. */
  readonly times: readonly number[];
  readonly compensation: readonly boolean[];
  readonly images: number;
  readonly classes: number;
}

/** Bytes that the arrays will take, in memory and in their files. */
export function savedBytes(
  { conductances, outputs }: Saves,
  layers: readonly TileLayer[],
  chips: number,
  { times, compensation, images, classes }: SavedAxes,
): { conductances: number; outputs: number } {
  const cells = layers.reduce((sum, { groups, rows, columns }) => sum + 2 * groups * rows * columns, 0);
  return {
    conductances: conductances ? 4 * cells * (1 + chips * (1 + times.length)) : 0,
    outputs: outputs ? 4 * chips * times.length * compensation.length * images * classes : 0,
  };
}

/** @param chips  shares of each chip that finished, in the order of images */
export function savedArrays(
  saves: Saves,
  chips: readonly (readonly ChipShare[])[],
  layers: readonly TileLayer[],
  axes: SavedAxes,
  checksum: string,
  labels: Int32Array,
): SavedArrays {
  return {
    conductances: saves.conductances ? conductanceArrays(chips, layers, axes, checksum) : null,
    outputs: saves.outputs ? outputArrays(chips, axes, labels) : null,
  };
}

function conductanceArrays(
  chips: readonly (readonly ChipShare[])[],
  layers: readonly TileLayer[],
  { times }: SavedAxes,
  checksum: string,
): NamedArrays {
  const kept = chips.map((shares) => shares.find(({ conductances }) => conductances)!.conductances!);
  const ofLayers = layers.flatMap((layer, index) => {
    const cells = cellsOf(layer);
    const put = (kind: ConductanceKind, leading: readonly number[], values: readonly LayerConductances[]) =>
      polarities.map((polarity): [string, WrittenArray] => [
        entryName(layer.name, kind, polarity),
        { shape: [...leading, ...cells], values: values.map((value) => value[polarity]) },
      ]);
    const programmed = kept.flatMap((chip) => chip.programmed?.[index] ?? []);
    const at = kept.flatMap((chip) => chip.at.map((ofTime) => ofTime[index]!));
    return [
      ...put("target", [], [targetsOf(layer)]),
      ...(programmed.length > 0 ? put("programmed", [chips.length], programmed) : []),
      ...put("at", [chips.length, times.length], at),
    ];
  });
  return [
    ["network", { shape: [checksum.length], values: new TextEncoder().encode(checksum) }],
    ...axesOf(chips, times),
    ...ofLayers,
  ];
}

function outputArrays(
  chips: readonly (readonly ChipShare[])[],
  { times, compensation, images, classes }: SavedAxes,
  labels: Int32Array,
): NamedArrays {
  const values: Float32Array[] = [];
  for (const shares of chips) {
    for (const k of times.keys()) {
      for (const s of compensation.keys()) for (const share of shares) values.push(share.scores![k]![s]!);
    }
  }
  const settings = Uint8Array.from(compensation, (compensated) => (compensated ? 1 : 0));
  return [
    ["scores", { shape: [chips.length, times.length, compensation.length, images, classes], values }],
    ["labels", { shape: [labels.length], values: labels }],
    ...axesOf(chips, times),
    ["compensated", { shape: [settings.length], values: settings, boolean: true }],
  ];
}

function axesOf(chips: readonly (readonly ChipShare[])[], times: readonly number[]): NamedArrays {
  const numbers = Int32Array.from(chips, ([share]) => share!.chip);
  return [
    ["chips", { shape: [numbers.length], values: numbers }],
    ["times", { shape: [times.length], values: Float64Array.from(times) }],
  ];
}
