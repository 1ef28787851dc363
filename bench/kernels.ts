/**
 * The hot kernels, timed on one thread: a 512 x 512 tile and batches of 128 vectors. Run after `npm run build`, with
 * `npm run bench` or, from dist/, `node dist/bench/kernels.js`.
 *
 * Every repetition runs all cases in turn, so that a machine's other load falls on all alike; what counts is the ratio to the
 * reference, a plain float32 product of the same size in the same run.
 */
import { fileURLToPath } from "node:url";
import { convertInputs, convertOutputs } from "../circuits/converters.ts";
import {
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedCodes,
  newPackedWeights,
  newProducts,
  packDifferences,
  packVariances,
} from "../crossbar/product.ts";
import { boundSkewness, resampleSkewed, type SkewnessCheck, sumColumns } from "../crossbar/read-noise-output.ts";
import { drift } from "../devices/drift.ts";
import { lawOf } from "../devices/phase-change/law.ts";
import { programCells } from "../devices/phase-change/programming.ts";
import { clampedMoments, splitReadNoise } from "../devices/read-noise.ts";
import { at, drawOf, fillNormal } from "../src/ground/draws/index.ts";
import { embedded } from "../src/ground/embedded/index.ts";
import { type Engine, openEngine } from "../src/ground/kernels/index.ts";
import { readKnownTree } from "../src/ground/known-tree.ts";

const size = 512;
const vectors = 128;
const cellCount = size * size;

export interface KernelTime {
  readonly name: string;
  /** What one of them is: "vector", "sample", "pair of cells". */
  readonly each: string;
  /** s for one of them. */
  readonly median: number;
  readonly best: number;
  /** Over the reference's, per repetition: a plain float32 product of one vector. */
  readonly medianRatio: number;
}

const law = lawOf(
  readKnownTree((embedded("devices/phase-change/joshi-2020") as { values: unknown }).values, "joshi-2020"),
);

/** Of 1/f read noise from 250 ns to an hour: the part slower than a window of 10 ms, and the rest. */
const heldScale = Math.sqrt(Math.log(3620 / 10e-3));
const freshScale = Math.sqrt(Math.log(10e-3 / 500e-9));
const levels = 127;

