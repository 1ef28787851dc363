import { padded } from "../crossbar/index.ts";
import { type Engine, roundHalfEven } from "../src/ground/kernels/index.ts";
import type { Activity, InputPart } from "./converters.ts";

/** How inputs are driven that are no codes of 8 bits or fewer: by no converter, a finer one, or one that does not clip. */
export interface FloatDrive {
  /** In x's unit, > 0. */
  readonly fullScale: number;
  /** The largest code; 0: no converter. */
  readonly levels: number;
  readonly clip: boolean;
  readonly part: InputPart;
}

/** What the loops take, in float32. */
interface FloatScale {
  readonly scale: number;
  readonly unsigned: boolean;
  readonly most: number;
  readonly clips: boolean;
  readonly step: number;
}

/**
 * Inputs in units of full scale: x / fullScale, or the nearest whole number to x levels / fullScale, halves to even and clamped
 * where the converter clips, over levels.
 *
 * @param x [vectors][stride], of which each vector's first `rows` are driven
 * @param out receives [vectors][rows]
 * @param activity is added to; null where nobody asks
 * @returns how many inputs of this part lay beyond full scale (rounded to a code that does not exist)
 */
export function driveFloats(
  engine: Engine,
  x: Float32Array,
  vectors: number,
  rows: number,
  stride: number,
  { fullScale, levels, clip, part }: FloatDrive,
  out: Float32Array,
  activity: Activity | null,
): number {
  const unit = (levels > 0 ? levels : 1) / fullScale;
  const drive: FloatScale = {
    scale: Math.fround(part === "negative" ? -unit : unit),
    unsigned: part !== "signed",
    most: levels,
    clips: clip,
    step: Math.fround(levels > 0 ? 1 / levels : 1),
  };
  if (!engine.kernels) return driveFloatsPlain(x, vectors, rows, stride, drive, out, activity);
  const { memory } = engine;
  const mark = memory.mark();
  const width = padded(rows, 4);
  const sums = activity && memory.float64(2 * width).fill(0);
  const clipped = engine.kernels.driveFloats(
    memory.address(x),
    vectors,
    rows,
    stride,
    drive.scale,
    drive.unsigned ? 1 : 0,
    drive.most,
    drive.clips ? 1 : 0,
    drive.step,
    memory.address(out),
    sums ? memory.address(sums) : 0,
    sums ? memory.address(sums) + 8 * width : 0,
  );
  for (let i = 0; i < rows && sums; i++) {
    activity.absolute[i]! += sums[i]!;
    activity.squared[i]! += sums[width + i]!;
  }
  memory.release(mark);
  return clipped;
}

/** Twin of the kernel: the same bits. */
function driveFloatsPlain(
  x: Float32Array,
  vectors: number,
  rows: number,
  stride: number,
  { scale, unsigned, most, clips, step }: FloatScale,
  out: Float32Array,
  activity: Activity | null,
): number {
  let clipped = 0;
  for (let v = 0, n = 0; v < vectors; v++) {
    for (let i = 0; i < rows; i++, n++) {
      let value = Math.fround(x[v * stride + i]! * scale);
      if (unsigned && !(value > 0)) value = 0;
      if (most > 0) {
        value = roundHalfEven(value);
        if (clips && Math.abs(value) > most) {
          value = Math.sign(value) * most;
          clipped++;
        }
        value = Math.fround(value * step);
      }
      out[n] = value;
      if (!activity) continue;
      activity.absolute[i]! += Math.abs(value);
      activity.squared[i]! += value * value;
    }
  }
  return clipped;
}

/**
 * What variances and bounds of skewness are made from.
 *
 * @param x [vectors][rows]
 * @param squares receives x^2, [vectors][rows]
 * @param largest receives the largest |x| of each vector, [vectors]
 * @param cubeNorm receives sqrt(sum of x^6) of each vector, [vectors]
 */
export function squareInputs(
  engine: Engine,
  x: Float32Array,
  vectors: number,
  rows: number,
  squares: Float32Array,
  largest: Float32Array,
  cubeNorm: Float32Array,
): void {
  const { memory, kernels } = engine;
  if (kernels) {
    const results = [squares, largest, cubeNorm].map((array) => memory.address(array)) as [number, number, number];
    kernels.squareInputs(memory.address(x), vectors, rows, ...results);
    return;
  }
  for (let v = 0, n = 0; v < vectors; v++) {
    let [most, sixth] = [0, 0];
    for (let row = 0; row < rows; row++, n++) {
      const square = x[n]! * x[n]!;
      squares[n] = square;
      sixth += square ** 3;
      most = Math.max(most, square);
    }
    largest[v] = Math.sqrt(most);
    cubeNorm[v] = Math.sqrt(sixth);
  }
}
