import {
  account,
  assumptionsOf,
  type Chip,
  type Costs,
  costsOf,
  energyOf,
  Ledger,
  latencyOf,
  programmingEnergy,
  type TileLayer,
} from "../../circuits/index.ts";
import { numberAt } from "../../devices/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { addMoments, meanAndDeviation, noMoments, summary } from "../../src/ground/statistics/index.ts";
import { chipBoundary, gpuAnchors, gpuNamed } from "../gpu-comparison/index.ts";
import { accuracySpread, errorSpread, standardError, topSpread } from "./accuracy.ts";
import { byChip, signalToNoise } from "./chip-figures.ts";
import type { ChipShare } from "./chip-task.ts";
import type { Assumption, Evaluation, LayerSummary, TimeResult } from "./evaluation.ts";
import { compareAll, workloadOf } from "./gpus.ts";
import type { Measured } from "./measured.ts";
import type { Profile } from "./profile.ts";
import type { EvaluateRequest } from "./request.ts";
import { writeVerifyOf } from "./write-verify-summary.ts";

/** Name under which a ledger keeps what no layer does. */
const digitalPlace = "digital";

/** Figures of an evaluation from what its chips measured. */
export function summarise(request: EvaluateRequest, chip: Chip, measured: Measured): Omit<Evaluation, "runtime"> {
  const { network, layers, check, images, times, compensation, shares, profile } = measured;
  const chips = [...new Set(shares.map((share) => share.chip))];
  const costs = costsOf(chip.costs, chip);
  const tiles = layers.reduce((sum, layer) => sum + layer.tiles, 0);
  const devices = layers.reduce((sum, layer) => sum + layer.devices, 0);

  const lines = account(inferenceLedger(request, measured, chips.length, costs).entries(), costs, tiles);
  const energy = energyOf(lines);
  const latency = latencyOf(lines);
  const writeVerify = writeVerifyOf(
    shares.filter(({ firstImage }) => firstImage === 0).map((share) => share.programming),
    costs,
  );
  const programming = writeVerify
    ? writeVerify.pulseEnergy + writeVerify.readEnergy + writeVerify.conversionEnergy
    : programmingEnergy(devices, costs);
  const boundary = chipBoundary(costs, compensation.includes(true));
  const anchors = gpuAnchors();
  const chipEnergy = energy.total + programming / request.inferences;

  return {
    network: {
      file: network.file,
      checksum: network.checksum,
      layers: layers.map((layer, index) => layerSummary(layer, index, measured)),
      parameters: network.parameters,
      digitalOperators: network.digitalOperators,
      macs: profile.macs,
    },
    images,
    floatAccuracy: floatShare(measured, 1),
    floatAccuracyError: standardError([...check.ranks].map((rank) => (rank === 0 ? 1 : 0))),
    floatTopAccuracy: topsOf(request, network.classes).map((k) => ({ k, share: floatShare(measured, k) })),
    selfCheck: { sameClass: check.sameClass, images, maximumLogitDifference: check.maximumLogitDifference },
    results: times.flatMap((time, k) =>
      compensation.map((compensated, s) => timeResult(request, chip, measured, { time, k, compensated, s })),
    ),
    ...measured.causes,
    histograms: (shares.find(({ histograms }) => histograms)?.histograms ?? []).map((found, index) => ({
      layer: layers[index]!.name,
      ...found,
    })),
    energy: {
      perInference: energy.total,
      byComponent: energy.byComponent,
      byLayer: energy.byPlace,
      programming,
      writeVerify,
      inferences: request.inferences,
      boundary,
    },
    latency: { perInference: latency.total, byComponent: latency.byComponent, byLayer: latency.byPlace },
    devices,
    tiles,
    gpus: compareAll(request, anchors, workloadOf(network, profile), chipEnergy, costs),
    gpuModel: anchors.error,
    readNoise: {
      mode: request.readNoise,
      window: measured.window,
      heldShare: times.map((time, k) => ({ time, share: shares[0]!.heldShare[k] ?? null })),
    },
    assumptions: assumptionsFor(request, chip, writeVerify !== null),
    clipping: layers.map((layer, index) => ({
      layer: layer.name,
      inputs: shareOf(shares, index, "inputs"),
      outputs: shareOf(shares, index, "outputs"),
    })),
    finishedChips: chips.length,
  };
}

/**
 * One inference, mean over images and chips at the first time: what the tiles did, the network's digital operators, and
 * calibration reads for compensation, one round spread over the stated number of inferences.
 */
function inferenceLedger(
  { inferences }: EvaluateRequest,
  { shares, profile }: Measured,
  chips: number,
  costs: Costs,
): Ledger {
  const whole = new Ledger();
  for (const share of shares) whole.merge(share.inference);
  const images = shares.reduce((sum, share) => sum + share.images, 0);
  const perInference = whole.scaled(1 / images);
  const calibration = new Ledger();
  for (const share of shares) if (share.firstImage === 0) calibration.merge(share.compensation);
  perInference.merge(calibration.scaled(1 / (chips * inferences)).entries());
  addDigitalWork(perInference, profile, costs);
  return perInference;
}

