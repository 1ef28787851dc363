import { InputError } from "../../src/ground/errors.ts";
import { clearActivity, type LineActivity } from "./line-activity.ts";
import { pulseRowByRow } from "./row-by-row.ts";
import type { PulseSteps, UpdateRule } from "./update-rule.ts";

/** Most pulses that a cell is asked for at once; what is beyond stays in the accumulator. */
const mostPulses = 32_767;

/**
 * Mixed precision: a digital accumulator chi of every weight takes rate x d; as soon as it holds whole pulses, trunc(chi / step) of them
 * are applied, and what remains is kept. The step is that of the pulses' sign. Rows whose input is 0 are left alone.
 *
 * @source Nandakumar et al., Front. Neurosci. 14, 406 (2020), doi:10.3389/fnins.2020.00406
 */
export class MixedPrecisionRule implements UpdateRule {
  readonly name = "mixed-precision";
  readonly #steps: PulseSteps;
  readonly #kept: Float32Array | Float64Array;

  /** @param double  whether the accumulator is float64 instead of float32 */
  constructor(rows: number, columns: number, steps: PulseSteps, double: boolean) {
    this.#steps = steps;
    this.#kept = double ? new Float64Array(rows * columns) : new Float32Array(rows * columns);
  }

  /** What has not become pulses yet, in units of the weight, [rows][columns]. */
  get kept(): Float32Array | Float64Array {
    return this.#kept;
  }

  request(
    x: Float32Array,
    d: Float32Array,
    rate: number,
    _update: number,
    counts: Int16Array,
    activity: LineActivity,
  ): void {
    clearActivity(activity);
    const kept = this.#kept;
    const { growing, falling } = this.#steps;
    counts.fill(0);
    let used = 0;
    for (let r = 0; r < x.length; r++) {
      const input = rate * x[r]!;
      if (input === 0) continue;
      used++;
      for (let c = 0, i = r * d.length; c < d.length; c++, i++) {
        const sum = kept[i]! + input * d[c]!;
        const step = sum > 0 ? growing : falling;
        const pulses = Math.max(-mostPulses, Math.min(mostPulses, Math.trunc(sum / step)));
        counts[i] = pulses;
        kept[i] = sum - pulses * step;
      }
    }
    activity.multiplyAdds = used * d.length;
    activity.keptBytes = used * d.length * kept.BYTES_PER_ELEMENT;
    pulseRowByRow(counts, activity);
  }

  save(): Uint8Array {
    return new Uint8Array(this.#kept.slice().buffer);
  }

  restore(bytes: Uint8Array): void {
    const { byteLength, byteOffset, buffer } = this.#kept;
    if (bytes.byteLength !== byteLength) {
      throw new InputError(`mixed precision: an accumulator of ${bytes.byteLength} bytes, expected ${byteLength}`);
    }
    new Uint8Array(buffer, byteOffset, byteLength).set(bytes);
  }
}
