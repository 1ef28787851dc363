import { addProductError, type LayerConductances, Ledger, type TileLayer, weightErrors } from "../../circuits/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { addMoments, noMoments } from "../../src/ground/statistics/index.ts";
import type { LayerCalibration } from "./calibration.ts";
import { ChipHistograms } from "./chip-histograms.ts";
import type { ChipShare, ChipTask, RunWatch } from "./chip-task.ts";
import { imageBatch } from "./images.ts";
import { KeptArrays } from "./kept-arrays.ts";
import type { Network } from "./partition.ts";
import { ProgrammedChip } from "./programmed-chip.ts";
import { rankLabels, squaredDifference } from "./scores.ts";

/**
 * Programs one chip, moves it through the times, and reads the images at each. Everything random is addressed by seed, chip,
 * layer, tile, reading and batch, so shares of a chip can run anywhere.
 */
export async function runChip(task: ChipTask, network: Network, engine: Engine, watch: RunWatch): Promise<ChipShare> {
  const { placement, times } = task;
  const chip = new ProgrammedChip(task, network, engine);
  const { layers } = chip;
  const split = { mode: placement.readNoise, window: task.window };
  const images = task.endImage - task.firstImage;
  const ranks = times.map(() => task.compensation.map(() => new Uint32Array(images)));
  const squaredError = times.map(() => task.compensation.map((): number[] => []));
  const weightError = times.map(() => task.compensation.map(noMoments));
  const heldShare: (number | null)[] = [];
  const allFactors: number[][] = [];
  const inference = new Ledger();
  const compensation = new Ledger();
  const arrays = new KeptArrays();
  const counts = layers.map(() => ({ signal: 0, error: 0 }));
  const histograms = task.histograms && task.firstImage === 0 ? new ChipHistograms(layers) : null;

  const savesConductances = task.saves.conductances && task.firstImage === 0;
  const at: LayerConductances[][] = [];
  const kept = task.saves.outputs
    ? times.map(() => task.compensation.map(() => new Float32Array(images * network.classes)))
    : null;

  let reference: number[] | null = null;
  if (task.compensation.includes(true)) {
    chip.holdAt(chip.referenceTime, split);
    reference = layers.map((layer, index) => compensationRead(layer, task.calibration[index]!, compensation));
  }
  for (const [k, time] of times.entries()) {
    chip.holdAt(time, split);
    if (savesConductances) at.push(chip.conductances());
    heldShare.push(layers[0]!.heldShare(split));
    const factors = reference?.map((sum, index) => {
      const present = compensationRead(layers[index]!, task.calibration[index]!, null);
      return present > 0 ? sum / present : 1;
    });
    if (factors) allFactors.push(factors);
    if (task.firstImage === 0) {
      for (const [index, layer] of layers.entries()) {
        const errors = weightErrors(
          layer,
          task.compensation.map((compensated) => (compensated ? factors![index]! : 1)),
        );
        for (const [s, error] of errors.entries()) addMoments(weightError[k]![s]!, error);
      }
    }
    if (k === 0) histograms?.start();
    for (let first = task.firstImage; first < task.endImage; first += task.batchSize) {
      if (watch.signal.aborted) throw new InterruptedError("interrupted");
      const count = Math.min(task.batchSize, task.endImage - first);
      const batch = imageBatch(task.images, first, count, arrays.take("images", count * task.images.size));
      const event = first / task.batchSize;
      // Products that depend on the images alone are the same for every setting of compensation: read once.
      const readOnce = new Map<number, Float32Array>();
      for (const [s, compensated] of task.compensation.entries()) {
        const firstRun = k === 0 && s === 0;
        const scores = await network.run(batch, count, (index, inputs, vectors, call) => {
          const layer = layers[index]!;
          const fromImages = network.products[index]!.level === 0;
          let outputs = fromImages ? readOnce.get(index) : undefined;
          if (outputs === undefined) {
            const out = arrays.take(`products ${index} ${s}`, layer.groups * vectors * layer.columns);
            outputs = layer.multiply(inputs, vectors, "images", event, firstRun ? inference : null, out, call);
            if (fromImages && s + 1 < task.compensation.length) {
              // The network adds the bias to what it is given.
              const copy = arrays.take(`products ${index} once`, out.length);
              copy.set(outputs);
              readOnce.set(index, copy);
            }
            if (firstRun && event === 0) addProductError(layer, inputs, vectors, outputs, counts[index]!);
          }
          if (compensated) scale(outputs, factors![index]!);
          return outputs;
        });
        const done = first - task.firstImage;
        const labels = task.images.labels.subarray(first, first + count);
        rankLabels(scores, labels, ranks[k]![s]!.subarray(done, done + count));
        const wanted = task.floatScores.subarray(first * network.classes, (first + count) * network.classes);
        if (kept) kept[k]![s]!.set(scores, done * network.classes);
        squaredError[k]![s]!.push(squaredDifference(scores, wanted));
        histograms?.stop();
        await watch.progress(count);
      }
    }
  }
  return {
    chip: task.chip,
    firstImage: task.firstImage,
    images,
    ranks,
    squaredError,
    weightError,
    heldShare,
    programming: chip.programming,
    factors: allFactors,
    inference: inference.entries(),
    compensation: compensation.entries(),
    layers: counts.map((count, index) => ({ ...count, ...layers[index]!.clipping() })),
    histograms: histograms?.finish() ?? null,
    conductances: savesConductances ? { programmed: chip.programmed, at } : null,
    scores: kept,
  };
}

/** Sum of the magnitudes of a layer's products for its calibration vectors. */
function compensationRead(layer: TileLayer, calibration: LayerCalibration, ledger: Ledger | null): number {
  const outputs = layer.multiply(
    calibration.compensationInputs,
    calibration.compensationVectors,
    "compensation",
    0,
    ledger,
  );
  let sum = 0;
  for (const value of outputs) sum += Math.abs(value);
  return sum;
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
}
