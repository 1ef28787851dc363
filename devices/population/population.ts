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
} from "../device.ts";
import { noiseState, type ReadConditions, ReadNoise, type ReadNoiseLaw } from "../noise/index.ts";
import { limitedVoltage } from "./continuous.ts";
import { Devices, hold, ownNumbers } from "./devices.ts";
import type { DeviceLaw, Stretch, Surroundings } from "./law.ts";
import { rootBetween } from "./root.ts";
import { trainDevices } from "./trains.ts";
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
      noise && new ReadNoise(engine, readNoise, fields, common.subarray(ownNumbers), at(draw, "read noise"));
    this.#draw = draw;
    this.#wears = wear.lifetime < Number.POSITIVE_INFINITY || wear.windowLoss > 0;
    if (law.reset) this.reset = (event, selected) => this.#reset(event, selected);
    if (law.polar && switches.polarity) this.reversal = (out) => this.#reversal(out);
  }

  get clock(): number {
    return this.#clock;
  }

  get limited(): { readonly clipped: number; readonly stuck: number } {
    return { clipped: this.#common[clips]!, stuck: this.#devices.stuck };
  }

  save(): Uint8Array {
    this.#noise?.tidy();
    return this.#devices.state.save(this.#clock);
  }

  restore(bytes: Uint8Array): void {
    this.#clock = this.#devices.restore(bytes);
  }

  elapse(seconds: number | Float64Array, temperature?: number): void {
    const { law, name } = this.#spec;
    const kelvin = this.#kelvin(temperature);
    const longest = longestOf(seconds);
    if (!(longest >= 0)) throw new InputError(`${name}: a wait of ${longest} s, expected 0 s or more`);
    if (longest === 0) return;
    this.#clock += longest;
    this.#common[since] = 0;
    if (!this.#switches.drift || law.timeless) return;
    const devices = this.#devices;
    const { bulk } = law;
    if (bulk?.relax && devices.exceptHeld(() => bulk.relax!(this.#engine, devices.arrays, seconds, kelvin))) return;
    this.#move((i) => {
      law.relax(devices.x, typeof seconds === "number" ? seconds : seconds[i]!, kelvin, devices.own);
    });
  }

  conductance(out: Float32Array): void {
    const { law, read } = this.#spec;
    this.#look((i, current) => {
      out[i] = (current(read.voltage) - (law.light ? current(0) : 0)) / read.voltage;
    });
  }

  current(voltage: number, out: Float64Array, during?: Pick<Stimulus, "temperature" | "light">): void {
    this.#look((i, current) => {
      out[i] = current(voltage);
    }, this.#surroundings(during));
  }

  apply(stimulus: Stimulus, work: Float64Array, selected?: Uint32Array): void {
    const { law } = this.#spec;
    const devices = this.#devices;
    if (!stimulus.continues) {
      if (stimulus.programming === undefined) this.#common[pulses]!++;
      this.#common[since] = 0;
      this.#common[written] = 0;
    }
    const stretch = this.#stretch(stimulus, this.#common[since]!);
    this.#common[since]! += stretch.duration;
    if (!selected) this.#clock += stretch.duration;
    const writes = law.writes(larger(stretch.from, stretch.to));
    const counts = writes && this.#common[written] === 0;
    if (writes) this.#common[written] = 1;
    const { purpose, event } = this.#numberOf(stimulus);
    const together = !selected && !this.#wears;
    if (counts && together) this.#common[shared]!++;
    if (together && law.bulk?.pulse && !devices.anyHeld) {
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

  train(trains: PulseTrains, work: Float64Array): void {
    const { law, spread, compliance } = this.#spec;
    const conditions = { ...this.#surroundings(), compliance };
    const scale = this.#switches.programmingNoise ? spread : 0;
    this.#common[clips]! += trainDevices(law, this.#devices, this.#draw, scale, trains, conditions, work);
  }

  wear(out: Float64Array): void {
    this.#devices.wear(out);
    for (let i = 0; i < out.length; i++) out[i]! += this.#common[shared]!;
  }

  get timeless(): boolean {
    return this.#spec.law.timeless ?? false;
  }

  replace(conductance: Float32Array, drifts: boolean): void {
    const { law, read } = this.#spec;
    const { voltage: readVoltage } = read;
    const devices = this.#devices;
    const { x, own, bounds } = devices;
    const surroundings = this.#surroundings();
    const k = law.conducting;
    for (let i = 0; i < this.count; i++) {
      devices.take(i);
      devices.limits(i);
      const [low, high] = [bounds[2 * k]!, bounds[2 * k + 1]!];
      const excess = (value: number): number => {
        x[k] = value;
        return law.current(readVoltage, x, own, surroundings) / readVoltage - conductance[i]!;
      };
      const [below, above] = [excess(low), excess(high)];
      const within = below < 0 !== above < 0;
      const nearer = Math.abs(below) < Math.abs(above) ? low : high;
      x[k] = within ? rootBetween(excess, low, high, 1e-12 * (high - low)) : nearer;
      devices.put(i);
      devices.holdAt(i, drifts ? hold.not : hold.asTold);
    }
  }

  read(stimulus: Stimulus, reading: number, current: Float64Array, work: Float64Array, selected?: Uint32Array): void {
    const { voltage: from, endVoltage = from, duration } = stimulus;
    const voltage = (from + endVoltage) / 2;
    const show = (i: number, currentAt: (voltage: number) => number): void => {
      current[i] = currentAt(voltage);
    };
    this.#look(show, undefined, selected);
    if (this.#noise) {
      const temperature = this.#kelvin(stimulus.temperature);
      const how = { voltage, duration, temperature };
      const put = (now: Float32Array | null) =>
        this.#noise!.read(this.#clock + duration / 2, how, reading, now, current);
      if (voltage === 0) this.#withConductance(put);
      else put(null);
    }
    this.apply(stimulus, work, selected);
  }

  readNoise(split: NoiseSplit, reading: number, centre: Float32Array, deviation: Float32Array): void {
    this.conductance(centre);
    if (this.#noise) this.#noise.split(this.#clock, this.#usualRead(), split, reading, centre, deviation);
    else deviation.fill(0);
  }

  heldShare(split: NoiseSplit): number | null {
    if (!this.#noise) return null;
    return this.#withConductance((now) => this.#noise!.heldShare(this.#usualRead(), split, now));
  }

  #usualRead(): ReadConditions {
    const { voltage, width } = this.#spec.read;
    return { voltage, duration: width, temperature: this.#spec.law.temperature.usual };
  }

  /** What `use` makes of the conductances now. */
  #withConductance<T>(use: (conductance: Float32Array) => T): T {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const now = memory.float32(this.count);
    this.conductance(now);
    const made = use(now);
    memory.release(mark);
    return made;
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

  #reversal(out: Float32Array): void {
    const { voltage: readVoltage } = this.#spec.read;
    this.#look((i, current) => {
      const forward = current(readVoltage);
      out[i] = forward === 0 ? 1 : Math.max(0, -current(-readVoltage) / forward);
    });
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

  #look(
    show: (i: number, current: (voltage: number) => number) => void,
    surroundings = this.#surroundings(),
    selected?: Uint32Array,
  ): void {
    const { law } = this.#spec;
    const { x, own } = this.#devices;
    const current = (voltage: number): number => law.current(voltage, x, own, surroundings);
    for (const i of selected ?? this.#devices.held.keys()) {
      this.#devices.take(i);
      show(i, current);
    }
  }

  #surroundings({ temperature, light }: Pick<Stimulus, "temperature" | "light"> = {}): Surroundings {
    const { irradiance = 0, wavelength = 0 } = light ?? {};
    return { temperature: this.#kelvin(temperature), irradiance, wavelength };
  }

  #stretch(stimulus: Stimulus, begun: number): Stretch {
    const { law, name, compliance } = this.#spec;
    const { voltage, endVoltage = voltage, duration, light } = stimulus;
    if (light && light.irradiance > 0 && !law.light) {
      throw new InputError(`${name}: light does nothing that this model knows`);
    }
    return {
      from: voltage,
      to: endVoltage,
      duration,
      since: begun,
      temperature: this.#kelvin(stimulus.temperature),
      irradiance: light?.irradiance ?? 0,
      wavelength: light?.wavelength ?? 0,
      compliance: stimulus.compliance ?? compliance,
    };
  }

  #kelvin(asked: number | undefined): number {
    const { law, name } = this.#spec;
    const { usual, low, high } = law.temperature;
    const kelvin = asked ?? usual;
    if (kelvin >= low && kelvin <= high) return kelvin;
    throw new InputError(`${name}: ${kelvin} K, expected ${low === high ? `${low} K` : `${low} to ${high} K`}`);
  }
}

function larger(a: number, b: number): number {
  return Math.abs(b) > Math.abs(a) ? b : a;
}
