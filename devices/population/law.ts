import type { Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { TrainWork } from "../device.ts";

/** What is around a device, and not its voltage. */
export interface Surroundings {
  /** K. */
  readonly temperature: number;
  /** W/m^2, 0 in the dark. */
  readonly irradiance: number;
  /** m. */
  readonly wavelength: number;
}

/** A straight piece of what acts on a device. */
export interface Stretch extends Surroundings {
  /** V at its start and at its end. */
  readonly from: number;
  readonly to: number;
  /** s. */
  readonly duration: number;
  /** s from the start of the pulse that it is a part of to its own start. */
  readonly since: number;
  /** A that the source gives at most. */
  readonly compliance: number;
}

/** One number of a device's state. */
export interface Variable {
  readonly name: string;
  /** Hard limits and the value of a device as it was made, in SI. */
  readonly low: number;
  readonly high: number;
  readonly start: number;
  /** Absent: the law's. */
  readonly precision?: "float32" | "float64";
}

/** A number that a device has for life and others have differently. */
export interface Trait {
  readonly name: string;
  /** Its median; of "log-normal-of-mean" its mean. */
  readonly value: number;
  /** normal: standard deviation over the value, never below 0; log-normal: standard deviation of the logarithm; uniform: half its width over the value. */
  readonly spread: number;
  readonly distribution: "normal" | "log-normal" | "log-normal-of-mean" | "uniform";
}

/** As many numbers as there are variables, traits or normals. */
export type Numbers = Float64Array;

/**
 * The physics of one device: functions of the state x of a single one, in float64 and SI, which keep nothing. All that devices have in common
 * (limits and their count, spread, read noise, wear, stuck devices, clocks, draws, saving) is the population's.
 */
export interface DeviceLaw {
  readonly variables: readonly Variable[];
  readonly traits: readonly Trait[];
  /** Index of the variable that sets the conductance: what programming by `replace` moves, along which conductance is monotone. */
  readonly conducting: number;
  /** K that the parameter set holds for, and the span of temperatures that it covers. */
  readonly temperature: { readonly usual: number; readonly low: number; readonly high: number };
  /** Whether the current at -V is another than minus that at V. */
  readonly polar: boolean;
  /** Whether light does anything. */
  readonly light: boolean;
  /** Standard normals that one pulse takes for its spread from cycle to cycle. */
  readonly normalsPerPulse: number;
  /** What the state is kept in: float32 where a kernel moves it or a million devices shall fit. */
  readonly precision: "float32" | "float64";
  /** Limits of this very device in its state x, [low, high] of every variable in turn; absent: those of `variables`. */
  bounds?(traits: Numbers, bounds: Numbers, x: Numbers): void;
  /** The state of this device as it was made; absent: every variable's start. `normals` are `normalsPerPulse`. */
  start?(x: Numbers, traits: Numbers, normals: Numbers): void;
  /** The state after a full RESET; absent where the model knows none. */
  reset?(x: Numbers, traits: Numbers, normals: Numbers): void;
  /** Whether a pulse of this voltage counts as a write, for wear. */
  writes(voltage: number): boolean;
  /** A through the device. Monotone in the voltage, 0 at 0 V in the dark. */
  current(voltage: number, x: Numbers, traits: Numbers, surroundings: Surroundings): number;
  /**
   * Moves x through a stretch and returns the work done on the device, J: the integral of V I along that trajectory. The same normals come
   * with all stretches of one pulse, so that pieces of a pulse do together what the whole does.
   */
  evolve(x: Numbers, stretch: Stretch, normals: Numbers, traits: Numbers): number;
  /** Moves x through a time at 0 V in the dark. Two times do the same as their sum. */
  relax(x: Numbers, seconds: number, temperature: number, traits: Numbers): void;
  /** Whether `relax` changes nothing. */
  readonly timeless?: boolean;
  /** Index of a variable that is a time since something: `relax` adds the seconds to it and does nothing else. float64. */
  readonly age?: number;
  /** The same law over whole arrays, where a kernel pays. */
  readonly bulk?: BulkLaw;
}

/** Arrays of a population's state in its engine's memory, one a variable and one a trait, [cells]. */
export interface BulkState {
  readonly x: readonly (Float32Array | Float64Array)[];
  readonly traits: readonly Float32Array[];
}

/** Trains of whole pulses, for kernels. */
export interface BulkTrains {
  readonly up: Stretch;
  readonly down: Stretch;
  readonly counts: Int16Array;
  /** Devices that counts are for; absent: all. */
  readonly selected: Uint32Array | undefined;
  /** Normals of pulse n of device i are those of cell i in event n of this draw, times `scale`. */
  readonly draw: Draw;
  readonly scale: number;
  /** Where a law makes one normal of a whole train of each device, without `selected`: normal k of device i is sample i of the event of at(draw, k). */
  readonly together: { readonly draw: Draw; readonly event: number };
  /** s that ages are behind. */
  readonly behind: number;
  /** Pulses of trains that each device had, and writes; [cells], added to. */
  readonly trained: Float64Array;
  readonly writes: Float64Array;
  /** J, [cells], added to; null: nobody asks. */
  readonly work: Float64Array | null;
}

/** What trains came to. */
export interface BulkTrained {
  /** How often a device was held at a limit. */
  readonly clipped: number;
  readonly works: TrainWork;
}

/** Conductances of whole arrays, or of a few devices among many. */
export interface OhmicLaw {
  /** Whether a stretch writes nothing, is too short to change a conductance in float32, and no source gives way in it. */
  steady(stretch: Stretch): boolean;
  /**
   * Conductances now, S.
   *
   * @param behind  s that ages are behind
   * @param selected  devices, in the engine's memory; absent: all
   * @param out  of the engine's memory, [selected] or [cells]
   * @param older  s that the ages of these devices grow by afterwards
   */
  conductance(
    engine: Engine,
    state: BulkState,
    behind: number,
    selected: Uint32Array | undefined,
    out: Float32Array,
    older: number,
  ): void;
}

/** Where a pulse's normals come from. */
export interface PulseRandomness {
  readonly draw: Draw;
  readonly event: number;
  /** 0: none. */
  readonly scale: number;
}

/** A law over whole arrays; what it does to a device agrees with the law of one device within float32. */
export interface BulkLaw {
  /**
   * One whole pulse of every device, as `evolve`; false where it cannot (a ramp, a piece of a pulse), and nothing has happened then.
   *
   * @param random  normal k of device i is sample i of event `event` of at(draw, k), times `scale`
   * @param work  J, [cells], added to
   * @returns how many devices were held at a limit
   */
  pulse?(
    engine: Engine,
    state: BulkState,
    stretch: Stretch,
    random: PulseRandomness,
    work: Float64Array,
  ): number | false;
  /**
   * Trains of devices that are all free and do not wear, as `evolve` pulse by pulse; false where it cannot, and nothing has happened then.
   */
  train?(engine: Engine, state: BulkState, trains: BulkTrains): BulkTrained | false;
  /** Where devices are ohmic at every voltage that does not write. */
  readonly ohmic?: OhmicLaw;
  /** A time at 0 V of every device, as `relax`, or each one's own [cells]; false where it cannot, and nothing has happened then. */
  relax?(engine: Engine, state: BulkState, seconds: number | Float64Array, temperature: number): boolean;
}