/** The cases by name: what each does once, and how many of what it does. */
function casesOn(
  engine: Engine,
): Record<string, { readonly run: () => void; readonly count: number; readonly each: string }> {
  const { memory } = engine;
  const root = drawOf(1);
  const floats = (length: number) => memory.float32(length);
  const normal = floats(cellCount);

  // Gaussian weights whose largest is at the top of the range, each a pair of cells.
  fillNormal(engine, at(root, "weights"), 0, normal);
  const polarities = [1, -1].map((sign) => {
    const target = floats(cellCount);
    for (let i = 0; i < cellCount; i++) target[i] = Math.min(25e-6, Math.max(0, (sign * normal[i]! * 25e-6) / 3));
    const programmed = floats(cellCount);
    const cells = { programmed, exponent: floats(cellCount), readNoiseAmplitude: floats(cellCount) };
    const programmedAt = memory.float64(cellCount).fill(0);
    const conductance = floats(cellCount);
    const [centre, deviation] = [floats(cellCount), floats(cellCount)];
    const moments = { mean: floats(cellCount), variance: floats(cellCount), thirdOverVariance: floats(cellCount) };
    const place = at(root, sign);
    return {
      program: () => programCells(engine, law, target, cells, at(place, "g"), at(place, "nu"), 0),
      drift: () => drift(engine, { ...cells, programmedAt }, 3620, 20, conductance),
      hold: () => {
        const amplitude = cells.readNoiseAmplitude;
        splitReadNoise(engine, conductance, amplitude, heldScale, freshScale, at(place, "held"), 0, centre, deviation);
      },
      clamp: () => clampedMoments(engine, centre, deviation, moments.mean, moments.variance, moments.thirdOverVariance),
      fresh: { centre, deviation, ...moments },
    };
  });
  const [positive, negative] = polarities as [(typeof polarities)[0], (typeof polarities)[0]];
  for (const { program, drift, hold, clamp } of polarities) for (const step of [program, drift, hold, clamp]) step();

  const weights = newPackedWeights(memory, size, size);
  const variances = newPackedWeights(memory, size, size);
  const pack = () => {
    packDifferences(engine, positive.fresh.mean, negative.fresh.mean, size, size, weights);
    packVariances(engine, positive.fresh.variance, negative.fresh.variance, size, size, variances);
  };
  pack();
  const x = floats(vectors * size);
  fillNormal(engine, at(root, "inputs"), 0, x);
  for (let n = 0; n < x.length; n++) x[n] = Math.max(-1, Math.min(1, x[n]! / 3));
  const codes = newPackedCodes(memory, vectors, size);
  const activity = { absolute: new Float64Array(size), squared: new Float64Array(size) };
  const products = newProducts(memory, vectors, weights);
  const squares = newProducts(memory, vectors, variances);
  const sums = floats(vectors * size);
  const scale = floats(size).fill(1);
  const digital = { values: floats(vectors * size).fill(0), stride: size, offset: 0 };
  const check: SkewnessCheck = {
    ratio: floats(size),
    third: floats(size),
    thirdNorm: floats(size),
    largest: codes.largest,
    cubeNorm: codes.cubeNorm,
    limit: 0.1,
    flagged: memory.int32(vectors * size),
  };
  boundSkewness(engine, positive.fresh, negative.fresh, size, size, check.ratio, check.third, check.thirdNorm);
  const floatProducts = newFloatProducts(memory, vectors, size);
  const noise = at(root, "fresh");
  let event = 0;

  const convert = () => convertInputs(engine, x, vectors, size, 1, levels, "signed", codes, activity);
  const output = () => convertOutputs(engine, sums, size, vectors, 200e-6, levels, true, scale, digital);
  convert();
  return {
    "plain float32 product (reference)": {
      run: () => multiplyFloats(engine, x, positive.fresh.mean, vectors, size, size, floatProducts),
      count: vectors,
      each: "vector",
    },
    "integer product alone": {
      run: () => multiplyCodes(engine, codes, weights, products),
      count: vectors,
      each: "vector",
    },
    "noisy multiply, constant deviation": {
      run: () => {
        convert();
        multiplyCodes(engine, codes, weights, products);
        sumColumns(engine, products, 1e-12, 1 / levels, noise, event++, sums);
        output();
      },
      count: vectors,
      each: "vector",
    },
    "noisy multiply, pcm's exact law": {
      run: () => {
        convert();
        multiplyCodes(engine, codes, weights, products);
        multiplySquares(engine, codes, variances, squares);
        const flagged = sumColumns(engine, products, squares, 1 / levels, noise, event, sums, check);
        resampleSkewed(
          engine,
          check,
          flagged,
          codes,
          1 / levels,
          positive.fresh,
          negative.fresh,
          size,
          size,
          size,
          noise,
          event++,
          sums,
        );
        output();
      },
      count: vectors,
      each: "vector",
    },
    "standard normal samples": {
      run: () => fillNormal(engine, noise, event++, normal),
      count: cellCount,
      each: "sample",
    },
    "programming and drift": {
      run: () => {
        for (const { program, drift } of polarities) {
          program();
          drift();
        }
      },
      count: cellCount,
      each: "pair of cells",
    },
    "held noise, clamped moments and packing": {
      run: () => {
        for (const { hold, clamp } of polarities) {
          hold();
          clamp();
        }
        pack();
      },
      count: cellCount,
      each: "pair of cells",
    },
  };
}

/** Times every case; the first is the reference. @param repetitions interleaved, after the engine has compiled everything well */
export async function timeKernels(repetitions = 60): Promise<KernelTime[]> {
  const cases = Object.entries(casesOn(await openEngine(1 << 26)));
  const seconds = cases.map(() => [] as number[]);
  const repeat = (times: number, keep: boolean) => {
    for (let r = 0; r < times; r++) {
      cases.forEach(([, { run, count }], index) => {
        // Once untimed: the peers are timed case by case too, with what a case works on in the caches.
        run();
        const start = performance.now();
        run();
        if (keep) seconds[index]!.push((performance.now() - start) / 1000 / count);
      });
    }
  };
  // The engine compiles hot code in the background: run, wait, run again.
  for (let round = 0; round < 4; round++) {
    repeat(15, false);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  repeat(repetitions, true);
  const reference = seconds[0]!;
  return cases.map(([name, { each }], index) => ({
    name,
    each,
    median: middle(seconds[index]!),
    best: Math.min(...seconds[index]!),
    medianRatio: middle(seconds[index]!.map((value, r) => value / reference[r]!)),
  }));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** One line a case: time each, best and median, and the ratio to the reference. */
export function tableOf(times: readonly KernelTime[]): string {
  const quantity = (seconds: number) =>
    seconds < 1e-7 ? `${(seconds * 1e9).toFixed(2)} ns` : `${(seconds * 1e6).toFixed(2)} us`;
  const lines = times.map(({ name, each, median, best, medianRatio }) =>
    [
      name.padEnd(42),
      quantity(best).padStart(10),
      quantity(median).padStart(10),
      medianRatio.toPrecision(3).padStart(10),
      `  a ${each}`,
    ].join(""),
  );
  return [
    ["512 x 512, batch 128, one thread".padEnd(42), "best", "median", "ratio"]
      .map((word, i) => (i ? word.padStart(10) : word))
      .join(""),
    ...lines,
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(tableOf(await timeKernels()));
