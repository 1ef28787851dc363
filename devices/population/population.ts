import { at, type Draw } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import {
  type Cells,
  type DeviceSwitches,
  longestOf,
  type NoiseSplit,
  type Pulse,
  type PulseTrains,
  type Stimulus,
  type TrainWork,
} from "../device.ts";
import { noiseState, ReadNoise, type ReadNoiseLaw } from "../noise/index.ts";
import { Conditions } from "./conditions.ts";
import { limitedVoltage } from "./continuous.ts";
import { Devices, hold, ownNumbers } from "./devices.ts";
import type { DeviceLaw, Stretch } from "./law.ts";
import { rest } from "./ohmic.ts";
import { replaceConductances } from "./replace.ts";
import { Sight } from "./sight.ts";
import { trainDevices, waitsOf } from "./trains.ts";
import type { WearLaw } from "./wear.ts";
import { workBetween } from "./work.ts";

/** What a population is made of: a law and everything that its devices have in common with those of other laws. */
export interface PopulationSpec {
  /** Named in refusals. */
  readonly name: string;
  readonly law: DeviceLaw;
  readonly wear: WearLaw;
  readonly readNoise: ReadNoiseLaw;
  /** 1: spread from device to device and from cycle to cycle as the set has it; 0: none. */
  readonly spread: number;
  /** The voltage at which a conductance is meant, and how long a read of a tile takes. */
  readonly read: Pulse;
  /** A that sources give at most where a stimulus does not say. */
  readonly compliance: number;
}

// Numbers of the whole population, in the state's `common`.
const pulses = 0;
const since = 1;
const clips = 2;
/** 1 once a piece of the running pulse has written: it wears a device once. */
const written = 3;
/** Writes that all devices had together, where none wears. */
const shared = 4;
/** Trains that all devices had. */
const trainsOfAll = 5;

/** Cells of one law: their clock, and what is done to them. What one device does is the law's. */
export class Population implements Cells {
  readonly count: number;
  readonly reset?: (event: number, selected?: Uint32Array) => void;
  readonly reversal?: (out: Float32Array) => void;
  readonly #engine: Engine;
  readonly #spec: PopulationSpec;
  readonly #switches: DeviceSwitches;
  readonly #devices: Devices;
  readonly #draw: Draw;
  readonly #conditions: Conditions;
  readonly #sight: Sight;
  readonly #wears: boolean;
  /** null where it is switched off or the set has none. */
  readonly #noise: ReadNoise | null;
  #clock = 0;

  constructor(spec: PopulationSpec, engine: Engine, count: number, draw: Draw, switches: DeviceSwitches) {
    const { law, wear } = spec;
    this.count = count;
    this.#engine = engine;
    this.#spec = spec;
    this.#switches = switches;
    const { readNoise } = spec;
    const noise = switches.readNoise && readNoise.scale > 0 ? noiseState(readNoise) : null;
    const spread = switches.programmingNoise ? spec.spread : 0;
    this.#devices = new Devices(engine, law, wear, spread, noise, count, draw);
    const { fields, common } = this.#devices.state;
    this.#noise =
      noise && new ReadNoise(engine, count, readNoise, fields, common.subarray(ownNumbers), at(draw, "read noise"));
    this.#draw = draw;
    this.#conditions = new Conditions(spec.name, law, spec.compliance);
    this.#sight = new Sight(engine, law, this.#devices, this.#conditions, this.#noise, spec.read);
    this.#wears = wear.lifetime < Number.POSITIVE_INFINITY || wear.windowLoss > 0;
    if (law.reset) this.reset = (event, selected) => this.#reset(event, selected);
    if (law.polar && switches.polarity) this.reversal = (out) => this.#sight.reversal(out);
  }

  get clock(): number {
    return this.#clock;
  }

