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
  /**
   * "programmed": takes a target conductance with published statistics; "pulsed": moves by one step a pulse; "dynamic": moves by
   * a differential equation; "volatile": falls back by itself.
   */
  readonly kind: "programmed" | "pulsed" | "dynamic" | "volatile";
  /** Names of its parameter sets; the first is the default. */
  readonly parameterSets: readonly string[];
  /** Checks a parameter set and gives cells of that kind their law. */
  prepare(values: KnownTree): PreparedDevice;
}

/** A model with one parameter set. */
export interface PreparedDevice {
  /** S, the conductance that the largest weight asks for. Not a limit: a cell may end above it. 0: cannot be programmed. */
  readonly targetRange: number;
  /** S, the conductance that a weight of zero asks for: what the device can be brought down to. */
  readonly targetLow: number;
  /** How its cells are read and pulsed where nobody says otherwise. */
  readonly operation: Operation;
  /** How cells come to a target where they have no `program`; null where they have, or never do. */
  readonly writeVerify: WriteVerifyScheme | null;
  /** s between programming and the first reading; the times of an evaluation count from there. */
  readonly firstReading: number;
  /** Devices in parallel that one cell stands for: its conductance is their sum, programming and costs count each of them. */
  readonly devicesPerCell: number;
  /** Whether its cells conduct differently with the read voltage reversed (`Cells.reversal`). */
  readonly tellsPolarity: boolean;
  /** New cells at time 0, unprogrammed. All that is random in them is addressed by `draw`, which names their place. */
  create(engine: Engine, count: number, draw: Draw, switches: DeviceSwitches): Cells;
}

/** A voltage held for a while. */
export interface Pulse {
  /** V; a positive one potentiates. */
  readonly voltage: number;
  /** s. */
  readonly width: number;
}

/** Voltages and times that a parameter set is used with. */
export interface Operation {
  readonly read: Pulse;
  /** The pulse that raises the conductance and the one that lowers it; null where no pulse does. */
  readonly potentiate: Pulse | null;
  readonly depress: Pulse | null;
  /** V, corners of the I-V loop that the device is known by, and V/s; null where it has no I-V law. */
  readonly sweep: { readonly voltages: readonly number[]; readonly rate: number } | null;
  /** W/m^2, m, s and the V held meanwhile; null where light does nothing. */
  readonly light: { readonly irradiance: number; readonly wavelength: number; readonly pulse: Pulse } | null;
}

/** How a device without published statistics of programming is brought to a target: pulses, each followed by a read. */
export interface WriteVerifyScheme {
  readonly potentiate: Pulse;
  readonly depress: Pulse;
  readonly read: Pulse;
  /** What is held between a pulse and its read, so that what a pulse leaves for a while is gone; null: nothing. */
  readonly settle: Pulse | null;
  /** A read this near to the target ends it, as a share of the span between the lowest and the highest target. */
  readonly tolerance: number;
  /** Most pulses a cell gets. */
  readonly pulses: number;
  /** By how much the voltage grows from a pulse to the next of the same sign. */
  readonly growth: number;
}

/** Physical causes that an evaluation may switch off one by one. */
export interface DeviceSwitches {
  readonly programmingNoise: boolean;
  readonly drift: boolean;
  readonly readNoise: boolean;
  /** That cells conduct differently with the read voltage reversed. */
  readonly polarity: boolean;
}

/** What acts on cells during a span of time, the same for all that are selected. */
export interface Stimulus {
  /** V across the cell at its start. */
  readonly voltage: number;
  /** V at its end, reached along a straight line; absent: as at its start. */
  readonly endVoltage?: number;
  /** s. */
  readonly duration: number;
  /**
   * Whether it goes on where the one before ended: an edge or a sample of the same pulse. Absent, it is a pulse of its own, which draws
   * its own spread from cycle to cycle and counts once for wear.
   */
  readonly continues?: boolean;
  /** Number of the pulse in a loop of write and verify, whose pulses draw apart from all others; those of one number meet different cells. */
  readonly programming?: number;
  /** K; absent: the temperature the parameter set holds for. */
  readonly temperature?: number;
  readonly light?: { /** W/m^2. */ readonly irradiance: number /** m. */; readonly wavelength: number };
  /** A, what the source gives at most; it then lowers its voltage. Absent: the parameter set's own. */
  readonly compliance?: number;
}

/** Pulses for many cells at once, each with its own number of them. */
export interface PulseTrains {
  readonly potentiate: Pulse;
  readonly depress: Pulse;
  /** Above 0: so many potentiating pulses; below 0: so many depressing ones. [selected], or [cells] where all are. */
  readonly counts: Int16Array;
  /** Cells they are for, ascending, each once; absent: all. */
  readonly selected?: Uint32Array;
  /**
   * s after which all cells have come to the same time: each waits for what its own pulses leave of it, and the clock moves. No train lasts
   * longer. Absent: time passes for pulsed cells alone.
   */
  readonly lasting?: number;
}

