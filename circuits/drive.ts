import { newPackedCodes, type PackedCodes } from "../crossbar/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { convertInputs } from "./converters.ts";
import { driveFloats } from "./float-inputs.ts";
import type { DrivenInputs } from "./line-product.ts";
import type { Term, TileSpec } from "./tile-spec.ts";

/** Whether inputs of such tiles come as codes, so that products are exact integer arithmetic. */
export function drivesCodes({ inputLevels, clip }: TileSpec): boolean {
  return inputLevels > 0 && inputLevels <= 127 && clip;
}

export interface Driven {
  /** In the engine's memory, above the mark at which it was asked for. */
  readonly inputs: DrivenInputs;
  /** Sums over vectors of on-time (or of squared voltage) of every line, in units of full scale, [lines]. */
  readonly activity: Float64Array;
  /** Inputs beyond full scale. */
  readonly clipped: number;
}

/**
 * Inputs of driven lines, the first `lines` of every vector of x, through the input converter.
 *
 * @param x  [vectors][stride], in the engine's memory
 * @param range  full scale, in x's unit
 * @param counted  whether the activity is wanted
 */
export function driveInputs(
  engine: Engine,
  spec: TileSpec,
  parts: readonly Term["part"][],
  x: Float32Array,
  vectors: number,
  lines: number,
  stride: number,
  range: number,
  counted: boolean,
): Driven {
  const { memory } = engine;
  const { inputLevels, clip, input } = spec;
  const integer = drivesCodes(spec);
  const codes = new Map<Term["part"], PackedCodes>();
  const values = new Map<Term["part"], Float32Array>();
  const sums = { absolute: new Float64Array(lines), squared: new Float64Array(lines) };
  const watched = counted ? sums : null;
  let clipped = 0;
  for (const part of parts) {
    if (integer) {
      const packed = newPackedCodes(memory, vectors, lines);
      clipped += convertInputs(engine, x, vectors, lines, range, inputLevels, part, packed, watched, stride);
      codes.set(part, packed);
      continue;
    }
    const driven = memory.float32(vectors * lines);
    const drive = { fullScale: range, levels: inputLevels, clip, part };
    clipped += driveFloats(engine, x, vectors, lines, stride, drive, driven, watched);
    values.set(part, driven);
  }
  const factor = integer ? 1 / inputLevels : 1;
  const activity = input === "pulse-width" ? sums.absolute : sums.squared;
  return { inputs: { vectors, factor, codes, values }, activity, clipped };
}
