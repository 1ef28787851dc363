import { devicesOf } from "../../crossbar/index.ts";
import type { Cells, Operation, Pulse, PulseTrains } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import { type Arbitration, nothingSelected } from "./arbitration.ts";
import type { PulseSums } from "./count-requests.ts";

/**
 * What a pulse of either sign does to a synapse:
 *
 *   "single"        one set of devices: potentiating and depressing pulses; where there is a second set, it is a reference that is never pulsed
 *   "differential"  a set for each sign, both only potentiated: a depression potentiates the negative set
 *   "push-pull"     a set for each sign, pulsed oppositely
 */
export const arrangements = ["single", "differential", "push-pull"] as const;
export type Arrangement = (typeof arrangements)[number];

/** Pulses that devices got. */
export interface GivenPulses {
  readonly pulses: { readonly potentiation: number; readonly depression: number };
  /** J of the pulses, all devices together: the integral of V I as they moved. */
  readonly work: number;
  /** The same by the sign of the devices' pulses. */
  readonly works: { readonly potentiation: number; readonly depression: number };
  /** s that they lasted. */
  readonly seconds: number;
}

/** What requests came to. Requests count updates of synapses, pulses those that devices got. */
export interface UpdateWork extends GivenPulses {
  readonly requested: { readonly potentiation: number; readonly depression: number };
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
  /** Whether there is a depressing pulse. */
  readonly #falls: boolean;
  readonly #sides: readonly Side[];

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
    this.#falls = depress !== null;
    this.#sides = negative
      ? [sideOf("positive", positive), sideOf("negative", negative)]
      : [sideOf("positive", positive)];
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
    const given = this.#pulse(this.#trainsOf(counts, selected), seconds);
    const { requested } = this.arbitration.counted;
    return {
      requested: {
        potentiation: requested.potentiation - before.potentiation,
        depression: requested.depression - before.depression,
      },
      ...given,
    };
  }

  /** Whether something brings devices down again: a depressing pulse, or a RESET of the model's. */
  get erasable(): boolean {
    return this.#falls || this.#sides.every(({ population }) => population.reset !== undefined);
  }

  /**
   * Depressing pulses for every device of synapses, of both sets and not asked of the arbitration: how pairs that are only potentiated come down
   * again. Where the device has no such pulse its RESET takes the place of each, whose work no model knows.
   *
   * @param count  pulses each
   * @param event  numbers the RESET
   */
  erase(selected: Uint32Array, count: number, event: number): GivenPulses {
    if (!this.erasable)
      throw new InputError("nothing lowers the conductance of this device model: it cannot be erased");
    for (const side of this.#sides) {
      const all = side.touched.length;
      if (this.#falls) {
        for (const synapse of selected) for (let k = 0; k < count; k++) this.#give(side, synapse, all, -1);
        continue;
      }
      const devices = new Uint32Array(all * selected.length);
      for (let d = 0; d < all; d++)
        devices.set(
          selected.map((synapse) => d * this.synapses + synapse),
          d * selected.length,
        );
      side.population.reset!(event, devices);
    }
    return this.#pulse(this.#sides.map(gather), 0);
  }

  elapse(seconds: number): void {
    for (const { population } of this.#sides) population.elapse(seconds);
  }

  /** Gives every side's devices their trains. */
  #pulse(trains: readonly Trains[], seconds: number): GivenPulses {
    const pulses = { potentiation: 0, depression: 0 };
    const works = { potentiation: 0, depression: 0 };
    const longest = trains.reduce(
      (most, { given: { mostUp, mostDown } }) => Math.max(most, this.#widths(mostUp), this.#widths(-mostDown)),
      seconds,
    );
    const [potentiate, depress] = [this.#potentiate, this.#depress];
    for (const [s, { counts: of, selected: devices, given }] of trains.entries()) {
      const side = this.#sides[s]!;
      const train = devices
        ? { potentiate, depress, counts: of, selected: devices }
        : { potentiate, depress, counts: of };
      const work = side.population.train!(side.disturbed ? train : { ...train, lasting: longest }, null);
      pulses.potentiation += given.up;
      pulses.depression += given.down;
      works.potentiation += work.potentiation;
      works.depression += work.depression;
      if (side.disturbed) this.#wait(side, of, devices, longest);
    }
    return { pulses, work: works.potentiation + works.depression, works, seconds: longest };
  }

  /**
   * Voltages across synapses that an update does not mean but whose lines it uses: every device of a synapse sees it so often. Part of the
   * update that follows, in whose time it takes place.
   *
   * @param pulse  the part of the voltage that is seen
   * @param counts  how often, [synapses]
   * @returns J
   */
  disturb(side: "positive" | "negative", pulse: Pulse, counts: Uint32Array): number {
    const disturbed = this.#sides.find(({ name }) => name === side)!;
    disturbed.disturbed = true;
    const { population, taken } = disturbed;
    const often = new Int16Array(population.count);
    for (let i = 0; i < often.length; i++) {
      often[i] = counts[i % counts.length]!;
      taken[i]! += often[i]! * pulse.width;
    }
    const { potentiation, depression } = population.train!({ potentiate: pulse, depress: pulse, counts: often }, null);
    return potentiation + depression;
  }

  /** What every side's devices get. Where nothing is to be arbitrated in a whole array, requests are pulses as they stand. */
  #trainsOf(counts: Int16Array, selected: Uint32Array | undefined): Trains[] {
    const given = selected ? null : this.arbitration.requestAll(counts);
    if (!given) {
      this.#arbitrate(counts, selected);
      return this.#sides.map(gather);
    }
    if (this.watch) this.#showAll(counts);
    const { up, down, mostUp, mostDown } = given;
    if (this.arrangement === "push-pull") {
      const turned = { up: down, down: up, mostUp: mostDown, mostDown: mostUp };
      return [
        { counts, given },
        { counts: counts.map((count) => -count), given: turned },
      ];
    }
    if (this.arrangement === "differential") {
      const ofSign = (sign: 1 | -1): Int16Array => counts.map((count) => (sign * count > 0 ? sign * count : 0));
      return [
        { counts: ofSign(1), given: { ...nothing, up, mostUp } },
        { counts: ofSign(-1), given: { ...nothing, up: down, mostUp: mostDown } },
      ];
    }
    const reference: Trains = { counts: new Int16Array(0), selected: new Uint32Array(0), given: nothing };
    return this.#sides.length === 1 ? [{ counts, given }] : [{ counts, given }, reference];
  }

  /** Tells of the pulses of a whole array whose requests are pulses as they stand: what looks on changes nothing. */
  #showAll(counts: Int16Array): void {
    const differential = this.arrangement === "differential";
    for (const [cell, count] of counts.entries()) {
      const sign = count > 0 ? 1 : -1;
      for (let pulse = Math.abs(count); pulse > 0; pulse--) {
        const side = differential && sign < 0 ? "negative" : "positive";
        this.watch!({ cell, device: 0, side, sign: differential ? 1 : sign });
        if (this.arrangement === "push-pull") {
          this.watch!({ cell, device: 0, side: "negative", sign: sign > 0 ? -1 : 1 });
        }
      }
    }
  }

  /** Notes which devices of which side get how many pulses. */
  #arbitrate(counts: Int16Array, selected: Uint32Array | undefined): void {
    const { arbitration, arrangement } = this;
    const [positive, negative] = this.#sides;
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k]!;
      const synapse = selected ? selected[k]! : k;
      const sign = count > 0 ? 1 : -1;
      for (let pulse = Math.abs(count); pulse > 0; pulse--) {
        const device = arbitration.request(synapse, sign);
        if (device === nothingSelected) continue;
        if (arrangement === "differential") this.#give(sign > 0 ? positive! : negative!, synapse, device, 1);
        else this.#give(positive!, synapse, device, sign);
        if (arrangement === "push-pull") this.#give(negative!, synapse, device, sign > 0 ? -1 : 1);
      }
    }
  }

  /** @param device  of the synapse; as many as it has: all of them */
  #give({ name, pulses, touched, found }: Side, synapse: number, device: number, sign: 1 | -1): void {
    const all = device === touched.length;
    for (let d = all ? 0 : device; d < (all ? touched.length : device + 1); d++) {
      const place = d * this.synapses + synapse;
      if (pulses[place] === 0) touched[d]![found[d]!++] = place;
      pulses[place]! += sign;
      this.watch?.({ cell: synapse, device: d, side: name, sign });
    }
  }

  #widths(count: number): number {
    return count > 0 ? count * this.#potentiate.width : -count * this.#depress.width;
  }

  /** Lets every device of a disturbed side wait until all have had their pulses. */
  #wait(side: Side, counts: Int16Array, devices: Uint32Array | undefined, seconds: number): void {
    const { population, taken } = side;
    if (population.timeless) population.elapse(seconds);
    else {
      const waits = taken.map((spent) => Math.max(0, seconds - spent));
      for (let k = 0; k < counts.length; k++) waits[devices ? devices[k]! : k]! -= this.#widths(counts[k]!);
      population.elapse(waits);
    }
    taken.fill(0);
    side.disturbed = false;
  }
}

