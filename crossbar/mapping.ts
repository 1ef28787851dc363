import { InputError } from "../src/ground/errors.ts";

/** What one conductance range spans. */
export type ScaleSpan = "column" | "tile" | "layer";

/** Cuts `length` lines into tiles of at most `size`: [start, end) of each. */
export function tileSpans(length: number, size: number): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (let start = 0; start < length; start += size) spans.push([start, Math.min(start + size, length)]);
  return spans;
}

/**
 * Siemens per unit of weight for every output of every row of tiles, so that the largest |weight| of what the range spans
 * asks for a pair that differs by the whole span of targets. `column` spans one output over all its row tiles, `tile` one tile, `layer` everything.
 *
 * @param weights  row-major [rows][columns]
 * @param weightRange  the |weight| that asks for the target range, in place of the largest one; null: the largest
 * @returns [row tile][column]; 0 where all weights of the span are zero (such an output is exactly zero)
 */
export function weightScales(
  weights: Float32Array,
  rows: number,
  columns: number,
  tile: { readonly rows: number; readonly columns: number },
  span: ScaleSpan,
  targetSpan: number,
  weightRange: number | null,
): Float64Array[] {
  const rowSpans = tileSpans(rows, tile.rows);
  const perTile = rowSpans.map(([first, end]) => {
    const largest = new Float64Array(columns);
    for (let i = first; i < end; i++) {
      for (let j = 0; j < columns; j++) {
        const size = Math.abs(weights[i * columns + j]!);
        if (size > largest[j]!) largest[j] = size;
      }
    }
    return largest;
  });
  const whole = new Float64Array(columns);
  for (const largest of perTile) for (let j = 0; j < columns; j++) whole[j] = Math.max(whole[j]!, largest[j]!);
  const layer = whole.reduce((a, b) => Math.max(a, b), 0);
  if (!Number.isFinite(layer)) throw new InputError("weights: not all of them are finite numbers");

  return perTile.map((largest) => {
    const scales = new Float64Array(columns);
    for (const [first, end] of tileSpans(columns, tile.columns)) {
      const tileLargest = largest.subarray(first, end).reduce((a, b) => Math.max(a, b), 0);
      for (let j = first; j < end; j++) {
        const spanned = weightRange ?? (span === "column" ? whole[j]! : span === "tile" ? tileLargest : layer);
        scales[j] = spanned > 0 ? targetSpan / spanned : 0;
      }
    }
    return scales;
  });
}

/**
 * How the two cells of a pair share a weight:
 *
 *   "one-sided"  a positive weight raises the positive cell above the lowest target, a negative one the negative cell; the other stays there
 *   "reference"  the negative cell stays in the middle of the span, the positive one goes above or below it
 *   "opposite"   both start from the middle and go apart
 */
export type PairSharing = "one-sided" | "reference" | "opposite";

/** S that a pair can be asked to differ by. @param targetSpan  S from the lowest target of a cell to the highest */
export function pairSpan(targetSpan: number, sharing: PairSharing): number {
  return sharing === "reference" ? targetSpan / 2 : targetSpan;
}

/**
 * Target conductances of one tile's differential pairs: |w| scale apart, as they share a weight.
 *
 * @param positive, negative  receive targets, S, row-major [tile rows][tile columns]
 * @param targetSpan  S from the lowest target to the highest
 * @returns how many weights ask for more than the pair's span and are held to it
 */
export function pairTargets(
  weights: Float32Array,
  columns: number,
  rowSpan: readonly [number, number],
  columnSpan: readonly [number, number],
  scales: Float64Array,
  targetSpan: number,
  targetLow: number,
  positive: Float32Array,
  negative: Float32Array,
  sharing: PairSharing = "one-sided",
): number {
  const span = pairSpan(targetSpan, sharing);
  const held = targetDifferences(weights, columns, rowSpan, columnSpan, scales, span, positive);
  const middle = targetLow + targetSpan / 2;
  const share = sharing === "opposite" ? 1 / 2 : 1;
  for (let cell = 0; cell < positive.length; cell++) {
    const target = positive[cell]!;
    if (sharing === "one-sided") {
      negative[cell] = targetLow + (target < 0 ? -target : 0);
      positive[cell] = targetLow + (target < 0 ? 0 : target);
    } else {
      negative[cell] = middle - (1 - share) * target;
      positive[cell] = middle + share * target;
    }
  }
  return held;
}

/**
 * What a tile's pairs are asked to differ by, positive less negative cell.
 *
 * @param differences  receives S, row-major [tile rows][tile columns]
 * @returns how many weights ask for more than the span of targets and are held to it
 */
export function targetDifferences(
  weights: Float32Array,
  columns: number,
  [firstRow, endRow]: readonly [number, number],
  [firstColumn, endColumn]: readonly [number, number],
  scales: Float64Array,
  targetSpan: number,
  differences: Float32Array,
): number {
  let held = 0;
  let cell = 0;
  for (let i = firstRow; i < endRow; i++) {
    for (let j = firstColumn; j < endColumn; j++, cell++) {
      const target = weights[i * columns + j]! * scales[j]!;
      if (Math.abs(target) > targetSpan) {
        if (Math.abs(target) > targetSpan * (1 + 1e-6)) held++;
        differences[cell] = Math.sign(target) * targetSpan;
      } else {
        differences[cell] = target;
      }
    }
  }
  return held;
}
