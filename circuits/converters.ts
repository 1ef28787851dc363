import {
  codePlace,
  largestInputCode,
  type PackedCodes,
  padded,
  panelColumns,
  panelVectors,
} from "../crossbar/index.ts";
import { type Engine, type KernelExports, roundHalfEven } from "../src/ground/kernels/index.ts";

/** Which inputs a phase of the read drives: all, the positive ones, or the magnitudes of the negative ones. */
export type InputPart = "signed" | "positive" | "negative";

/** How much each word line was driven, [rows], x in units of full scale: sums over vectors of |x| and of x^2. */
export interface Activity {
  readonly absolute: Float64Array;
  readonly squared: Float64Array;
}

/**
 * Inputs, finite ones, to whole numbers -levels .. levels: the nearest one to x levels / fullScale, halves to even, clamped.
 *
 * @param x [vectors][stride], of which each vector's first `rows` are converted
 * @param fullScale in x's unit, > 0
 * @param levels the largest code, 1 .. 127 (127 for 8 bits)
 * @param into receives the codes, and each vector's largest magnitude and norm of cubes
 * @param activity is added to; null where nobody asks
 * @returns how many inputs of this part lay beyond full scale (rounded to a code that does not exist)
 */
export function convertInputs(
  engine: Engine,
  x: Float32Array,
  vectors: number,
  rows: number,
  fullScale: number,
  levels: number,
  part: InputPart,
  into: PackedCodes,
  activity: Activity | null,
  stride: number = rows,
): number {
  if (into.rows !== rows || into.capacity < vectors) {
    throw new Error(`${vectors} vectors of ${rows} rows packed into room for ${into.capacity} of ${into.rows}`);
  }
  if (!(levels >= 1 && levels <= largestInputCode)) throw new Error(`an input converter of ${levels} levels`);
  into.vectors = vectors;
  const codes: InputCodes = {
    scale: part === "negative" ? -levels / fullScale : levels / fullScale,
    least: part === "signed" ? -levels : 0,
    most: levels,
  };
  const sums = into.scratch.fill(0);
  const clipped = engine.kernels
    ? convertByKernel(engine, engine.kernels, x, vectors, stride, codes, into, activity && sums)
    : convertInputsPlain(x, vectors, stride, codes, into, sums);
  if (activity) {
    const squares = sums.subarray(sums.length / 2);
    for (let i = 0; i < rows; i++) {
      activity.absolute[i]! += sums[i]! / levels;
      activity.squared[i]! += squares[i]! / levels ** 2;
    }
  }
  return clipped;
}

interface InputCodes {
  /** Codes per unit of x, negative to turn signs around. */
  readonly scale: number;
  readonly most: number;
  /** -most, or 0 where another phase drives what lies below. */
  readonly least: number;
}

/** The kernel takes whole groups of vectors: the last ones are padded with zeros. */
function convertByKernel(
  { memory }: Engine,
  kernels: KernelExports,
  x: Float32Array,
  vectors: number,
  stride: number,
  { scale, most, least }: InputCodes,
  into: PackedCodes,
  sums: Int32Array | null,
): number {
  const { rows } = into;
  const convert = (from: Float32Array, pitch: number, count: number, first: number) =>
    kernels.convertInputs(
      memory.address(from),
      count,
      rows,
      pitch,
      scale,
      least < 0 ? 0x7fffffff : -1,
      firstBeyond(most),
      most,
      least,
      memory.address(into.codes) + 2 * codePlace(into, first, 0),
      memory.address(into.largest) + 4 * first,
      memory.address(into.cubeNorm) + 4 * first,
      sums ? memory.address(sums) : 0,
    );
  const whole = vectors - (vectors % panelVectors);
  let clipped = whole > 0 ? convert(x, stride, whole, 0) : 0;
  if (whole < vectors) {
    const mark = memory.mark();
    const last = memory.float32(panelVectors * rows).fill(0);
    for (let v = whole; v < vectors; v++) last.set(x.subarray(v * stride, v * stride + rows), (v - whole) * rows);
    clipped += convert(last, rows, panelVectors, whole);
    memory.release(mark);
  }
  return clipped;
}

