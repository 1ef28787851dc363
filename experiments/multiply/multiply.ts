import {
  account,
  type Chip,
  conductancesOf,
  costsOf,
  energyOf,
  type LayerConductances,
  Ledger,
  latencyOf,
  outputRanges,
  programLayers,
  TileLayer,
  targetsOf,
} from "../../circuits/index.ts";
import type { ProgrammingWork } from "../../devices/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError, inputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { engineBytes, layerOptions, placementOf, type WriteVerifySummary, writeVerifyOf } from "../network/index.ts";
import type { MultiplyRequest } from "./request.ts";

/** A matrix as files give it, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** What `multiply` writes, below the common head. */
export interface Multiplication {
  /** x W in float64, [vector][output]. */
  readonly ideal: number[][];
  readonly results: readonly { readonly chip: number; readonly time: number; readonly outputs: number[][][] }[];
  /** Of (outputs - ideal): root mean square over that of the ideal ones, by time; the best scalar taken out first. */
  readonly relativeError: readonly {
    readonly time: number;
    readonly plain: number | null;
    readonly bestScalar: number | null;
  }[];
  readonly scale: { readonly weightPerSiemens: number[][] };
  /** S, without read noise. */
  readonly conductances?: readonly {
    readonly chip: number;
    readonly time: number;
    readonly positive: number[][];
    readonly negative: number[][];
  }[];
  /** S. */
  readonly target?: { readonly positive: number[][]; readonly negative: number[][] };
  readonly energy: {
    readonly perVector: number;
    readonly byComponent: Readonly<Record<string, number>>;
    /** What programming took where cells were pulsed and verified, means over chips. */
    readonly writeVerify: WriteVerifySummary | null;
  };
  readonly latency: { readonly perVector: number; readonly byComponent: Readonly<Record<string, number>> };
  /** Shares; full scales in the unit of the inputs and in S. */
  readonly clipping: { readonly weights: number; readonly inputs: number; readonly outputs: number };
  readonly ranges: { readonly inputRange: number; readonly outputRanges: readonly number[] };
  readonly readNoise: {
    readonly mode: string;
    readonly window: number;
    readonly heldShare: readonly { readonly time: number; readonly share: number | null }[];
  };
  readonly devices: number;
  readonly tiles: number;
}

