import type { Engine } from "../src/ground/kernels/index.ts";

/** Named rules by which a converter's full scale follows from calibration data, or from a network's own quantisation. */
export const inputRangeRules = ["largest", "quantized"] as const;
export const outputRangeRules = ["least-squares", "largest", "quantized"] as const;
export type InputRangeRule = (typeof inputRangeRules)[number];
export type OutputRangeRule = (typeof outputRangeRules)[number];

/** The largest |x|, 0 of none; not a number where one of them is not. */
export function largestMagnitude({ memory, kernels }: Engine, x: Float32Array): number {
  if (kernels) return kernels.largestMagnitude(memory.address(x), x.length);
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  return largest;
}

/**
 * A bounded, deterministic sample of a long stream of numbers: keeps every k-th, k doubling whenever it is full, and the
 * largest magnitude of all.
 */
export class CalibrationSample {
  readonly #capacity: number;
  #kept = new Float32Array(2 ** 12);
  #count = 0;
  #stride = 1;
  #seen = 0;
  largest = 0;

  /** @param capacity  a power of two; half a million values show a Gaussian's tails where 8 bits begin to clip it */
  constructor(capacity = 2 ** 19) {
    this.#capacity = capacity;
  }

  add(value: number): void {
    const size = Math.abs(value);
    if (size > this.largest) this.largest = size;
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#count === this.#kept.length && this.#count < this.#capacity) {
      const more = new Float32Array(2 * this.#count);
      more.set(this.#kept);
      this.#kept = more;
    }
    if (this.#count === this.#capacity) {
      this.#count >>= 1;
      for (let i = 0; i < this.#count; i++) this.#kept[i] = this.#kept[2 * i]!;
      this.#stride *= 2;
      if ((this.#seen - 1) % this.#stride !== 0) return;
    }
    this.#kept[this.#count++] = size;
  }

  get values(): Float32Array {
    return this.#kept.subarray(0, this.#count);
  }
}

/**
 * Full scale of a uniform symmetric converter with codes -levels .. +levels.
 *
 * "largest": the largest magnitude seen. "least-squares": the full scale of smallest mean squared conversion error over the
 * sample, clipping included (the best range of Max, IRE Trans. Inf. Theory 6, 7 (1960), doi:10.1109/TIT.1960.1057548, found on
 * the data themselves rather than on an assumed distribution).
 *
 * @returns 0 where all values are zero
 */
export function fullScale(
  rule: Exclude<OutputRangeRule, "quantized">,
  sample: CalibrationSample,
  levels: number,
): number {
  if (rule === "largest" || sample.largest === 0 || !Number.isFinite(levels)) return sample.largest;
  const sizes = sample.values;
  const error = (range: number): number => conversionError(sizes, range, levels);
  const few = sizes.filter((_, index) => index % Math.ceil(sizes.length / 2 ** 15) === 0);
  // The error has one broad minimum with ripples of the sample's own; a scan of some of the values brackets it,
  // golden sections on all of them settle it.
  const root = Math.sqrt(sizes.reduce((sum, size) => sum + size * size, 0) / sizes.length) || sample.largest;
  const low = Math.log(Math.min(root / 2, sample.largest));
  const high = Math.log(sample.largest);
  let best = high;
  let least = conversionError(few, sample.largest, levels);
  const steps = 24;
  for (let k = 0; k < steps; k++) {
    const point = low + ((high - low) * k) / steps;
    const value = conversionError(few, Math.exp(point), levels);
    if (value < least) [best, least] = [point, value];
  }
  const width = (high - low) / steps;
  let [a, b] = [best - width, Math.min(best + width, high)];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let k = 0; k < 12; k++) {
    const [c, d] = [b - golden * (b - a), a + golden * (b - a)];
    if (error(Math.exp(c)) < error(Math.exp(d))) b = d;
    else a = c;
  }
  const settled = Math.exp((a + b) / 2);
  return error(settled) < error(sample.largest) ? settled : sample.largest;
}

function conversionError(sizes: Float32Array, range: number, levels: number): number {
  const [step, perUnit] = [range / levels, levels / range];
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    const difference = size - Math.min(Math.floor(size * perUnit + 0.5), levels) * step;
    sum += difference * difference;
  }
  return sum / sizes.length;
}
