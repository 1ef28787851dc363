import { beforeEach, describe, expect, it } from "vitest";
import { convertInputs } from "../../circuits/converters.ts";
import {
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedCodes,
  newPackedWeights,
  newProducts,
  type Products,
  packDifferences,
  packVariances,
  padded,
} from "../../crossbar/product.ts";
import {
  boundSkewness,
  boundSkewnessPlain,
  type FreshCells,
  resampleSkewed,
  type SkewnessCheck,
  sumColumns,
} from "../../crossbar/read-noise-output.ts";
import { clampedMoments } from "../../devices/read-noise.ts";
import { drawOf, fillNormalPlain } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { momentsOf } from "../ground/draws/statistics.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines(1 << 26);
});

/** Cells of 0 .. 2 uS whose fresh noise is `relative` of their conductance: many of them clamp where it is near 1. */
function cellsOf(engine: Engine, count: number, seed: number, relative: number): FreshCells & { mean: Float32Array } {
  const conductance = float32(
    engine,
    someNumbers(count, seed).map((u) => 2e-6 * u * u),
  );
  const centre = float32(
    engine,
    conductance.map((g, i) => g * (1 + 0.5 * (someNumbers(1, i + 1)[0]! - 0.7))),
  );
  const deviation = float32(
    engine,
    conductance.map((g) => g * relative),
  );
  const [mean, variance, thirdOverVariance] = [0, 1, 2].map(() => engine.memory.float32(count)) as Float32Array[];
  clampedMoments(engine, centre, deviation, mean!, variance!, thirdOverVariance!);
  return { centre, deviation, mean: mean!, variance: variance!, thirdOverVariance: thirdOverVariance! };
}

/** Half of the lines idle, the others of both signs. */
const someInput = (u: number) => (u < 0.5 ? 0 : 4 * u - 3);

/** A tile of one phase: inputs converted, both products done. */
function tileOf(
  engine: Engine,
  vectors: number,
  rows: number,
  columns: number,
  relative: number,
  limit = 0.1,
  input = someInput,
) {
  const { memory } = engine;
  const [positive, negative] = [
    cellsOf(engine, rows * columns, 1, relative),
    cellsOf(engine, rows * columns, 2, relative),
  ];
  const weights = newPackedWeights(memory, rows, columns);
  packDifferences(engine, positive.mean, negative.mean, rows, columns, weights);
  const packedVariances = newPackedWeights(memory, rows, columns);
  packVariances(engine, positive.variance, negative.variance, rows, columns, packedVariances);
  const codes = newPackedCodes(memory, vectors, rows);
  const x = float32(engine, someNumbers(vectors * rows, 5).map(input));
  convertInputs(engine, x, vectors, rows, 1, 127, "signed", codes, null);
  const products = newProducts(memory, vectors, weights);
  multiplyCodes(engine, codes, weights, products);
  const variances = newProducts(memory, vectors, packedVariances);
  multiplySquares(engine, codes, packedVariances, variances);
  const { paddedColumns } = weights;
  const [ratio, third, thirdNorm] = [0, 1, 2].map(() => memory.float32(paddedColumns)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  boundSkewness(engine, positive, negative, rows, columns, ratio, third, thirdNorm);
  const flagged = memory.int32(vectors * paddedColumns);
  const { largest, cubeNorm } = codes;
  const check: SkewnessCheck = { ratio, third, thirdNorm, largest, cubeNorm, limit, flagged };
  return { positive, negative, codes, x, products, variances, check, paddedColumns };
}

function outOf(engine: Engine, { products }: { products: Products }): Float32Array {
  return engine.memory.float32(products.vectors * products.paddedColumns);
}

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [3, 5, 9],
  [7, 131, 20],
  [70, 517, 8],
  [5, 1100, 3],
];

