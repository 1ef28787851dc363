import { InputError } from "../../src/ground/errors.ts";

/** One side of an exponential window: a change of amplitude exp(-steps / timeConstant) is asked for. */
export interface StdpSide {
  /** Change at 0 steps, above 0; the side says the sign. */
  readonly amplitude: number;
  /** Steps. */
  readonly timeConstant: number;
  /** The change from which on it becomes one pulse; below it nothing happens. */
  readonly threshold: number;
}

export interface ThresholdedStdpSpec {
  /** An input was active in the step of the neuron's spike or before it. */
  readonly potentiation: StdpSide;
  /** An input is active after the neuron's last spike. */
  readonly depression: StdpSide;
}

/** The most steps between two spikes after which a side still asks for a pulse; -1: it never does. */
export function stepsOfPulse({ amplitude, timeConstant, threshold }: StdpSide): number {
  if (!(amplitude > 0 && timeConstant > 0 && threshold > 0)) {
    throw new InputError("STDP: amplitude, time constant and threshold are each expected above 0");
  }
  // The last bits of the exponential do not decide whether a window's last step belongs to it.
  return threshold > amplitude ? -1 : Math.floor(timeConstant * Math.log(amplitude / threshold) + 1e-9);
}

/** Never: longer ago than any window. */
const never = -(2 ** 30);

/**
 * Exponential spike-timing-dependent plasticity whose change is thresholded to single pulses of fixed size, between inputs and neurons that are
 * connected all to all: synapse input * neurons + neuron. Of each input and neuron the last spike counts. A neuron that fires asks to potentiate
 * the synapses whose inputs were active lately; one that fired lately asks to depress those whose inputs are active now. In the step of a
 * spike it potentiates alone.
 *
 * @source Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y
 */
export class ThresholdedStdp {
  readonly inputs: number;
  readonly neurons: number;
  /** Steps after which a pair of spikes still asks for a pulse. */
  readonly potentiates: number;
  readonly depresses: number;
  /** All that later steps depend on: the step, and each line's last spike. */
  readonly state: Int32Array;
  readonly #active: Int32Array;
  readonly #fired: Int32Array;

  constructor(spec: ThresholdedStdpSpec, inputs: number, neurons: number) {
    this.inputs = inputs;
    this.neurons = neurons;
    this.potentiates = stepsOfPulse(spec.potentiation);
    this.depresses = stepsOfPulse(spec.depression);
    this.state = new Int32Array(1 + inputs + neurons).fill(never, 1);
    this.#active = this.state.subarray(1, 1 + inputs);
    this.#fired = this.state.subarray(1 + inputs);
  }

  /**
   * One step: what is asked of synapses, in ascending order.
   *
   * @param active  inputs that are active now, ascending
   * @param fired  not 0 where a neuron fires now, [neurons]
   * @param counts  receives 1 or -1 for each synapse asked, of length inputs * neurons or more
   * @param selected  receives their numbers
   * @returns how many are asked
   */
  step(active: Uint32Array, fired: Uint8Array, counts: Int16Array, selected: Uint32Array): number {
    const now = this.state[0]!++;
    for (let k = 0; k < active.length; k++) this.#active[active[k]!] = now;
    let [potentiating, depressing] = [false, false];
    for (let j = 0; j < this.neurons; j++) {
      if (fired[j]) potentiating = true;
      else if (now - this.#fired[j]! <= this.depresses) depressing = true;
    }
    let asked = 0;
    if (potentiating) {
      for (let i = 0; i < this.inputs; i++) {
        if (now - this.#active[i]! <= Math.max(0, this.potentiates))
          asked = this.#ask(i, now, fired, counts, selected, asked);
      }
    } else if (depressing) {
      for (let k = 0; k < active.length; k++) asked = this.#ask(active[k]!, now, fired, counts, selected, asked);
    }
    for (let j = 0; j < this.neurons; j++) if (fired[j]) this.#fired[j] = now;
    return asked;
  }

  /** What is asked of one input's synapses. */
  #ask(
    input: number,
    now: number,
    fired: Uint8Array,
    counts: Int16Array,
    selected: Uint32Array,
    asked: number,
  ): number {
    const since = now - this.#active[input]!;
    for (let j = 0; j < this.neurons; j++) {
      let sign = 0;
      if (fired[j]) sign = since <= this.potentiates ? 1 : 0;
      else if (since === 0 && now - this.#fired[j]! <= this.depresses) sign = -1;
      if (sign === 0) continue;
      counts[asked] = sign;
      selected[asked++] = input * this.neurons + j;
    }
    return asked;
  }
}