/** Work of pulses by what they were asked to do, J. */
export interface TrainWork {
  readonly potentiation: number;
  readonly depression: number;
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
  /**
   * Moves the clock, and with it whatever relaxes or drifts, at 0 V. Two spans do the same as their sum.
   *
   * @param seconds  for all cells, or each cell's own [count] (the clock then moves by the longest): cells programmed one after
   *   another have waited for different times
   * @param temperature  K; absent: the one the parameter set holds for
   */
  elapse(seconds: number | Float64Array, temperature?: number): void;
  /**
   * Conductances now, without read noise: current over voltage at the set's own read voltage, without what carriers that light has left
   * would drive at 0 V.
   */
  conductance(out: Float32Array): void;
  /** A through every cell while `voltage` is across it, without read noise and limit; [count]. In the dark at the set's temperature unless told. */
  current(voltage: number, out: Float64Array, during?: Pick<Stimulus, "temperature" | "light">): void;
  /**
   * One read: mean currents with all read noise, A, [count], of the selected cells alone. Otherwise as `apply`.
   *
   * @param reading  numbers what is drawn afresh
   */
  read(stimulus: Stimulus, reading: number, current: Float64Array, work: Float64Array, selected?: Uint32Array): void;
  /**
   * `read` of a few cells among many, with currents and work of these alone, [selected]; work is set, not added to. False where only `read`
   * knows how, and nothing has happened then.
   */
  readFew?(
    stimulus: Stimulus,
    reading: number,
    selected: Uint32Array,
    current: Float64Array,
    work: Float64Array,
  ): boolean;
  /**
   * One reading's noise: `centre` receives the conductance with the part of the noise that is held for the run (it may be
   * negative: only a whole read is clamped), `deviation` the standard deviation of the part that is fresh at every product.
   * What is held and has a memory (flicker and telegraph noise) is that of this moment: any reading at the same time finds the same, and
   * readings at other times are as like it as such noise is. `reading` numbers what is held and has none: white noise, if all is to be held.
   *
   * @param selected  cells that are looked at, ascending; what stands at the places of others then means nothing. Absent: all
   */
  readNoise(
    split: NoiseSplit,
    reading: number,
    centre: Float32Array,
    deviation: Float32Array,
    selected?: Uint32Array,
  ): void;
  /**
   * Factor on each cell's conductance now, its read noise included, while the read voltage is reversed. Absent where the voltage's
   * polarity makes no difference.
   */
  reversal?(out: Float32Array): void;
  /** Share of the read noise's variance that a run of this window holds; null where there is none. */
  heldShare(split: NoiseSplit): number | null;
  /**
   * Applies a stimulus for its duration, moves state and clock, adds every cell's work (J, integral of V I along that very
   * trajectory, light not included) to `work` [count]. Throws where the parameter set does not cover the stimulus.
   *
   * @param selected  cells it acts on, ascending. For the others time stands still, and so does the clock: they are programmed one after
   *   another, and `elapse` lets each wait for the rest. Absent: all
   */
  apply(stimulus: Stimulus, work: Float64Array, selected?: Uint32Array): void;
  /**
   * Whole pulses, to every cell its own number of them one after another, which learning asks for. What is random in a cell's pulse is
   * addressed by the cell and the number of pulses it had before, and the bits are the same however pulses are divided over calls; but a law
   * may draw what a whole train comes to at once where all cells have trains (no `selected`), by the cell and the number of such calls: then
   * the same calls give the same bits, and calls otherwise divided the same distribution. Time passes for a cell while it is pulsed, and the clock stands still unless the trains say how long they last. Absent where no pulse is known.
   *
   * @param work  J, [count], added to; null where nobody asks for each cell's
   * @returns J, of all cells together
   */
  train?(trains: PulseTrains, work: Float64Array | null): TrainWork;
  /** Pulses that wrote each cell so far, [count]; absent where none is known. */
  wear?(out: Float64Array): void;
  /** Whether nothing in the state changes with time at 0 V: waits then need not be each cell's own. */
  readonly timeless?: boolean;
  /** Brings cells to the state of a device that was fully RESET; absent where the model has none. @param selected  absent: all */
  reset?(event: number, selected?: Uint32Array): void;
  /** How often a cell was held at a limit of its state, and how many cells are stuck now. */
  readonly limited?: { readonly clipped: number; readonly stuck: number };
  /** Programs every cell to its target with the model's published statistics; `event` numbers the programming. */
  program?(target: Float32Array, event: number): void;
  /**
   * Puts conductances from elsewhere in place of what programming left, S, [count]; clock, read noise and all draws stay the
   * cells' own. With `drifts` they change from there as programmed ones would (cells whose programmed conductance is put
   * back go on as if nothing had happened); without, they stay as they are.
   */
  replace?(conductance: Float32Array, drifts: boolean): void;
}

/** The longest of the times that cells wait, s. */
export function longestOf(seconds: number | Float64Array): number {
  return typeof seconds === "number" ? seconds : seconds.reduce((a, b) => Math.max(a, b), 0);
}