/**
 * Operators that stayed digital, of one inference; they take the digital part's lanes one after another. Their elements are
 * held in the digital part's own number format, not in the network file's float32.
 */
function addDigitalWork(ledger: Ledger, { digital }: Profile, { digitalOperationTime, digitalBytes }: Costs): void {
  for (const { operations, macs, bytes } of digital) {
    const place = digitalPlace;
    ledger.add({
      operation: "digitalOperation",
      place,
      count: operations,
      duration: operations * digitalOperationTime,
    });
    ledger.add({ operation: "digitalMac", place, count: macs, duration: macs * digitalOperationTime });
    const half = (bytes * digitalBytes) / 4 / 2;
    ledger.add({ operation: "bufferRead", place, count: half });
    ledger.add({ operation: "bufferWrite", place, count: half });
  }
}

/** Classes fewer than the network's: the share of images is 1 where k is all of them. */
function topsOf({ top }: EvaluateRequest, classes: number): number[] {
  return top.filter((k) => k < classes);
}

function floatShare({ check: { ranks }, images }: Measured, k: number): number {
  return ranks.reduce((sum, rank) => sum + (rank < k ? 1 : 0), 0) / images;
}

function timeResult(
  request: EvaluateRequest,
  chip: Chip,
  { network, layers, shares, images }: Measured,
  { time, k, compensated, s }: { time: number; k: number; compensated: boolean; s: number },
): TimeResult {
  const chips = byChip(shares);
  const error = noMoments();
  for (const share of shares) if (share.firstImage === 0) addMoments(error, share.weightError[k]![s]!);
  const sinceProgramming = time + numberAt(chip.device.values, "firstReading");
  return {
    time,
    sinceProgramming,
    compensated,
    accuracy: accuracySpread(chips, k, s),
    topAccuracy: topsOf(request, network.classes).map((top) => ({ k: top, ...topSpread(chips, k, s, top) })),
    meanSquaredError: errorSpread(chips, k, s, images * network.classes),
    weightError: meanAndDeviation(error),
    factors: compensated ? layers.map(({ name }, index) => ({ layer: name, ...factorOf(shares, k, index) })) : null,
    beyondSource: sinceProgramming > numberAt(chip.device.covers, "timeTo") * (1 + 1e-9),
  };
}

function factorOf(
  shares: readonly ChipShare[],
  k: number,
  layer: number,
): { mean: number; standardDeviation: number | null } {
  const factors = shares.filter(({ firstImage }) => firstImage === 0).map((share) => share.factors[k]![layer]!);
  const { mean, standardDeviation } = summary(factors);
  return { mean, standardDeviation };
}

function layerSummary(layer: TileLayer, index: number, { network, shares, calibration }: Measured): LayerSummary {
  const { signal, error, decibels } = signalToNoise(shares, index);
  const { inputRange, outputRanges } = calibration[index]!.ranges;
  return {
    name: layer.name,
    operator: network.products[index]!.operator,
    rows: layer.rows,
    columns: layer.columns,
    groups: layer.groups,
    tiles: layer.tiles,
    signalToNoise: decibels,
    relativeError: signal > 0 ? Math.sqrt(error / signal) : null,
    clipped: shareOf(shares, index, "outputs"),
    inputRange,
    outputRanges,
  };
}

function shareOf(shares: readonly ChipShare[], layer: number, side: "inputs" | "outputs"): number {
  let [clipped, count] = [0, 0];
  for (const share of shares) {
    clipped += share.layers[layer]![side].clipped;
    count += share.layers[layer]![side].count;
  }
  return count > 0 ? clipped / count : 0;
}

/** Every assumed value of the chip, its device and its costs, and of the processors it is compared with. */
function assumptionsFor({ gpus, inferences }: EvaluateRequest, chip: Chip, pulsed: boolean): Assumption[] {
  const { tile, read, inputConverter, outputConverter, calibration } = chip;
  const own: KnownTree = { tile, read, inputConverter, outputConverter, calibration };
  // Where the device's own law says what pulses cost, the table's are not used.
  const { programming: _programming, ...otherCosts } = chip.costs;
  const programmingShare = {
    name: "inferences",
    value: inferences,
    unit: "1",
    howKnown: "assumed" as const,
    source: "programming and one round of compensation reads are spread over so many inferences",
  };
  return [
    ...assumptionsOf(own, ""),
    ...assumptionsOf(chip.device.values, "device"),
    ...assumptionsOf(pulsed ? otherCosts : chip.costs, "costs"),
    ...gpus.flatMap((name) => assumptionsOf(gpuNamed(name).values, `gpus.${name}`)),
    programmingShare,
  ];
}
