import type { ArbitrationPolicy } from "../../circuits/index.ts";

/** Mean and spread over synapses. */
export interface Spread {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Pulses that devices got. */
export interface Wear extends Spread {
  readonly least: number;
  readonly maximum: number;
  /** Devices that never got one. */
  readonly unpulsed: number;
  /** [synapse][device] of the first synapses, by set. */
  readonly devices: { readonly positive: readonly number[][]; readonly negative?: readonly number[][] };
  /** Devices by their number of pulses: `counts[k]` had low + k * width pulses or up to the next. */
  readonly histogram: { readonly low: number; readonly width: number; readonly counts: readonly number[] };
}

/** What a policy made of the requests. */
export interface SynapseTrial {
  readonly policy: ArbitrationPolicy;
  readonly coverage: {
    /** Fewest devices that a synapse which was updated at all has reached; of the selection's N. */
    readonly reached: number;
    readonly meanReached: number;
    /** What dense scans reach in the end. */
    readonly expected: number;
    readonly updatedSynapses: number;
    readonly expectedSynapses: number;
    /** Updates let through, [synapse][device] of the first synapses. */
    readonly selections: readonly number[][];
  };
  readonly requested: { readonly potentiation: number; readonly depression: number };
  readonly applied: { readonly potentiation: number; readonly depression: number };
  /** Of devices: of a differential synapse, all pulses potentiate. */
  readonly pulses: { readonly potentiation: number; readonly depression: number };
  /** null: the model counts none. */
  readonly wear: Wear | null;
  /** J. */
  readonly energy: { readonly total: number; readonly potentiation: number; readonly depression: number };
  /** S, summed over the devices of a synapse, the negative set's taken off; over synapses. */
  readonly conductance: {
    readonly updates: readonly number[];
    readonly mean: readonly number[];
    readonly standardDeviation: readonly number[];
  };
}

/** Synapses whose numbers are written out one by one. */
export const mostListed = 1000;

export function spreadOf(values: Iterable<number> & ArrayLike<number>): Spread {
  const { length } = values;
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / length;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, standardDeviation: length > 1 ? Math.sqrt(squares / (length - 1)) : 0 };
}

/** @param sets  pulses by device, [devices][synapses] each */
export function wearOf(sets: readonly Float64Array[], synapses: number): Wear {
  const all = new Float64Array(sets.reduce((sum, { length }) => sum + length, 0));
  sets.reduce((offset, set) => {
    all.set(set, offset);
    return offset + set.length;
  }, 0);
  const { mean, standardDeviation } = spreadOf(all);
  const least = all.reduce((a, b) => Math.min(a, b), Infinity);
  const maximum = all.reduce((a, b) => Math.max(a, b), 0);
  const width = Math.max(1, Math.ceil((maximum - least + 1) / 60));
  const counts: number[] = new Array(Math.floor((maximum - least) / width) + 1).fill(0);
  for (const pulses of all) counts[Math.floor((pulses - least) / width)]!++;
  const [positive, negative] = sets.map((set) => bySynapse(set, synapses));
  return {
    ...{ mean, standardDeviation, least, maximum },
    unpulsed: all.reduce((sum, pulses) => sum + (pulses === 0 ? 1 : 0), 0),
    devices: negative ? { positive: positive!, negative } : { positive: positive! },
    histogram: { low: least, width, counts },
  };
}

/** [devices][synapses] as [synapse][device] of the first synapses. */
function bySynapse(set: Float64Array, synapses: number): number[][] {
  return Array.from({ length: Math.min(synapses, mostListed) }, (_, s) =>
    Array.from({ length: set.length / synapses }, (_unused, d) => set[d * synapses + s]!),
  );
}
