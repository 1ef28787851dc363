import { clearActivity, type LineActivity } from "./line-activity.ts";
import { pulseRowByRow } from "./row-by-row.ts";
import { checkTrainLength, largestOf, type TrainOptions, type TrainPlan, trainPlan } from "./trains.ts";
import type { PulseSteps, UpdateRule } from "./update-rule.ts";

/** How pulses are counted without drawing any. */
export interface CountOptions extends TrainOptions {
  /** Steps that magnitudes of inputs and of outputs are rounded to before they are multiplied; Infinity: none. */
  readonly inputLevels: number;
  readonly outputLevels: number;
}

/**
 * Counts computed in the digital part: round(BL p_x p_d) pulses, where p_x and p_d are what a train's probabilities would be (`trainPlan`), each
 * rounded to its own levels. Products below half a pulse ask for none.
 */
export class CountedRule implements UpdateRule {
  readonly name: string;
  readonly #steps: PulseSteps;
  readonly #options: CountOptions;
  /** Shares of x and d in each half: [growing, falling]. */
  readonly #inputs: readonly [Float64Array, Float64Array];
  readonly #outputs: readonly [Float64Array, Float64Array];

  constructor(name: string, rows: number, columns: number, steps: PulseSteps, options: CountOptions) {
    checkTrainLength(options.trainLength);
    this.name = name;
    this.#steps = steps;
    this.#options = options;
    this.#inputs = [new Float64Array(rows), new Float64Array(rows)];
    this.#outputs = [new Float64Array(columns), new Float64Array(columns)];
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
    const { inputLevels, outputLevels } = this.#options;
    const [largestInput, largestOutput] = [largestOf(x), largestOf(d)];
    const planOf = (step: number) => trainPlan(largestInput, largestOutput, rate, step, this.#options);
    const plans: readonly [TrainPlan, TrainPlan] = [planOf(this.#steps.growing), planOf(this.#steps.falling)];
    for (const half of [0, 1] as const) {
      const { inputGain, outputGain } = plans[half];
      shares(x, inputGain, inputLevels, this.#inputs[half]);
      shares(d, outputGain, outputLevels, this.#outputs[half]);
    }
    counts.fill(0);
    for (let r = 0; r < x.length; r++) {
      if (x[r] === 0) continue;
      const sign = x[r]! > 0 ? 1 : -1;
      const [grow, fall] = [0, 1].map((half) => plans[half]!.length * this.#inputs[half]![r]!) as [number, number];
      const [growing, falling] = this.#outputs;
      for (let c = 0, i = r * d.length; c < d.length; c++, i++) {
        counts[i] = sign * d[c]! > 0 ? Math.round(grow * growing[c]!) : -Math.round(fall * falling[c]!);
      }
    }
    activity.multiplyAdds = counts.length;
    pulseRowByRow(counts, activity);
  }
}

/** min(1, gain |value|), to the nearest of so many levels above 0. */
function shares(values: Float32Array, gain: number, levels: number, out: Float64Array): void {
  for (const [k, value] of values.entries()) {
    const share = Math.min(1, gain * Math.abs(value));
    out[k] = levels === Number.POSITIVE_INFINITY ? share : Math.round(share * levels) / levels;
  }
}
