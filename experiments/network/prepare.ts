import { type Chip, type Costs, costsOf, type TileLayer } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { calibrate, type LayerCalibration } from "./calibration.ts";
import { checkImages } from "./check-images.ts";
import { checkBatches, workloadOf } from "./gpus.ts";
import { type ImageData, imageBatch, imageCount } from "./images.ts";
import { type ConductanceFile, type LoadedConductances, readConductances } from "./loaded-conductances.ts";
import type { Network } from "./partition.ts";
import { layersOf, type Placement, placementOf, withoutDrift } from "./placement.ts";
import { type Profile, profileNetwork } from "./profile.ts";
import { type QuantizedRanges, quantizedRanges, rangeWarnings } from "./quantized-ranges.ts";
import type { EvaluateRequest } from "./request.ts";
import type { StepSupplies } from "./steps.ts";
import { networkOnThread, type TaskTools } from "./tasks.ts";

/** What an evaluation is given by the surface. */
export interface EvaluateSupplies extends StepSupplies, Pick<TaskTools, "ort" | "openEngine" | "keep"> {
  readonly chip: Chip;
  readonly test: ImageData;
  readonly calibration: ImageData;
  /** Conductances in place of what programming leaves. */
  readonly conductances?: ConductanceFile;
  /** Told before the chips run what the arrays that are kept will take; may refuse it. */
  readonly room?: (bytes: { readonly conductances: number; readonly outputs: number }) => void;
}

/** What is known before the first chip is programmed. */
export interface Prepared {
  readonly network: Network;
  readonly profile: Profile;
  readonly batchSize: number;
  /** They hold no chip: they are asked for targets, ranges, counts and times. */
  readonly layers: readonly TileLayer[];
  readonly placement: Placement;
  readonly calibration: readonly LayerCalibration[];
  readonly loaded: LoadedConductances | null;
  /** Numbers of the chips to run. */
  readonly numbers: readonly number[];
  /** s since the first reading, ascending. */
  readonly times: readonly number[];
  readonly compensation: readonly boolean[];
  /** s that slow noise is held for. */
  readonly window: number;
  readonly warnings: readonly string[];
}

/** Reads, checks and places a network, and calibrates its converters. */
export async function prepare(request: EvaluateRequest, supplies: EvaluateSupplies): Promise<Prepared> {
  const { chip, test, source } = supplies;
  const { network, engine } = await networkOnThread(source, supplies);
  checkImages(request.data, network, test);
  checkImages(request.data, network, supplies.calibration);
  const asked = placementOf(chip, request.without, request.fidelity, request.readNoise);
  const profile = await profileNetwork(network, imageBatch(test, 0, 1));
  checkBatches(request, workloadOf(network, profile));
  const results = network.products.map(({ groups, columns }, index) => groups * columns * profile.products[index]!);
  const batchSize = batchSizeOf(4 * results.reduce((sum, numbers) => sum + numbers, 0));

  // These layers give their memory back.
  const mark = engine.memory.mark();
  const layers = layersOf(asked, network.products, engine, at(drawOf(request.seed), "calibration"));
  const read = supplies.conductances ? readConductances(supplies.conductances, network, layers) : null;
  const loaded = read?.loaded ?? null;
  const rules = {
    input: layers[0]!.spec.inputRule === "quantized",
    output: layers[0]!.spec.outputRule === "quantized",
  };
  const quantized = rules.input || rules.output ? await quantizedRanges(network) : null;
  const calibration = await calibrateLayers(chip, network, layers, supplies, batchSize, quantized);
  engine.memory.release(mark);
  const latency = latencyOfOne(layers, profile, costsOf(chip.costs, chip));
  return {
    network,
    profile,
    batchSize,
    layers,
    // Arrays that have times of their own have drifted already.
    placement: loaded?.kind === "at" ? withoutDrift(asked) : asked,
    calibration,
    loaded,
    numbers: loaded?.chips ?? Array.from({ length: request.chips }, (_, number) => number),
    times: read?.times ?? [...new Set(request.times)].sort((a, b) => a - b),
    compensation: { none: [false], global: [true], both: [false, true] }[request.compensation],
    window: request.readWindow ?? imageCount(test) * latency,
    warnings: [
      ...network.warnings,
      ...profile.warnings,
      ...(quantized ? rangeWarnings(network.products, quantized, rules) : []),
      ...(read?.warnings ?? []),
    ],
  };
}

/**
 * The largest batch whose products all together stay under 32 MB, since a batch keeps them: the same for any number of threads,
 * since it names noise.
 */
function batchSizeOf(imageBytes: number): number {
  return Math.max(1, Math.min(256, 2 ** Math.floor(Math.log2(2 ** 25 / Math.max(1, imageBytes)))));
}

/** s of one inference: layers and digital operators one after another. */
function latencyOfOne(layers: readonly TileLayer[], { products, digital }: Profile, costs: Costs): number {
  const operations = digital.reduce((sum, work) => sum + work.operations + work.macs, 0);
  return layers.reduce((sum, layer, index) => {
    const { integration, conversion } = layer.timing();
    return sum + products[index]! * (integration + conversion);
  }, operations * costs.digitalOperationTime);
}

async function calibrateLayers(
  chip: Chip,
  network: Network,
  layers: readonly TileLayer[],
  { calibration, stage }: EvaluateSupplies,
  batchSize: number,
  quantized: readonly QuantizedRanges[] | null,
): Promise<LayerCalibration[]> {
  const { images, compensationVectors } = chip.calibration;
  const count = Math.min(images.value, imageCount(calibration));
  const watch = stage("calibrating converters", count);
  const calibrated = await calibrate(
    network,
    layers,
    imageBatch(calibration, 0, count),
    count,
    compensationVectors.value,
    batchSize,
    quantized,
  );
  watch.progress(count);
  return calibrated;
}
