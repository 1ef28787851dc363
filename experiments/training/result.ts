import {
  type Arrangement,
  account,
  assumptionsOf,
  type Chip,
  costsOf,
  energyOf,
  Ledger,
  type LedgerEntry,
} from "../../circuits/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { type DeviceProducts, type DeviceSettings, rangeOf } from "./device-products.ts";
import { type CountedValues, countsOf } from "./histogram.ts";
import type { ProductPlan } from "./network.ts";
import type { EpochResult, TrainingSettings, Wear } from "./training.ts";

export interface EpochSummary {
  /** From 1. */
  readonly epoch: number;
  readonly accuracy: number;
  readonly loss: number;
  readonly rate: number;
  /** That devices got for learning. */
  readonly pulses: number;
  /** J of the epoch's learning: reads forward and transposed, pulses, converters, digital part; without the test. */
  readonly energy: number;
  readonly energyByComponent: Readonly<Record<string, number>>;
  readonly wear: Wear;
}

export interface LayerOfTraining {
  readonly name: string;
  readonly operator: string;
  /** Word lines, the bias's included. */
  readonly rows: number;
  readonly columns: number;
  readonly arrangement: Arrangement;
  readonly devices: number;
  /** |weight| that the range of conductances stands for. */
  readonly weightRange: number;
  /** What one pulse of the median device in the middle of its range changes a weight by. */
  readonly steps: { readonly growing: number; readonly falling: number };
  readonly weights: { readonly start: CountedValues; readonly end: CountedValues };
  /** Pulses by device. */
  readonly wear: CountedValues;
}

export interface TrainingResult {
  readonly chip: { readonly name: string; readonly title: string };
  readonly rule: string;
  readonly ruleOptions: DeviceSettings["ruleOptions"];
  readonly synapse: DeviceSettings["arbitration"];
  readonly network: {
    readonly file: string;
    readonly loss: string;
    readonly parameters: number;
    readonly layers: readonly LayerOfTraining[];
  };
  readonly images: { readonly train: number; readonly test: number };
  readonly settings: TrainingSettings;
  readonly epochs: readonly EpochSummary[];
  readonly floatEpochs: readonly { readonly accuracy: number; readonly loss: number }[];
  /** After as many epochs in float32, same images, order and start; null where it was stopped. */
  readonly floatAccuracy: number | null;
  /** Of softmax regression in float32; null where it was stopped. */
  readonly linearFloor: number | null;
  readonly energy: {
    readonly total: number;
    readonly byComponent: Readonly<Record<string, number>>;
    readonly byLayer: Readonly<Record<string, number>>;
    readonly boundary: {
      readonly text: string;
      readonly included: readonly string[];
      readonly excluded: readonly string[];
    };
  };
  readonly assumptions: ReturnType<typeof assumptionsOf>;
}

/** An epoch with its events priced by the chip's cost table. */
export function epochSummary(
  { epoch, accuracy, loss, rate, events, wear }: EpochResult,
  chip: Chip,
  tiles: number,
): EpochSummary {
  const { total, byComponent } = priced(events, chip, tiles);
  const pulses = events
    .filter(({ operation }) => operation === "potentiation" || operation === "depression")
    .reduce((sum, { count }) => sum + count.high + count.low, 0);
  return {
    epoch,
    accuracy,
    loss,
    rate,
    pulses,
    energy: total,
    energyByComponent: byComponent,
    wear: wear ?? { mean: 0, maximum: 0 },
  };
}

/** J of all epochs together. */
export function trainingEnergy(epochs: readonly EpochResult[], chip: Chip, tiles: number): TrainingResult["energy"] {
  const all = new Ledger();
  for (const { events } of epochs) all.merge(events);
  const { total, byComponent, byPlace } = priced(all.entries(), chip, tiles);
  return { total, byComponent, byLayer: byPlace, boundary };
}

function priced(entries: readonly LedgerEntry[], chip: Chip, tiles: number): ReturnType<typeof energyOf> {
  return energyOf(account(entries, costsOf(chip.costs, chip), tiles));
}

const boundary = {
  text:
    "Learning alone: reads of the cells forward and transposed, pulses that update them with what drivers and half-selected cells take, " +
    "converters, the digital operators forward and backward, buffers, and static power meanwhile. The test after each epoch, the first " +
    "writing of the weights, whatever brings the images, the host and cooling are left out.",
  included: ["arithmetic", "weight storage", "on-chip buffers", "static power", "updates"],
  excluded: ["programming", "tests", "input transfer", "host", "cooling"],
};

/** Every assumed value of the chip, its device and its costs. */
export function trainingAssumptions(chip: Chip): ReturnType<typeof assumptionsOf> {
  const { tile, read, inputConverter, outputConverter } = chip;
  const own: KnownTree = { tile, read, inputConverter, outputConverter };
  // Devices say themselves what their pulses cost.
  const { programming: _programming, ...costs } = chip.costs;
  return [...assumptionsOf(own, ""), ...assumptionsOf(chip.device.values, "device"), ...assumptionsOf(costs, "costs")];
}

/** A layer's weights before and after, and its devices' pulses. */
export function layerOfTraining(
  { name, step, rows, columns, weights: start }: ProductPlan,
  layer: DeviceProducts["products"][number],
  weightRange: number | null,
): LayerOfTraining {
  const end = layer.weights();
  const sets = layer.wearOfDevices();
  const reach = [start, end].flatMap((weights) =>
    weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0),
  );
  const limit = Math.max(...reach, Number.MIN_VALUE);
  const { arrangement, steps } = layer;
  const { devices, maximum } = layer.wear();
  return {
    name,
    operator: step.operator,
    rows,
    columns,
    arrangement,
    devices,
    weightRange: weightRange ?? rangeOf(start),
    steps,
    weights: { start: countsOf([start], -limit, limit), end: countsOf([end], -limit, limit) },
    wear: countsOf(sets, 0, Math.max(1, maximum)),
  };
}