export interface MultiplyWatch {
  /** Awaited after every batch, so that the thread can hear its user. */
  progress(vectors: number): void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Vectors between two looks at the watch; part of the noise's address. */
const batchVectors = 128;

/** Kernel memory that a multiplication of such weights takes, bytes. */
export function multiplyBytes({ rows, columns }: Matrix): number {
  return engineBytes([{ groups: 1, rows, columns }]);
}

/**
 * Drives one logical array: y = x W on as many tiles as it needs, on each chip at each time.
 *
 * @param weights  rows are inputs (word lines), columns outputs
 * @param inputs  rows are vectors
 */
export async function multiply(
  request: MultiplyRequest,
  chip: Chip,
  weights: Matrix,
  inputs: Matrix,
  engine: Engine,
  watch: MultiplyWatch,
): Promise<{ readonly multiplication: Multiplication; readonly interrupted: boolean }> {
  if (inputs.columns !== weights.rows) {
    throw inputError({
      file: request.inputs,
      found: `vectors of ${inputs.columns} values`,
      expected: `${weights.rows}, the number of rows of ${request.weights}${inputs.columns === weights.columns ? " (--transpose exchanges them with its columns)" : ""}`,
    });
  }
  const placement = placementOf(chip, request.without, request.fidelity, request.readNoise);
  const options = layerOptions(placement, request.weightRange);
  const product = { name: "array", groups: 1, rows: weights.rows, columns: weights.columns, weights: [weights.values] };
  const newLayer = (number: number): TileLayer =>
    new TileLayer(engine, product, options, at(drawOf(request.seed), "chip", number, "layer", 0));
  if (options.spec.outputRule === "quantized" && request.outputRange === null) {
    const found = "quantized, without a network that says it";
    throw inputError({ file: "outputConverter.range", found, expected: "least-squares or largest, or --output-range" });
  }
  const times = [...request.times].sort((a, b) => a - b);
  const vectors = inputs.rows;
  const ideal = exactProduct(inputs, weights);

  const results: { chip: number; time: number; outputs: number[][][] }[] = [];
  const conductances: { chip: number; time: number; positive: number[][]; negative: number[][] }[] = [];
  const heldShare: { time: number; share: number | null }[] = [];
  const ledger = new Ledger();
  const programmed: (ProgrammingWork | null)[] = [];
  let described: Pick<Multiplication, "scale" | "target" | "ranges" | "devices" | "tiles"> | undefined;
  let window = 0;
  let clipping = { weights: 0, inputs: 0, outputs: 0 };
  const mark = engine.memory.mark();
  let interrupted = false;
  for (let number = 0; number < request.chips && !interrupted; number++) {
    const layer = newLayer(number);
    const inputRange = request.inputRange ?? 1;
    const largestPerSiemens = Math.max(...layer.weightPerSiemens.flat(2));
    const fullScales =
      request.outputRange === null
        ? outputRanges(layer, inputs.values, vectors, inputRange)
        : Array.from({ length: layer.tiles }, () => request.outputRange! / (inputRange * largestPerSiemens));
    layer.setRanges({ inputRange, outputRanges: fullScales });
    const { integration, conversion } = layer.timing();
    window = request.readWindow ?? vectors * request.repeats * (integration + conversion);
    const split = { mode: request.readNoise, window };
    programmed.push(programLayers([layer]));
    layer.elapse(placement.firstReading);
    const of = (values: Float32Array): number[][] => rowsOf(values, weights.columns);
    described ??= {
      scale: { weightPerSiemens: layer.weightPerSiemens[0]! },
      ranges: { inputRange, outputRanges: fullScales },
      devices: layer.devices,
      tiles: layer.tiles,
      ...(request.conductances ? { target: polarities(targetsOf(layer), of) } : {}),
    };
    let now = 0;
    for (const time of times) {
      layer.elapse(time - now);
      now = time;
      layer.hold(split, time);
      if (number === 0) heldShare.push({ time, share: layer.heldShare(split) });
      if (request.conductances) {
        conductances.push({ chip: number, time, ...polarities(conductancesOf(layer), of) });
      }
      const counted = time === times[0] ? new Ledger() : null;
      const outputs = await readAll(layer, inputs, request.repeats, weights.columns, counted, watch);
      if (outputs === null) {
        interrupted = true;
        break;
      }
      if (counted) ledger.merge(counted.entries());
      results.push({ chip: number, time, outputs });
    }
    const counts = layer.clipping();
    const share = ({ clipped, count }: { clipped: number; count: number }): number => (count > 0 ? clipped / count : 0);
    clipping = {
      weights: layer.weightsHeld / (weights.rows * weights.columns),
      inputs: clipping.inputs + share(counts.inputs) / request.chips,
      outputs: clipping.outputs + share(counts.outputs) / request.chips,
    };
    engine.memory.release(mark);
  }
  if (results.length === 0) throw new InterruptedError("interrupted before the first reading was finished");
  const perVector = ledger.scaled(1 / (vectors * request.repeats * new Set(results.map(({ chip: of }) => of)).size));
  const costs = costsOf(chip.costs, chip);
  const lines = account(perVector.entries(), costs, described!.tiles);
  const energy = energyOf(lines);
  const latency = latencyOf(lines);
  const { target, ...rest } = described!;
  const multiplication: Multiplication = {
    ideal,
    results,
    relativeError: times.map((time) => ({
      time,
      ...errorsOf(
        ideal,
        results.filter((result) => result.time === time),
      ),
    })),
    ...rest,
    ...(request.conductances ? { conductances, target: target! } : {}),
    energy: { perVector: energy.total, byComponent: energy.byComponent, writeVerify: writeVerifyOf(programmed, costs) },
    latency: { perVector: latency.total, byComponent: latency.byComponent },
    clipping,
    readNoise: { mode: request.readNoise, window, heldShare },
  };
  return { multiplication, interrupted };
}

/** [repeat][vector][output]; null where the user stopped it half-way. */
async function readAll(
  layer: TileLayer,
  inputs: Matrix,
  repeats: number,
  columns: number,
  ledger: Ledger | null,
  watch: MultiplyWatch,
): Promise<number[][][] | null> {
  const outputs: number[][][] = Array.from({ length: repeats }, () => []);
  const all = inputs.rows * repeats;
  for (let first = 0, batch = 0; first < all; first += batchVectors, batch++) {
    if (watch.signal.aborted) return null;
    const count = Math.min(batchVectors, all - first);
    const x = new Float32Array(count * inputs.columns);
    for (let n = 0; n < count; n++) {
      const vector = (first + n) % inputs.rows;
      x.set(inputs.values.subarray(vector * inputs.columns, (vector + 1) * inputs.columns), n * inputs.columns);
    }
    const y = layer.multiply(x, count, "images", batch, ledger);
    for (let n = 0; n < count; n++) {
      outputs[Math.floor((first + n) / inputs.rows)]!.push(Array.from(y.subarray(n * columns, (n + 1) * columns)));
    }
    await watch.progress(count);
  }
  return outputs;
}

function exactProduct(inputs: Matrix, weights: Matrix): number[][] {
  return Array.from({ length: inputs.rows }, (_, v) => {
    const sums = new Float64Array(weights.columns);
    for (let i = 0; i < weights.rows; i++) {
      const x = inputs.values[v * weights.rows + i]!;
      if (x === 0) continue;
      for (let j = 0; j < weights.columns; j++) sums[j]! += x * weights.values[i * weights.columns + j]!;
    }
    return [...sums];
  });
}

function errorsOf(
  ideal: number[][],
  results: readonly { outputs: number[][][] }[],
): { plain: number | null; bestScalar: number | null } {
  let [cross, square, wanted, count] = [0, 0, 0, 0];
  for (const { outputs } of results) {
    for (const repeat of outputs) {
      for (const [v, vector] of repeat.entries()) {
        for (const [j, value] of vector.entries()) {
          const exact = ideal[v]![j]!;
          cross += value * exact;
          square += value * value;
          wanted += exact * exact;
          count++;
        }
      }
    }
  }
  if (count === 0 || wanted === 0) return { plain: null, bestScalar: null };
  const plain = Math.sqrt(Math.max(0, square - 2 * cross + wanted) / wanted);
  return { plain, bestScalar: square > 0 ? Math.sqrt(Math.max(0, 1 - cross ** 2 / (square * wanted))) : null };
}

function polarities<T>({ positive, negative }: LayerConductances, of: (values: Float32Array) => T) {
  return { positive: of(positive), negative: of(negative) };
}

function rowsOf(values: Float32Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );
}
