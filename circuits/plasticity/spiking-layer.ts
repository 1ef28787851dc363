import type { Cells, Pulse } from "../../devices/index.ts";
import type { IntegrateAndFire } from "../neurons/index.ts";
import type { SynapseArray } from "../synapses/index.ts";
import type { Seen, Signal } from "./local-rule.ts";
import type { PlasticSynapses } from "./plastic-synapses.ts";

/** Synapses as a neuron reads them. */
export interface ReadSynapses {
  /** Row-major [inputs][neurons]. */
  readonly array: SynapseArray;
  readonly read: Pulse;
  /** S that a weight of 1 has above `zero`, and S of a weight of 0, which the neuron takes off. */
  readonly scale: number;
  readonly zero: number;
}

/** What a layer is made of. */
export interface SpikingLayerSpec {
  readonly neurons: IntegrateAndFire;
  readonly synapses: ReadSynapses;
  /** Learns in `synapses.array`; absent: nothing does. */
  readonly plastic?: PlasticSynapses;
  /** From each neuron to each, [neurons][neurons]: what a spike sends back a step later. */
  readonly recurrent?: ReadSynapses;
  /** s from a step to the next, which passes for the devices. */
  readonly step: number;
}

/** What a layer of spiking neurons has to show its rule by itself; membranes of its inputs, desire and a third factor come from elsewhere. */
export const layerSignals: readonly Signal[] = ["pre spikes", "post spikes", "post membrane", "weights"];

/** Spiking neurons behind synapses of devices: only rows with a spike are read, with all noise, and the rule sees what there is to see. */
export class SpikingLayer {
  readonly spec: SpikingLayerSpec;
  /** 1 where a neuron fired in the last step, [neurons]. */
  readonly fired: Uint8Array;
  /** J of reads and of pulses so far. */
  readonly work = { reads: 0, pulses: 0 };
  #steps = 0;

  constructor(spec: SpikingLayerSpec) {
    this.spec = spec;
    this.fired = new Uint8Array(spec.neurons.membrane.length);
  }

  /**
   * One step: spikes come in, neurons fire, synapses learn.
   *
   * @param spikes  not 0 where an input spikes, [inputs]
   * @param besides  what the rule needs that the layer does not have itself
   * @returns `fired`
   */
  step(spikes: ArrayLike<number>, besides: Omit<Seen, "pre spikes" | "post spikes"> = {}): Uint8Array {
    const { neurons, synapses, recurrent, plastic, step } = this.spec;
    const input = this.#sums(synapses, spikes);
    const back = recurrent && this.#sums(recurrent, this.fired);
    neurons.step(input, this.fired, back);
    const needsWeights = plastic?.rule.kind.needs.includes("weights") ?? false;
    const seen: Seen = {
      "post membrane": neurons.membrane,
      ...(needsWeights ? { weights: this.weights(synapses) } : {}),
      ...besides,
      "pre spikes": spikes,
      "post spikes": this.fired,
    };
    if (plastic) this.work.pulses += plastic.learn(seen, step)?.work ?? 0;
    else elapse(synapses.array, step);
    if (recurrent) elapse(recurrent.array, step);
    this.#steps++;
    return this.fired;
  }

  /** One read of all weights with its noise, [inputs][neurons]. */
  weights(synapses = this.spec.synapses): Float64Array {
    const { array, scale, zero } = synapses;
    return this.#conductances(synapses).map((conductance) => (conductance - (array.negative ? 0 : zero)) / scale);
  }

  /** Sums of weights of the rows that spike, [neurons]. */
  #sums(synapses: ReadSynapses, spikes: ArrayLike<number>): Float64Array {
    const { array, scale, zero } = synapses;
    const sums = new Float64Array(this.fired.length);
    const selected: number[] = [];
    for (let i = 0; i < spikes.length; i++) {
      if (spikes[i] !== 0) for (let j = 0; j < sums.length; j++) selected.push(i * sums.length + j);
    }
    if (selected.length === 0) return sums;
    const now = this.#conductances(synapses, Uint32Array.from(selected));
    for (const k of selected) sums[k % sums.length]! += (now[k]! - (array.negative ? 0 : zero)) / scale;
    return sums;
  }

  /** S as read, of pairs the difference, [synapses]. */
  #conductances({ array, read }: ReadSynapses, selected?: Uint32Array): Float64Array {
    const [work, current] = [new Float64Array(array.synapses), new Float64Array(array.synapses)];
    const readOf = (cells: Cells): Float64Array => {
      cells.read({ voltage: read.voltage, duration: read.width }, this.#steps, current, work, selected);
      return current.map((amperes) => amperes / read.voltage);
    };
    const plus = readOf(array.positive);
    const minus = array.negative ? readOf(array.negative) : null;
    this.work.reads += work.reduce((sum, joules) => sum + joules, 0);
    return minus ? plus.map((conductance, k) => conductance - minus[k]!) : plus;
  }
}

function elapse({ positive, negative }: SynapseArray, seconds: number): void {
  positive.elapse(seconds);
  negative?.elapse(seconds);
}
