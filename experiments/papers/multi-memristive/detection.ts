import {
  type ArbitrationSpec,
  IntegrateAndFire,
  type SynapseArray,
  ThresholdedStdp,
  type ThresholdedStdpSpec,
} from "../../../circuits/index.ts";
import type { Stimulus } from "../../../devices/index.ts";
import type { Draw } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { CorrelatedStreams } from "../../stimuli/index.ts";
import { everything, type StartingDevices } from "./phase-change.ts";
import { phaseChangeSynapses } from "./phase-change-synapses.ts";
import { type GroupMoments, momentsOf } from "./separation.ts";

/** One neuron that learns which of its inputs are correlated. */
export interface DetectionSpec {
  readonly synapses: number;
  /** The first so many inputs are correlated. */
  readonly correlated: number;
  readonly coefficient: number;
  /** Events per step and input. */
  readonly rate: number;
  /** s. */
  readonly step: number;
  readonly steps: number;
  readonly arbitration: ArbitrationSpec;
  readonly start: StartingDevices;
  /** What is left of the membrane after a step. */
  readonly leak: number;
  /** S, summed conductance of active synapses at which the neuron fires. */
  readonly threshold: number;
  readonly rule: ThresholdedStdpSpec;
}

/** Weights of both groups at a moment, S: summed conductances of synapses, drift in them and read noise not. */
export interface DetectionMoment {
  /** Steps done. */
  readonly step: number;
  readonly correlated: GroupMoments;
  readonly uncorrelated: GroupMoments;
}

/** What a run came to so far. */
export interface DetectionCount {
  readonly steps: number;
  /** Steps in which the neuron fired. */
  readonly spikes: number;
  /** Events of inputs: each was one read of its synapse. */
  readonly reads: number;
  readonly requested: { readonly potentiation: number; readonly depression: number };
  readonly pulses: { readonly potentiation: number; readonly depression: number };
  /** J: of the pulses of either sign, and of the reads while it learned. */
  readonly energy: { readonly potentiation: number; readonly depression: number; readonly read: number };
}

/** The neuron with its synapses, a step at a time. */
export class Detector {
  readonly spec: DetectionSpec;
  readonly array: SynapseArray;
  readonly #read: Stimulus;
  readonly #streams: CorrelatedStreams;
  readonly #neuron: IntegrateAndFire;
  readonly #rule: ThresholdedStdp;
  readonly #current: Float64Array;
  readonly #readWork: Float64Array;
  readonly #counts: Int16Array;
  readonly #asked: Uint32Array;
  readonly #fired = new Uint8Array(1);
  readonly #pulses = { potentiation: 0, depression: 0 };
  readonly #work = { potentiation: 0, depression: 0 };
  #steps = 0;
  #spikes = 0;
  #reads = 0;

  constructor(engine: Engine, spec: DetectionSpec, draw: Draw) {
    const { synapses, correlated, rate, coefficient, leak, threshold } = spec;
    const { array, operation } = phaseChangeSynapses(engine, { ...spec, switches: everything }, draw);
    this.spec = spec;
    this.array = array;
    const { voltage, width } = operation.read;
    this.#read = { voltage, duration: width };
    this.#streams = new CorrelatedStreams(engine, { streams: synapses, correlated, rate, coefficient }, draw);
    this.#neuron = new IntegrateAndFire({ leak, threshold: threshold * voltage, reset: 0 }, 1);
    this.#rule = new ThresholdedStdp(spec.rule, synapses, 1);
    this.#current = new Float64Array(synapses);
    this.#readWork = new Float64Array(synapses);
    this.#counts = new Int16Array(synapses);
    this.#asked = new Uint32Array(synapses);
  }

  /** One step: active synapses are read together, the neuron sums their currents, and what its rule asks for goes to the devices. */
  step(): void {
    const { array, spec } = this;
    const active = this.#streams.step(this.#steps);
    array.positive.read(this.#read, this.#steps, this.#current, this.#readWork, active);
    let input = 0;
    for (let k = 0; k < active.length; k++) input += this.#current[active[k]!]!;
    this.#steps++;
    this.#reads += active.length;
    this.#spikes += this.#neuron.step([input], this.#fired);
    const asked = this.#rule.step(active, this.#fired, this.#counts, this.#asked);
    // A device is older by the microsecond of each of its reads, which the others do not wait for.
    if (asked === 0) {
      array.positive.elapse(spec.step);
      return;
    }
    const { pulses, works } = array.update(this.#counts.subarray(0, asked), this.#asked.subarray(0, asked), spec.step);
    for (const sign of ["potentiation", "depression"] as const) {
      this.#pulses[sign] += pulses[sign];
      this.#work[sign] += works[sign];
    }
  }

  /** What the weights of both groups are now, S, drift in them and read noise not. */
  moment(): DetectionMoment {
    const { synapses, correlated } = this.spec;
    const weights = new Float32Array(synapses);
    this.array.positive.conductance(weights);
    return {
      step: this.#steps,
      correlated: momentsOf(weights.subarray(0, correlated)),
      uncorrelated: momentsOf(weights.subarray(correlated)),
    };
  }

  /** S, one read of every synapse, its noise in it; the run is over then. */
  weights(): Float64Array {
    const { positive } = this.array;
    const current = new Float64Array(positive.count);
    positive.read(this.#read, this.#steps, current, new Float64Array(positive.count));
    return current.map((amperes) => amperes / this.#read.voltage);
  }

  get counted(): DetectionCount {
    const read = this.#readWork.reduce((sum, joules) => sum + joules, 0);
    return {
      steps: this.#steps,
      spikes: this.#spikes,
      reads: this.#reads,
      requested: { ...this.array.arbitration.counted.requested },
      pulses: { ...this.#pulses },
      energy: { ...this.#work, read },
    };
  }
}