/** The smallest float32 that rounds to more than a whole number: its half above, or the next float where halves go down. */
function firstBeyond(whole: number): number {
  const half = whole + 0.5;
  return whole % 2 === 1 ? half : half + 2 ** (Math.floor(Math.log2(half)) - 23);
}

/**
 * Twin of the kernel: the same codes, sums and count; norms of cubes agree within 1e-5.
 *
 * @param sums receives sums over vectors: |code| in its first half, code^2 in its second
 */
export function convertInputsPlain(
  x: Float32Array,
  vectors: number,
  stride: number,
  { scale, most, least }: InputCodes,
  into: PackedCodes,
  sums: Int32Array,
): number {
  const { rows } = into;
  const factor = Math.fround(scale);
  into.codes.fill(0, 0, padded(vectors, panelVectors) * padded(rows, 2));
  let clipped = 0;
  for (let v = 0; v < vectors; v++) {
    let [largest, sixthPowers] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const rounded = roundHalfEven(Math.fround(x[v * stride + i]! * factor));
      if (rounded > most || (least < 0 && rounded < least)) clipped++;
      const code = Math.max(least, Math.min(most, rounded));
      const magnitude = Math.abs(code);
      into.codes[codePlace(into, v, i)] = code;
      largest = Math.max(largest, magnitude);
      sixthPowers += magnitude ** 6;
      sums[i]! += magnitude;
      sums[sums.length / 2 + i]! += magnitude * magnitude;
    }
    into.largest[v] = largest;
    into.cubeNorm[v] = Math.sqrt(sixthPowers);
  }
  return clipped;
}

/** Where digital values are added: row `vector` of `values` starts at vector * stride + offset. */
export interface Accumulator {
  readonly values: Float32Array;
  readonly stride: number;
  readonly offset: number;
}

/**
 * Column sums to codes, codes to digital values, which are added to those of other row tiles:
 *   code = the nearest whole number to y levels / fullScale, clamped to +-levels;
 *   accumulate[vector][column] += code (fullScale / levels) outputScale[column].
 *
 * @param y [vectors][columns padded to 8]
 * @param fullScale in y's unit
 * @param levels the largest code; 0: no converter, y itself takes the place of code (fullScale / levels)
 * @param clip false: codes beyond levels exist
 * @param outputScale digital value per unit of y, [columns]
 * @returns how many conversions clipped
 */
export function convertOutputs(
  engine: Engine,
  y: Float32Array,
  columns: number,
  vectors: number,
  fullScale: number,
  levels: number,
  clip: boolean,
  outputScale: Float32Array,
  accumulate: Accumulator,
): number {
  const { values, stride, offset } = accumulate;
  if (vectors > 0 && values.length < (vectors - 1) * stride + offset + columns) {
    throw new Error(`${vectors} vectors of ${columns} columns do not fit the accumulator`);
  }
  if (!engine.kernels)
    return convertOutputsPlain(y, columns, vectors, fullScale, levels, clip, outputScale, accumulate);
  const { memory } = engine;
  return engine.kernels.convertOutputs(
    memory.address(y),
    columns,
    padded(columns, panelColumns),
    vectors,
    levels === 0 ? 1 : levels / fullScale,
    levels === 0 ? 1 : fullScale / levels,
    clip || levels === 0 ? levels : Number.POSITIVE_INFINITY,
    memory.address(outputScale),
    memory.address(values) + 4 * offset,
    stride,
  );
}

/** Twin of the kernel: the same bits. */
export function convertOutputsPlain(
  y: Float32Array,
  columns: number,
  vectors: number,
  fullScale: number,
  levels: number,
  clip: boolean,
  outputScale: Float32Array,
  { values, stride, offset }: Accumulator,
): number {
  const paddedColumns = padded(columns, panelColumns);
  const toCode = Math.fround(levels / fullScale);
  const step = Math.fround(fullScale / levels);
  let clipped = 0;
  for (let v = 0; v < vectors; v++) {
    for (let j = 0; j < columns; j++) {
      let value = y[v * paddedColumns + j]!;
      if (levels > 0) {
        let code = roundHalfEven(Math.fround(value * toCode));
        if (clip && Math.abs(code) > levels) {
          clipped++;
          code = Math.sign(code) * levels;
        }
        value = Math.fround(code * step);
      }
      values[v * stride + offset + j]! += Math.fround(value * outputScale[j]!);
    }
  }
  return clipped;
}