describe("column sums with their noise", () => {
  it.each(shapes)("come out of the kernel as out of its twin (%d vectors, %d x %d)", (vectors, rows, columns) => {
    const normal = new Float32Array(vectors * padded(columns, 8));
    fillNormalPlain(drawOf(2), 77, normal);
    for (const noise of ["exact", "constant", "none"] as const) {
      const [fast, plain] = onBoth(engines, (engine) => {
        const mark = engine.memory.mark();
        const tile = tileOf(engine, vectors, rows, columns, 0.7, 0.01);
        const out = outOf(engine, tile);
        const variances = noise === "exact" ? tile.variances : noise === "constant" ? 1e-12 : null;
        const count = sumColumns(engine, tile.products, variances, 1 / 127, drawOf(2), 77, out, tile.check);
        const result = {
          out: out.slice(),
          flagged: [...tile.check.flagged.subarray(0, count)],
          step: tile.variances.step!.slice(),
        };
        engine.memory.release(mark);
        return result;
      });
      const deviation = noise === "exact" ? Math.sqrt(rows * 2e-12) : noise === "constant" ? 1e-6 : 0;
      const tolerance = (n: number) => 4e-7 * (rows * 2e-6) + 4e-6 * deviation * Math.max(1, Math.abs(normal[n]!));
      expect(worst(fast.out, plain.out, tolerance)).toBeLessThan(1);
      expect(fast.flagged).toEqual(plain.flagged);
      if (noise === "none") expect(fast.flagged.length).toBe(0);
    }
  });

  // Sums of squares then pass 2^31, and must not be taken for negative ones.
  it("keep the variance where every line is driven at full scale", () => {
    const { kernels: engine } = engines;
    const [rows, columns] = [516, 8];
    const tile = tileOf(engine, 4, rows, columns, 0.3, 0.1, () => 1);
    const out = outOf(engine, tile);
    sumColumns(engine, tile.products, null, 1 / 127, drawOf(2), 77, out);
    const quiet = out.slice();
    sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(2), 77, out);
    const normal = new Float32Array(out.length);
    fillNormalPlain(drawOf(2), 77, normal);
    for (let j = 0; j < columns; j++) {
      let variance = 0;
      for (let i = 0; i < rows; i++) {
        variance += tile.positive.variance[i * columns + j]! + tile.negative.variance[i * columns + j]!;
      }
      expect(tile.variances.values[j]! >>> 0).toBeGreaterThan(2 ** 31);
      expect((out[j]! - quiet[j]!) / normal[j]! / Math.sqrt(variance)).toBeCloseTo(1, 3);
    }
  });

  it("without noise are the exact products", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns] = [6, 1100, 11];
    const tile = tileOf(engine, vectors, rows, columns, 0);
    const out = outOf(engine, tile);
    sumColumns(engine, tile.products, null, 1 / 127, drawOf(1), 0, out);
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) {
          const x = Math.round(tile.x[v * rows + i]! * 127) / 127;
          sum += x * (tile.positive.mean[i * columns + j]! - tile.negative.mean[i * columns + j]!);
        }
        // 15 bits and sign over 550 driven rows: 550 independent roundings of 2.5 uS / 65534, 5 of their deviations.
        expect(Math.abs(out[v * tile.paddedColumns + j]! - sum)).toBeLessThan((5 * Math.sqrt(550) * 2.5e-6) / 65534);
      }
    }
  });

  it("from float products are those of codes", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns] = [9, 40, 12];
    const tile = tileOf(engine, vectors, rows, columns, 0.1);
    const values = engine.memory.float32(vectors * rows);
    for (let n = 0; n < values.length; n++) values[n] = Math.fround(Math.round(tile.x[n]! * 127) / 127);
    const float = (x: Float32Array, cell: (i: number) => number) => {
      const products = newFloatProducts(engine.memory, vectors, columns);
      const weights = float32(
        engine,
        Float32Array.from({ length: rows * columns }, (_, i) => cell(i)),
      );
      multiplyFloats(engine, x, weights, vectors, rows, columns, products);
      return products;
    };
    const { positive, negative } = tile;
    const products = float(values, (i) => positive.mean[i]! - negative.mean[i]!);
    const variances = float(
      float32(
        engine,
        values.map((x) => x * x),
      ),
      (i) => positive.variance[i]! + negative.variance[i]!,
    );
    const [ofCodes, ofFloats] = [outOf(engine, tile), outOf(engine, tile)];
    sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(1), 3, ofCodes);
    sumColumns(engine, products, variances, 1, drawOf(1), 3, ofFloats);
    // Codes round the cells to 15 bits and their variances to 11.
    expect(worst(ofCodes, ofFloats, () => 2e-9)).toBeLessThan(1);
  });

  // 20,000 events of 3 x 3 outputs: standard error of a variance sqrt(2/20000) = 1 %, of a correlation 0.7 %; 4 of them.
  it("have variance sum x^2 v, independent between outputs", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns, events] = [3, 30, 3, 20_000];
    const tile = tileOf(engine, vectors, rows, columns, 0.6);
    const out = outOf(engine, tile);
    const reads = Array.from({ length: vectors * columns }, () => new Float64Array(events));
    for (let event = 0; event < events; event++) {
      sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(3), event, out);
      reads.forEach((read, k) => {
        read[event] = out[Math.floor(k / columns) * tile.paddedColumns + (k % columns)]!;
      });
    }
    const measured = reads.map(momentsOf);
    measured.forEach(({ variance }, k) => {
      const [v, j] = [Math.floor(k / columns), k % columns];
      let expected = 0;
      for (let i = 0; i < rows; i++) {
        const x = Math.round(tile.x[v * rows + i]! * 127) / 127;
        expected += x * x * (tile.positive.variance[i * columns + j]! + tile.negative.variance[i * columns + j]!);
      }
      expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / events));
    });
    for (let k = 1; k < reads.length; k++) {
      let covariance = 0;
      for (let e = 0; e < events; e++) {
        covariance += ((reads[0]![e]! - measured[0]!.mean) * (reads[k]![e]! - measured[k]!.mean)) / events;
      }
      const correlation = covariance / Math.sqrt(measured[0]!.variance * measured[k]!.variance);
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(events));
    }
  });
});