/** One set of devices, with room for what an update gives them. */
interface Side {
  readonly name: "positive" | "negative";
  readonly population: Cells;
  /** Pulses of each device, of one sign in one update: a synapse's requests have one. [devices of the population] */
  readonly pulses: Int16Array;
  /** Devices with pulses, ascending, for each of a synapse's devices, and how many those are. */
  readonly touched: readonly Uint32Array[];
  readonly found: Uint32Array;
  /** Whether anything disturbed its devices since the last update, and the s that it took of each. */
  disturbed: boolean;
  readonly taken: Float64Array;
}

function sideOf(name: "positive" | "negative", cells: Cells): Side {
  const { population, devices } = devicesOf(cells);
  return {
    name,
    population,
    disturbed: false,
    pulses: new Int16Array(population.count),
    touched: Array.from({ length: devices }, () => new Uint32Array(cells.count)),
    found: new Uint32Array(devices),
    taken: new Float64Array(population.count),
  };
}

type Trains = Pick<PulseTrains, "counts" | "selected"> & { readonly given: PulseSums };

const nothing: PulseSums = { up: 0, down: 0, mostUp: 0, mostDown: 0 };

/** What devices of a side are to get, ascending, and clears it. */
function gather({ pulses, touched, found }: Side): Trains {
  const selected = new Uint32Array(found.reduce((sum, count) => sum + count, 0));
  let filled = 0;
  for (const [d, places] of touched.entries()) {
    selected.set(places.subarray(0, found[d]!), filled);
    filled += found[d]!;
  }
  found.fill(0);
  const counts = new Int16Array(selected.length);
  let [up, down, mostUp, mostDown] = [0, 0, 0, 0];
  for (let k = 0; k < selected.length; k++) {
    const count = pulses[selected[k]!]!;
    counts[k] = count;
    pulses[selected[k]!] = 0;
    if (count > 0) up += count;
    else down -= count;
    mostUp = Math.max(mostUp, count);
    mostDown = Math.max(mostDown, -count);
  }
  return { counts, selected, given: { up, down, mostUp, mostDown } };
}
