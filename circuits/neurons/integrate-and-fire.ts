import { InputError } from "../../src/ground/errors.ts";

export interface IntegrateAndFireSpec {
  /** What is left of the membrane from one step to the next, 0 .. 1; 1: nothing leaks. */
  readonly leak: number;
  /** Membrane at which the neuron fires, in the unit of its input. */
  readonly threshold: number;
  /** Membrane after it has fired. */
  readonly reset: number;
}

/**
 * Leaky integrate-and-fire neurons in steps of one length: v <- leak v + input; those at their threshold fire and are reset.
 *
 * @source Gerstner & Kistler, Spiking Neuron Models (2002), section 4.1, doi:10.1017/CBO9780511815706
 */
export class IntegrateAndFire {
  readonly spec: IntegrateAndFireSpec;
  /** In the unit of the input, [neurons]. */
  readonly membrane: Float64Array;

  constructor(spec: IntegrateAndFireSpec, neurons: number) {
    if (!(spec.leak >= 0 && spec.leak <= 1)) throw new InputError(`neuron: leak is ${spec.leak}, expected 0 to 1`);
    if (!(spec.threshold > spec.reset)) {
      throw new InputError(`neuron: threshold is ${spec.threshold}, expected more than the reset, ${spec.reset}`);
    }
    this.spec = spec;
    this.membrane = new Float64Array(neurons).fill(spec.reset);
  }

  /**
   * One step of all neurons.
   *
   * @param input  added to the membranes, [neurons]
   * @param fired  receives 1 where a neuron fires, else 0, [neurons]
   * @returns how many fire
   */
  step(input: ArrayLike<number>, fired: Uint8Array): number {
    const { leak, threshold, reset } = this.spec;
    const { membrane } = this;
    let count = 0;
    for (let n = 0; n < membrane.length; n++) {
      const v = leak * membrane[n]! + input[n]!;
      const fires = v >= threshold;
      membrane[n] = fires ? reset : v;
      fired[n] = fires ? 1 : 0;
      if (fires) count++;
    }
    return count;
  }
}
