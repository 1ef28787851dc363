import { multiplyFloats, newFloatProducts, padded, panelColumns } from "../crossbar/index.ts";
import type { Moments } from "../src/ground/statistics/index.ts";
import { withExactProducts } from "./exact-product.ts";
import { bins, type Histogram, HistogramCounter } from "./histograms.ts";
import type { TileLayer } from "./layer.ts";
import { vectorsPerRead } from "./line-product.ts";
import { type PlacedTile, targetSpan, withConductances, withTargetDifferences, withTargets } from "./placed-tile.ts";
import { CalibrationSample, fullScale } from "./ranges.ts";
import { type Pass, passesOf } from "./tile-spec.ts";
import type { Vectors } from "./vectors.ts";

/**
 * Of (conductance difference x factor - target) / target range over all pairs now, without read noise, for each factor.
 */
export function weightErrors({ engine, product, options, placed }: TileLayer, factors: readonly number[]): Moments[] {
  // Sums of the difference d and the target w, of their squares and of their product, give every factor's moments.
  let [count, ds, ws, dd, dw, ww] = [0, 0, 0, 0, 0, 0];
  for (const tile of placed) {
    withConductances(engine, tile, (positive, negative) => {
      withTargetDifferences(engine, product, options, tile, (wanted) => {
        for (let i = 0; i < positive.length; i++) {
          const d = positive[i]! - negative[i]!;
          const w = wanted[i]!;
          ds += d;
          ws += w;
          dd += d * d;
          dw += d * w;
          ww += w * w;
        }
        count += positive.length;
      });
    });
  }
  const range = targetSpan(options.device);
  return factors.map((factor) => ({
    count,
    sum: (factor * ds - ws) / range,
    squares: Math.max(0, factor * factor * dd - 2 * factor * dw + ww) / range ** 2,
  }));
}

/**
 * Adds the squares of exact products of these inputs, and of what `outputs` differ from them by.
 *
 * @param outputs  [group][vector][column], without bias
 */
export function addProductError(
  { engine, product }: TileLayer,
  inputs: Vectors,
  vectors: number,
  outputs: Float32Array,
  into: { signal: number; error: number },
): void {
  const { columns } = product;
  withExactProducts(engine, product, inputs, vectors, vectorsPerRead, ({ group, count, products, stride }) => {
    for (let v = 0; v < count; v++) {
      for (let j = 0; j < columns; j++) {
        const exact = products[v * stride + j]!;
        const error = outputs[(group * vectors + v) * columns + j]! - exact;
        into.signal += exact * exact;
        into.error += error * error;
      }
    }
  });
}

/**
 * Full scales of the output converters by the chip's rule, S, of every tile in order: from what tiles with exactly their
 * target conductances give for calibration inputs, in every pass of the read.
 *
 * @param inputs  [group][vector][row]
 */
export function outputRanges(layer: TileLayer, inputs: Float32Array, vectors: number, inputRange: number): number[] {
  const { outputRule, outputLevels } = layer.spec;
  const rule = outputRule === "quantized" ? "least-squares" : outputRule;
  return layer.placed.map((placed) => {
    const sample = new CalibrationSample();
    for (const pass of passesOf(layer.spec)) addPass(layer, placed, pass, inputs, vectors, inputRange, sample);
    return fullScale(rule, sample, outputLevels > 0 ? outputLevels : Infinity);
  });
}

/**
 * Full scales of the output converters that take in products as large as `reach` says, S, of every tile in order: the largest
 * current of its columns. Every row tile and every pass of a read is given what the whole product reaches.
 *
 * @param reach  [group * column], in the unit of the outputs
 */
export function outputRangesFor({ columns, placed }: TileLayer, reach: Float32Array, inputRange: number): number[] {
  const perUnit = inputRange > 0 ? 1 / inputRange : 0;
  return placed.map(({ group, columns: [start, end], scales }) => {
    let most = 0;
    for (let j = start; j < end; j++) most = Math.max(most, reach[group * columns + j]! * scales[j]! * perUnit);
    return most;
  });
}

function addPass(
  { engine, product, options }: TileLayer,
  placed: PlacedTile,
  pass: Pass,
  inputs: Float32Array,
  vectors: number,
  inputRange: number,
  sample: CalibrationSample,
): void {
  const { memory } = engine;
  const {
    tile,
    group,
    rows: [start, end],
  } = placed;
  const mark = memory.mark();
  const height = end - start;
  const some = Math.min(vectors, vectorsPerRead);
  const x = memory.float32(some * height);
  const means = memory.float32(height * tile.columns);
  const products = newFloatProducts(memory, some, tile.columns);
  const width = padded(tile.columns, panelColumns);
  withTargets(engine, product, options, placed, (positive, negative) => {
    for (let i = 0; i < means.length; i++) {
      const plus = pass.polarity === "negative" ? negative[i]! : positive[i]!;
      means[i] = pass.polarity === "both" ? plus - negative[i]! : plus;
    }
  });
  const perUnit = inputRange > 0 ? 1 / inputRange : 0;
  for (let first = 0; first < vectors; first += some) {
    const count = Math.min(some, vectors - first);
    for (let v = 0; v < count; v++) {
      const from = (group * vectors + first + v) * product.rows + start;
      for (let i = 0; i < height; i++) {
        const value = inputs[from + i]! * perUnit;
        x[v * height + i] = pass.part === "signed" ? value : Math.max(0, pass.part === "positive" ? value : -value);
      }
    }
    multiplyFloats(engine, x, means, count, height, tile.columns, products);
    for (let v = 0; v < count; v++) {
      for (let j = 0; j < tile.columns; j++) sample.add(products.values[v * width + j]!);
    }
  }
  memory.release(mark);
}

/**
 * Differences of a layer's pairs now, without read noise, and what they were asked to be, in units of the target range: states
 * spread beyond it, since targets are no limits.
 */
export function weightHistograms({ engine, product, options, placed }: TileLayer): {
  readonly target: Histogram;
  readonly now: Histogram;
} {
  const target = new HistogramCounter(-1.5, 1.5, bins);
  const now = new HistogramCounter(-1.5, 1.5, bins);
  const range = targetSpan(options.device);
  for (const tile of placed) {
    withTargetDifferences(engine, product, options, tile, (wanted) => {
      for (let i = 0; i < wanted.length; i++) target.add(wanted[i]! / range);
    });
    withConductances(engine, tile, (positive, negative) => {
      for (let i = 0; i < positive.length; i++) now.add((positive[i]! - negative[i]!) / range);
    });
  }
  return { target: target.histogram, now: now.histogram };
}
