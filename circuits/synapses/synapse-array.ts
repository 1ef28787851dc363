import { devicesOf } from "../../crossbar/index.ts";
import type { Cells, Operation, Pulse, PulseTrains } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import { type Arbitration, nothingSelected } from "./arbitration.ts";

/**
 * What a pulse of either sign does to a synapse:
 *
 *   "single"        one set of devices: potentiating and depressing pulses; where there is a second set, it is a reference that is never pulsed
 *   "differential"  a set for each sign, both only potentiated: a depression potentiates the negative set
 *   "push-pull"     a set for each sign, pulsed oppositely
 */
export const arrangements = ["single", "differential", "push-pull"] as const;
export type Arrangement = (typeof arrangements)[number];

/** What requests came to. Requests and what was applied count updates of synapses, pulses those that devices got. */
export interface UpdateWork {
  readonly requested: { readonly potentiation: number; readonly depression: number };
  readonly pulses: { readonly potentiation: number; readonly depression: number };
  /** J of the pulses, all devices together: the integral of V I as they moved. */
  readonly work: number;
  /** s that the update lasted. */
  readonly seconds: number;
}

/** One pulse as it was applied, in the order of application. */
export interface AppliedPulse {
  /** Cell of the array, row-major. */
  readonly cell: number;
  readonly device: number;
  readonly side: "positive" | "negative";
  readonly sign: 1 | -1;
}

/** Synapses that learn by pulses: the devices behind each, and the one arbitration circuit that says which of them takes a pulse. */
export class SynapseArray {
  readonly positive: Cells;
  readonly negative: Cells | null;
  readonly arrangement: Arrangement;
  readonly arbitration: Arbitration;
  /** Told of every pulse, where somebody looks. */
  watch: ((pulse: AppliedPulse) => void) | null = null;
  readonly #potentiate: Pulse;
  readonly #depress: Pulse;

  /**
   * @param positive  and `negative`: of equal count; several devices a cell are `parallelCells`
   * @param operation  whose pulses are applied
   */
  constructor(
    positive: Cells,
    negative: Cells | null,
    operation: Operation,
    arrangement: Arrangement,
    arbitration: Arbitration,
  ) {
    const { potentiate, depress } = operation;
    if (!devicesOf(positive).population.train || !potentiate) {
      throw new InputError("this device model has no pulses to learn with: it is programmed by published statistics");
    }
    if (!depress && arrangement !== "differential") {
      throw new InputError(`this device model has no depressing pulse, which arrangement "${arrangement}" needs`);
    }
    if (!negative && arrangement !== "single")
      throw new Error(`arrangement "${arrangement}" needs two sets of devices`);
    if (arbitration.spec.devices !== devicesOf(positive).devices) {
      throw new Error(`arbitration over ${arbitration.spec.devices} of ${devicesOf(positive).devices} devices`);
    }
    this.positive = positive;
    this.negative = negative;
    this.arrangement = arrangement;
    this.arbitration = arbitration;
    this.#potentiate = potentiate;
    this.#depress = depress ?? potentiate;
  }

  get synapses(): number {
    return this.positive.count;
  }

  /**
   * Requested pulses, in scan order: those of a synapse one after another, then those of the next. Every pulse is one request to the
   * arbitration. Afterwards all devices have waited to the same time.
   *
   * @param counts  above 0 potentiating, below 0 depressing, [selected] or [synapses]
   * @param selected  synapses, ascending, each once; absent: all
   * @param seconds  that the update lasts at least
   */
  update(counts: Int16Array, selected?: Uint32Array, seconds = 0): UpdateWork {
    const before = structuredClone(this.arbitration.counted.requested);
    const sides = this.#arbitrate(counts, selected);
    const pulses = { potentiation: 0, depression: 0 };
    const longest = Math.max(seconds, ...sides.map((side) => this.#lasting(side.pulses)));
    let work = 0;
    for (const { cells, pulses: given } of sides) {
      const { population } = devicesOf(cells);
      const { counts: of, selected: devices } = trainsOf(given);
      for (const count of of) {
        if (count > 0) pulses.potentiation += count;
        else pulses.depression -= count;
      }
      const trains: PulseTrains = {
        potentiate: this.#potentiate,
        depress: this.#depress,
        counts: of,
        selected: devices,
      };
      const own = new Float64Array(population.count);
      population.train!(trains, own);
      for (const joules of own) work += joules;
      this.#wait(population, trains, longest);
    }
    const { requested } = this.arbitration.counted;
    return {
      requested: {
        potentiation: requested.potentiation - before.potentiation,
        depression: requested.depression - before.depression,
      },
      pulses,
      work,
      seconds: longest,
    };
  }

  /** Which devices of which side get how many pulses. */
  #arbitrate(counts: Int16Array, selected: Uint32Array | undefined): Side[] {
    const { arbitration, arrangement, watch } = this;
    const positive: Side = { cells: this.positive, name: "positive", pulses: new Map() };
    const negative: Side | null = this.negative && { cells: this.negative, name: "negative", pulses: new Map() };
    const give = (side: Side, synapse: number, device: number, sign: 1 | -1): void => {
      const { devices } = devicesOf(side.cells);
      const [from, to] = device === devices ? [0, devices] : [device, device + 1];
      for (let d = from; d < to; d++) {
        const at = d * this.synapses + synapse;
        side.pulses.set(at, (side.pulses.get(at) ?? 0) + sign);
        watch?.({ cell: synapse, device: d, side: side.name, sign });
      }
    };
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k]!;
      const synapse = selected ? selected[k]! : k;
      const sign = count > 0 ? 1 : -1;
      for (let pulse = Math.abs(count); pulse > 0; pulse--) {
        const device = arbitration.request(synapse, sign);
        if (device === nothingSelected) continue;
        if (arrangement === "differential") give(sign > 0 ? positive : negative!, synapse, device, 1);
        else give(positive, synapse, device, sign);
        if (arrangement === "push-pull") give(negative!, synapse, device, sign > 0 ? -1 : 1);
      }
    }
    return negative ? [positive, negative] : [positive];
  }

  #lasting(pulses: ReadonlyMap<number, number>): number {
    let longest = 0;
    for (const count of pulses.values()) longest = Math.max(longest, this.#widths(count));
    return longest;
  }

  #widths(count: number): number {
    return count > 0 ? count * this.#potentiate.width : -count * this.#depress.width;
  }

  /** Lets every device wait until all have had their pulses. */
  #wait(population: Cells, { counts, selected }: PulseTrains, seconds: number): void {
    if (seconds === 0) return;
    if (population.timeless) {
      population.elapse(seconds);
      return;
    }
    const waits = new Float64Array(population.count).fill(seconds);
    for (let k = 0; k < counts.length; k++) waits[selected![k]!]! -= this.#widths(counts[k]!);
    population.elapse(waits);
  }
}

interface Side {
  readonly cells: Cells;
  readonly name: "positive" | "negative";
  /** By device of the population: so many pulses, of that sign. A synapse's requests in one update have one sign. */
  readonly pulses: Map<number, number>;
}

function trainsOf(pulses: ReadonlyMap<number, number>): { counts: Int16Array; selected: Uint32Array } {
  const selected = Uint32Array.from(pulses.keys()).sort();
  return { selected, counts: Int16Array.from(selected, (at) => pulses.get(at)!) };
}
