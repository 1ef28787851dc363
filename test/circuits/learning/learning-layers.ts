import { LearningLayer, type LearningLayerOptions } from "../../../circuits/index.ts";
import { tileSpec } from "../../../circuits/tile-spec.ts";
import { updateRule } from "../../../crossbar/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { chipWith } from "../layers.ts";

export const nothing = { programmingNoise: false, drift: false, readNoise: false, polarity: false };
const converters = ["inputConverter", "outputConverter", "clipping"] as const;

export interface LearningAsked extends Partial<LearningLayerOptions> {
  readonly model?: string;
  readonly set?: string;
  readonly devices?: number;
  readonly settings?: readonly string[];
  /** No noise, no spread, no converters. */
  readonly exact?: boolean;
  readonly seed?: number;
}

/** A layer that learns, on tiles of 5 x 4 weights unless told otherwise: soft bounds, stochastic trains, everything on. */
export async function learningLayer(
  rows: number,
  columns: number,
  weights: Float32Array,
  asked: LearningAsked = {},
): Promise<LearningLayer> {
  const { model = "pulse-response", set = "soft-bounds", devices = 1, settings = [], exact = false, seed = 1 } = asked;
  const chip = chipWith("pcm", "tile.rows=5", "tile.columns=4", ...settings);
  const options: LearningLayerOptions = {
    chip: `${model}/${set}`,
    spec: tileSpec(chip, new Set(exact ? converters : [])),
    device: deviceModel(model).prepare(shippedSet(model, set)),
    switches: exact ? nothing : everything,
    fidelity: "statistical",
    split: { mode: "process", window: 1e-3 },
    weightRange: 1,
    arrangement: null,
    arbitration: { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 },
    rule: (setting) => updateRule("stochastic", setting),
    period: 0,
    ledger: null,
    ...asked,
  };
  const engine = await openEngine(2 ** 26);
  return new LearningLayer(engine, "layer", rows, columns, weights, options, at(drawOf(seed), "chip"));
}