  get limited(): { readonly clipped: number; readonly stuck: number } {
    return { clipped: this.#common[clips]!, stuck: this.#devices.stuck };
  }

  save(): Uint8Array {
    this.#noise?.tidy();
    return this.#devices.save(this.#clock);
  }

  restore(bytes: Uint8Array): void {
    this.#clock = this.#devices.restore(bytes);
  }

  elapse(seconds: number | Float64Array, temperature?: number): void {
    const { law, name } = this.#spec;
    const kelvin = this.#conditions.kelvin(temperature);
    const longest = longestOf(seconds);
    if (!(longest >= 0)) throw new InputError(`${name}: a wait of ${longest} s, expected 0 s or more`);
    if (longest === 0) return;
    this.#clock += longest;
    this.#common[since] = 0;
    if (!this.#switches.drift || law.timeless) return;
    const devices = this.#devices;
    if (law.age !== undefined && typeof seconds === "number" && !devices.anyHeld) {
      devices.behind += seconds;
      return;
    }
    const { bulk } = law;
    if (bulk?.relax && devices.exceptHeld(() => bulk.relax!(this.#engine, devices.arrays, seconds, kelvin))) return;
    this.#move((i) => {
      law.relax(devices.x, typeof seconds === "number" ? seconds : seconds[i]!, kelvin, devices.own);
    });
  }

  conductance(out: Float32Array): void {
    this.#sight.conductance(out);
  }

  current(voltage: number, out: Float64Array, during?: Pick<Stimulus, "temperature" | "light">): void {
    this.#sight.current(voltage, out, this.#conditions.surroundings(during));
  }

  apply(stimulus: Stimulus, work: Float64Array, selected?: Uint32Array): void {
    const { law } = this.#spec;
    const devices = this.#devices;
    const stretch = this.#begin(stimulus, !selected);
    const writes = law.writes(larger(stretch.from, stretch.to));
    const counts = writes && this.#common[written] === 0;
    if (writes) this.#common[written] = 1;
    const add = (conductance: Float32Array, joules: number): void => {
      for (let k = 0; k < conductance.length; k++) work[selected ? selected[k]! : k]! += joules * conductance[k]!;
    };
    if (!writes && rest(this.#engine, devices, law, stretch, selected, add)) return;
    const { purpose, event } = this.#numberOf(stimulus);
    const together = !selected && !this.#wears;
    if (counts && together) this.#common[shared]!++;
    if (together && law.bulk?.pulse && !devices.anyHeld) {
      devices.settle();
      const clipped = law.bulk.pulse(this.#engine, devices.arrays, stretch, devices.random(purpose, event), work);
      if (clipped !== false) {
        this.#common[clips]! += clipped;
        return;
      }
    }
    devices.drawNormals(purpose, event);
    this.#move(
      (i) => {
        work[i]! += law.evolve(devices.x, stretch, devices.normals, devices.own);
        if (counts && !together) devices.write(i);
      },
      (i) => {
        // What is held conducts all the same.
        const { x, own } = devices;
        const limited = (voltage: number) => limitedVoltage(law, voltage, stretch.compliance, x, own, stretch);
        const across = { ...stretch, from: limited(stretch.from), to: limited(stretch.to) };
        work[i]! += workBetween(law, x, x, across, own);
      },
      selected,
    );
  }

  /** Where a stimulus stands in its pulse, and the clock after it where all cells get it. */
  #begin(stimulus: Stimulus, forAll: boolean): Stretch {
    const common = this.#common;
    if (!stimulus.continues) {
      if (stimulus.programming === undefined) common[pulses]!++;
      common[since] = 0;
      common[written] = 0;
    }
    const stretch = this.#conditions.stretch(stimulus, common[since]!);
    common[since]! += stretch.duration;
    if (forAll) this.#clock += stretch.duration;
    return stretch;
  }

  train(trains: PulseTrains, work: Float64Array | null): TrainWork {
    const { law, spread, compliance } = this.#spec;
    const conditions = { ...this.#conditions.surroundings(), compliance };
    const scale = this.#switches.programmingNoise ? spread : 0;
    const draw = at(this.#draw, "train");
    const together = { draw: at(this.#draw, "trains"), event: this.#common[trainsOfAll]! };
    if (!trains.selected) this.#common[trainsOfAll]!++;
    const how = { law, draw, together, scale, wears: this.#wears };
    const { clipped, works } = trainDevices(this.#engine, this.#devices, how, trains, conditions, work);
    this.#common[clips]! += clipped;
    if (trains.lasting === undefined) return works;
    const wait = waitsOf(trains, this.count);
    if (law.timeless || !this.#switches.drift) this.elapse(wait.longest);
    else if (law.age !== undefined && !this.#devices.anyHeld) {
      this.elapse(wait.longest);
      wait.shorten(this.#devices.arrays.x[law.age]!);
    } else this.elapse(wait.each());
    return works;
  }

  wear(out: Float64Array): void {
    const { writes } = this.#devices;
    for (let i = 0; i < out.length; i++) out[i] = writes[i]! + this.#common[shared]!;
  }

  get timeless(): boolean {
    return this.#spec.law.timeless ?? false;
  }

  replace(conductance: Float32Array, drifts: boolean): void {
    const { law, read } = this.#spec;
    replaceConductances(law, this.#devices, read.voltage, this.#conditions.surroundings(), conductance, drifts);
  }

  read(stimulus: Stimulus, reading: number, current: Float64Array, work: Float64Array, selected?: Uint32Array): void {
    const few = new Float64Array(selected?.length ?? 0);
    const works = new Float64Array(few.length);
    if (selected && this.readFew(stimulus, reading, selected, few, works)) {
      for (let k = 0; k < few.length; k++) {
        current[selected[k]!] = few[k]!;
        work[selected[k]!]! += works[k]!;
      }
      return;
    }
    const clock = this.#clock;
    this.#sight.currentIn(this.#conditions.stretch(stimulus, 0), current, selected);
    if (!selected) this.#sight.disturb(clock, stimulus, reading, current, undefined);
    else {
      for (let k = 0; k < few.length; k++) few[k] = current[selected[k]!]!;
      this.#sight.disturb(clock, stimulus, reading, few, selected);
      for (let k = 0; k < few.length; k++) current[selected[k]!] = few[k]!;
    }
    this.apply(stimulus, work, selected);
  }

  readFew(
    stimulus: Stimulus,
    reading: number,
    selected: Uint32Array,
    current: Float64Array,
    work: Float64Array,
  ): boolean {
    const { law } = this.#spec;
    const steady = law.age !== undefined && law.bulk?.ohmic?.steady(this.#conditions.stretch(stimulus, 0));
    if (!steady || this.#devices.anyHeld) return false;
    const { voltage } = stimulus;
    const clock = this.#clock;
    rest(this.#engine, this.#devices, law, this.#begin(stimulus, false), selected, (conductance, joules) => {
      for (let k = 0; k < current.length; k++) {
        current[k] = voltage * conductance[k]!;
        work[k] = joules * conductance[k]!;
      }
    });
    this.#sight.disturb(clock, stimulus, reading, current, selected);
    return true;
  }

  readNoise(
    split: NoiseSplit,
    reading: number,
    centre: Float32Array,
    deviation: Float32Array,
    selected?: Uint32Array,
  ): void {
    this.#sight.split(this.#clock, split, reading, centre, deviation, selected);
  }

  heldShare(split: NoiseSplit): number | null {
    return this.#sight.heldShare(split);
  }

  get #common(): Float64Array {
    return this.#devices.state.common;
  }

  #reset(event: number, selected?: Uint32Array): void {
    const { law } = this.#spec;
    const devices = this.#devices;
    devices.drawNormals("reset", event);
    this.#move(
      () => law.reset!(devices.x, devices.own, devices.normals),
      () => {},
      selected,
    );
  }

  /** Where a pulse's draws are addressed. */
  #numberOf({ programming }: Stimulus): { readonly purpose: string; readonly event: number } {
    if (programming !== undefined) return { purpose: "programming", event: programming };
    return { purpose: "cycle", event: this.#common[pulses]! };
  }

  /** Moves every device that can move, and shows those that are held. */
  #move(step: (i: number) => void, held: (i: number) => void = () => {}, selected?: Uint32Array): void {
    const devices = this.#devices;
    let clipped = 0;
    for (const i of selected ?? devices.held.keys()) {
      devices.take(i);
      if (devices.held[i] !== hold.not) {
        held(i);
        continue;
      }
      step(i);
      clipped += devices.put(i);
    }
    this.#common[clips]! += clipped;
  }
}

function larger(a: number, b: number): number {
  return Math.abs(b) > Math.abs(a) ? b : a;
}
