import { InputError } from "../../src/ground/errors.ts";

/** One number for all neurons of a layer, or one for each, [neurons]: spread or learned. */
export type PerNeuron = number | Float64Array;

/**
 * What is left after a step of what fades exponentially with a time constant: exp(-step / time).
 *
 * @param time  s; 0: nothing is left, Infinity: all
 * @param step  s
 */
export function decayFactor(time: number, step: number): number {
  if (!(time >= 0 && step > 0)) throw new InputError(`neuron: time constant of ${time} s in steps of ${step} s`);
  return time === 0 ? 0 : Math.exp(-step / time);
}

/** A number for each neuron, each within limits. */
export function perNeuron(
  name: string,
  value: PerNeuron,
  neurons: number,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): Float64Array {
  const each = typeof value === "number" ? new Float64Array(neurons).fill(value) : Float64Array.from(value);
  if (each.length !== neurons) throw new InputError(`neuron: ${name} has ${each.length} numbers, expected ${neurons}`);
  const wrong = each.find((own) => !(own >= low && own <= high));
  if (wrong !== undefined) throw new InputError(`neuron: ${name} is ${wrong}, expected ${low} to ${high}`);
  return each;
}

/** A whole number from a least one. */
export function whole(name: string, value: number, least: number): number {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new InputError(`neuron: ${name} is ${value}, expected a whole number from ${least}`);
  }
  return value;
}