describe("outputs whose noise clamping leaves skewed", () => {
  function skewnessOf(tile: ReturnType<typeof tileOf>, rows: number, columns: number, v: number, j: number): number {
    let [variance, third] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const x = Math.round(tile.x[v * rows + i]! * 127) / 127;
      for (const [cells, sign] of [
        [tile.positive, 1],
        [tile.negative, -1],
      ] as const) {
        const k = cells.variance[i * columns + j]!;
        variance += x * x * k;
        third += sign * x ** 3 * k * cells.thirdOverVariance[i * columns + j]!;
      }
    }
    return variance > 0 ? third / variance ** 1.5 : 0;
  }

  it.each([...shapes, [1, 600, 37] as [number, number, number]])(
    "are bounded as by the twin (%d vectors, %d x %d), with one polarity and with two",
    (_, rows, columns) => {
      const { kernels: engine } = engines;
      const [positive, other] = [cellsOf(engine, rows * columns, 1, 0.7), cellsOf(engine, rows * columns, 2, 0.7)];
      for (const negative of [other, null]) {
        const bounds = [boundSkewness.bind(null, engine), boundSkewnessPlain].map((bound) => {
          const arrays = [0, 1, 2].map(() => engine.memory.float32(padded(columns, 8)).fill(3));
          const [ratio, third, thirdNorm] = arrays as [Float32Array, Float32Array, Float32Array];
          bound(positive, negative, rows, columns, ratio, third, thirdNorm);
          return arrays;
        });
        for (const [k, plain] of bounds[1]!.entries()) {
          // Sums of positive float32.
          expect(worst(bounds[0]![k]!, plain, (j) => 1e-7 * (rows + 5) * plain[j]!)).toBeLessThan(1);
          expect([...plain.subarray(columns)].every((value) => value === 0)).toBe(true);
        }
      }
    },
  );

  it("are all among the flagged ones", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns] = [40, 24, 10];
    const tile = tileOf(engine, vectors, rows, columns, 0.9);
    const { check } = tile;
    const count = sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(1), 0, outOf(engine, tile), check);
    const flagged = new Set(check.flagged.subarray(0, count));
    let skewed = 0;
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < columns; j++) {
        if (Math.abs(skewnessOf(tile, rows, columns, v, j)) <= 0.1) continue;
        skewed++;
        expect(flagged.has(v * tile.paddedColumns + j)).toBe(true);
      }
    }
    expect(skewed).toBeGreaterThan(20);
    expect(skewed).toBeLessThan(vectors * columns - 20);
  });

  it.each(shapes)("are replaced as by the twin (%d vectors, %d x %d), and no others", (vectors, rows, columns) => {
    const [fast, plain] = onBoth(engines, (engine) => {
      const mark = engine.memory.mark();
      const tile = tileOf(engine, vectors, rows, columns, 0.9, 0.02);
      const out = outOf(engine, tile);
      const { positive, negative, codes, check, paddedColumns } = tile;
      const count = sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(1), 5, out, check);
      const before = out.slice();
      const replaced = resampleSkewed(
        engine,
        check,
        count,
        codes,
        1 / 127,
        positive,
        negative,
        rows,
        columns,
        paddedColumns,
        drawOf(1),
        5,
        out,
      );
      let expected = 0;
      for (const n of check.flagged.subarray(0, count)) {
        const [v, j] = [Math.floor(n / paddedColumns), n % paddedColumns];
        const skewed = Math.abs(skewnessOf(tile, rows, columns, v, j)) > 0.02;
        if (skewed) expected++;
        expect(out[n] === before[n]).toBe(!skewed);
      }
      expect(replaced).toBe(expected);
      const result = out.slice();
      engine.memory.release(mark);
      return result;
    });
    expect(worst(fast, plain, () => 1e-5 * rows * 2e-6)).toBeLessThan(1);
  });

  it("are the same whether or not memory has room to look at many at once", () => {
    const { kernels: engine } = engines;
    const { memory } = engine;
    const [vectors, rows, columns] = [400, 45, 22];
    const tile = tileOf(engine, vectors, rows, columns, 0.9, 0.05);
    const { positive, negative, codes, check, paddedColumns } = tile;
    const out = outOf(engine, tile);
    const count = sumColumns(engine, tile.products, tile.variances, 1 / 127, drawOf(1), 5, out, check);
    expect(count * 256).toBeGreaterThan(rows * paddedColumns);
    const read = (into: Float32Array) =>
      resampleSkewed(
        engine,
        check,
        count,
        codes,
        1 / 127,
        positive,
        negative,
        rows,
        columns,
        paddedColumns,
        drawOf(1),
        5,
        into,
      );
    const short = float32(engine, out);
    const replaced = read(out);
    memory.uint8(memory.left - 8192);
    expect(read(short)).toBe(replaced);
    expect(replaced).toBeGreaterThan(1000);
    expect(replaced).toBeLessThan(count - 1000);
    expect(short).toEqual(out);
  });

  // Limit 0: every output is read cell by cell. 20,000 reads of 3 cells: standard errors of mean, variance and third moment are those
  // of the samples themselves; bound 4.5 of them over 24 outputs' moments.
  it("have the clamped cells' mean, variance and third moment", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns, events] = [2, 3, 4, 20_000];
    const tile = tileOf(engine, vectors, rows, columns, 0.95, 0);
    const { positive, negative, x, check, paddedColumns } = tile;
    const driven = float32(
      engine,
      x.map((_, n) => [1, -0.5, 0.25, 0, 0.8, -1][n]!),
    );
    const outputs = Array.from(
      { length: vectors * columns },
      (_, k) => Math.floor(k / columns) * paddedColumns + (k % columns),
    );
    check.flagged.set(outputs);
    const out = outOf(engine, tile);
    const reads = outputs.map(() => new Float64Array(events));
    for (let event = 0; event < events; event++) {
      const replaced = resampleSkewed(
        engine,
        check,
        outputs.length,
        driven,
        1,
        positive,
        negative,
        rows,
        columns,
        paddedColumns,
        drawOf(9),
        event,
        out,
      );
      expect(replaced).toBe(outputs.length);
      outputs.forEach((n, k) => {
        reads[k]![event] = out[n]!;
      });
    }
    reads.forEach((read, k) => {
      const [v, j] = [Math.floor(k / columns), k % columns];
      let [mean, variance, third] = [0, 0, 0];
      for (let i = 0; i < rows; i++) {
        const input = driven[v * rows + i]!;
        for (const [cells, sign] of [
          [positive, 1],
          [negative, -1],
        ] as const) {
          const cell = i * columns + j;
          mean += sign * input * cells.mean[cell]!;
          variance += input ** 2 * cells.variance[cell]!;
          third += sign * input ** 3 * cells.variance[cell]! * cells.thirdOverVariance[cell]!;
        }
      }
      const measured = momentsOf(read);
      const root = Math.sqrt(events);
      expect(Math.abs(measured.mean - mean)).toBeLessThan((4.5 * Math.sqrt(measured.variance)) / root);
      expect(Math.abs(measured.variance - variance)).toBeLessThan(
        (4.5 * Math.sqrt(measured.fourth - measured.variance ** 2)) / root,
      );
      // The third moment's variance is near that of a normal, 15 + skewness terms; 20 covers them.
      expect(Math.abs(measured.third - third)).toBeLessThan((4.5 * Math.sqrt(20) * measured.variance ** 1.5) / root);
    });
  });
});
