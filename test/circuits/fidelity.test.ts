import { describe, expect, it } from "vitest";
import type { Fidelity } from "../../circuits/index.ts";
import type { NoiseSplit } from "../../devices/index.ts";
import { chipWith, layerOf, normals } from "./layers.ts";

const chips = {
  pcm: chipWith("pcm", "outputConverter.bits=Infinity"),
  "pcm-hermes in 4 phases": chipWith("pcm-hermes", "outputConverter.bits=Infinity"),
  "pcm-hermes in 1 phase": chipWith("pcm-hermes", "outputConverter.bits=Infinity", "read.phases=1"),
  "pcm-hermes, both bit lines converted": chipWith(
    "pcm-hermes",
    "outputConverter.bits=Infinity",
    "read.phases=2",
    "read.subtraction=after-converter",
  ),
};
type ChipName = keyof typeof chips;
const window = 1e-3;

interface Sample {
  /** [reading][vector][column] flattened; a reading has held draws of its own. */
  readonly values: Float64Array;
  readonly readings: number;
}

/**
 * Many readings of one tile, each multiplying the same vectors. Before each it is programmed again, to the same conductances: what a reading
 * holds is the noise of its moment since programming.
 *
 * @param start  s, so that two samples have no moment in common
 */
async function sample(
  chip: ChipName,
  fidelity: Fidelity,
  mode: NoiseSplit["mode"],
  weights: Float32Array,
  rows: number,
  columns: number,
  x: Float32Array,
  readings: number,
  start: number,
): Promise<Sample> {
  const vectors = x.length / rows;
  const layer = await layerOf({ chip: chips[chip], rows, columns, weights: [weights], fidelity, inputRange: 3 });
  const values = new Float64Array(readings * vectors * columns);
  layer.elapse(start);
  for (let r = 0; r < readings; r++) {
    layer.program(0);
    layer.elapse(layer.options.device.firstReading);
    layer.hold({ mode, window }, start + r);
    values.set(layer.multiply(x, vectors, "images", 0, null), r * vectors * columns);
  }
  return { values, readings };
}

/** Mean, variance, third central moment and covariance of two outputs over readings. */
function moments({ values, readings }: Sample, width: number, a: number, b: number) {
  let [meanA, meanB] = [0, 0];
  for (let r = 0; r < readings; r++) {
    meanA += values[r * width + a]! / readings;
    meanB += values[r * width + b]! / readings;
  }
  let [variance, third, covariance, fourth] = [0, 0, 0, 0];
  for (let r = 0; r < readings; r++) {
    const [da, db] = [values[r * width + a]! - meanA, values[r * width + b]! - meanB];
    variance += (da * da) / readings;
    third += da ** 3 / readings;
    fourth += da ** 4 / readings;
    covariance += (da * db) / readings;
  }
  return { mean: meanA, variance, third, covariance, fourth };
}

/** Largest difference of two samples in standard errors, over all outputs: means, variances, covariances of the same column of two vectors. */
function worst(
  one: Sample,
  other: Sample,
  vectors: number,
  columns: number,
): { mean: number; variance: number; covariance: number } {
  const width = vectors * columns;
  const result = { mean: 0, variance: 0, covariance: 0 };
  for (let v = 0; v < vectors; v++) {
    for (let j = 0; j < columns; j++) {
      const [a, b] = [v * columns + j, ((v + 1) % vectors) * columns + j];
      const [p, q] = [moments(one, width, a, b), moments(other, width, a, b)];
      const [r] = [moments(one, width, b, a)];
      const n = one.readings;
      result.mean = Math.max(result.mean, Math.abs(p.mean - q.mean) / Math.sqrt((p.variance + q.variance) / n));
      const errorOfVariance = Math.sqrt((p.fourth - p.variance ** 2 + q.fourth - q.variance ** 2) / n);
      result.variance = Math.max(result.variance, Math.abs(p.variance - q.variance) / errorOfVariance);
      const errorOfCovariance = Math.sqrt((2 * (p.variance * r.variance + p.covariance ** 2)) / n);
      result.covariance = Math.max(result.covariance, Math.abs(p.covariance - q.covariance) / errorOfCovariance);
    }
  }
  return result;
}

describe("the statistical product against every cell sampled, all noise on", () => {
  const readings = 3000;
  // 24 outputs of three figures each are 72 comparisons: 4.5 standard errors are passed by chance once in 2,000 runs.
  const bound = 4.5;

  it.each([
    ["pcm", 40, 6, "process"],
    ["pcm", 9, 6, "process"],
    ["pcm", 3, 6, "perRead"],
    ["pcm", 40, 6, "held"],
    ["pcm-hermes in 4 phases", 40, 6, "process"],
    ["pcm-hermes in 4 phases", 3, 6, "perRead"],
    ["pcm-hermes in 1 phase", 40, 6, "process"],
    ["pcm-hermes in 1 phase", 3, 6, "perRead"],
    ["pcm-hermes, both bit lines converted", 40, 6, "process"],
  ] as const)(
    "%s, %d rows, %d columns, %s: same means, variances, and covariances between vectors",
    async (chip, rows, columns, mode) => {
      const vectors = 4;
      const weights = normals(rows * columns, 5);
      const x = normals(vectors * rows, 6);
      const one = await sample(chip, "statistical", mode, weights, rows, columns, x, readings, 0);
      const other = await sample(chip, "sampled", mode, weights, rows, columns, x, readings, 0.5);
      const found = worst(one, other, vectors, columns);
      expect(found.mean).toBeLessThan(bound);
      expect(found.variance).toBeLessThan(bound);
      expect(found.covariance).toBeLessThan(bound);
    },
  );

  it("would tell noise that is all fresh, or all held, from a process", async () => {
    const [rows, columns, vectors] = [40, 6, 4];
    const [weights, x] = [normals(rows * columns, 5), normals(vectors * rows, 6)];
    const process = await sample("pcm", "sampled", "process", weights, rows, columns, x, 4 * readings, 0.5);
    for (const mode of ["held", "perRead"] as const) {
      const other = await sample("pcm", "statistical", mode, weights, rows, columns, x, 4 * readings, 0);
      expect(worst(other, process, vectors, columns).covariance).toBeGreaterThan(2 * bound);
    }
  });

  // One driven line with weak cells: clamping leaves skewed outputs, which one Gaussian would not have.
  it("keeps the third moment of outputs that clamping skews", async () => {
    const [rows, columns] = [6, 12];
    const weights = Float32Array.from({ length: rows * columns }, (_, i) => (i < columns ? 1 : 0.01 * ((i % 3) + 1)));
    const x = new Float32Array(rows);
    x[2] = 3;
    const many = 20_000;
    const one = await sample("pcm", "statistical", "perRead", weights, rows, columns, x, many, 0);
    const other = await sample("pcm", "sampled", "perRead", weights, rows, columns, x, many, 0.5);
    let most = 0;
    for (let j = 0; j < columns; j++) {
      const [p, q] = [moments(one, columns, j, j), moments(other, columns, j, j)];
      // Both cells of a pair may have been programmed to zero, where they have no read noise.
      expect(p.variance > 0).toBe(q.variance > 0);
      if (q.variance === 0) continue;
      const [skewOne, skewOther] = [p.third / p.variance ** 1.5, q.third / q.variance ** 1.5];
      // The standard error of a skewness near 1 over 20,000 samples is below 0.05.
      expect(Math.abs(skewOne - skewOther)).toBeLessThan(0.25);
      most = Math.max(most, Math.abs(skewOther));
    }
    expect(most).toBeGreaterThan(0.3);
  });
});
