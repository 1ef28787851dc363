import type { Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { KnownTree } from "../src/ground/known.ts";

/**
 * The contract every device model keeps. A model describes cells of two terminals; it knows nothing of arrays, converters
 * or networks. What it cannot do (be programmed to a target, react to light) is a capability it does not have: the member
 * is absent, and whoever needs it says so to the user.
 */
export interface DeviceModel {
  readonly name: string;
  readonly title: string;
  /** "programmed": takes a target conductance with published statistics; "pulsed": moves by voltage pulses; "volatile". */
  readonly kind: "programmed" | "pulsed" | "volatile";
  /** Names of its parameter sets; the first is the default. */
  readonly parameterSets: readonly string[];
  /** Checks a parameter set and gives cells of that kind their law. */
  prepare(values: KnownTree): PreparedDevice;
}

/** A model with one parameter set. */
export interface PreparedDevice {
  /** S, the conductance that the largest weight asks for. Not a limit: a cell may end above it. */
  readonly targetRange: number;
  /** s between programming and the first reading; the times of an evaluation count from there. */
  readonly firstReading: number;
  /** Devices in parallel that one cell stands for: its conductance is their sum, programming and costs count each of them. */
  readonly devicesPerCell: number;
  /** Whether its cells conduct differently with the read voltage reversed (`Cells.reversal`). */
  readonly tellsPolarity: boolean;
  /** New cells at time 0, unprogrammed. All that is random in them is addressed by `draw`, which names their place. */
  create(engine: Engine, count: number, draw: Draw, switches: DeviceSwitches): Cells;
}

/** Physical causes that an evaluation may switch off one by one. */
export interface DeviceSwitches {
  readonly programmingNoise: boolean;
  readonly drift: boolean;
  readonly readNoise: boolean;
  /** That cells conduct differently with the read voltage reversed. */
  readonly polarity: boolean;
}

/** What acts on cells during a span of time, the same for all of them. */
export interface Stimulus {
  /** V across the cell. */
  readonly voltage: number;
  /** s. */
  readonly duration: number;
  /** K; absent: the temperature the parameter set holds for. */
  readonly temperature?: number;
  readonly light?: { /** W/m^2. */ readonly irradiance: number /** m. */; readonly wavelength: number };
}

/** How a reading divides noise slower than a run (one draw, held) from noise that is fresh at every product. */
export interface NoiseSplit {
  /** "process": at the window; "held": all of it is held; "perRead": all of it is fresh. */
  readonly mode: "process" | "held" | "perRead";
  /** s that the run lasts; models limit it to what their law allows. */
  readonly window: number;
}

/** A population of cells of one model: state with a clock. Arrays are Float32Array [count], S unless said. */
export interface Cells {
  readonly count: number;
  /** s since creation. */
  readonly clock: number;
  /** All of the state in one buffer with a header (devices/state.ts): it can be saved, checked and restored. */
  save(): Uint8Array;
  restore(bytes: Uint8Array): void;
  /** Moves the clock, and with it whatever relaxes or drifts. Two spans do the same as their sum. */
  elapse(seconds: number): void;
  /** Conductances now, without read noise. */
  conductance(out: Float32Array): void;
  /**
   * One reading's noise: `centre` receives the conductance with the part of the noise that is held for the run (it may be
   * negative: only a whole read is clamped), `deviation` the standard deviation of the part that is fresh at every product.
   * The same `reading` gives the same held draw.
   */
  readNoise(split: NoiseSplit, reading: number, centre: Float32Array, deviation: Float32Array): void;
  /**
   * Factor on each cell's conductance, its read noise included, while the read voltage is reversed: a property of the device, the
   * same at all times. Absent where the voltage's polarity makes no difference.
   */
  reversal?(out: Float32Array): void;
  /** Share of the read noise's variance that a run of this window holds; null where there is none. */
  heldShare(split: NoiseSplit): number | null;
  /**
   * Applies a stimulus for its duration, moves state and clock, adds every cell's work (J, integral of V I along that very
   * trajectory, light not included) to `work` [count]. Throws where the parameter set does not cover the stimulus.
   */
  apply(stimulus: Stimulus, work: Float64Array): void;
  /** Programs every cell to its target with the model's published statistics; `event` numbers the programming. */
  program?(target: Float32Array, event: number): void;
  /**
   * Puts conductances from elsewhere in place of what programming left, S, [count]; clock, read noise and all draws stay the
   * cells' own. With `drifts` they change from there as programmed ones would (cells whose programmed conductance is put
   * back go on as if nothing had happened); without, they stay as they are.
   */
  replace?(conductance: Float32Array, drifts: boolean): void;
}
