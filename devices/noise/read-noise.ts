import { at, type Draw, fillNormal, fillNormalOfCells } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { NoiseSplit } from "../device.ts";
import type { StateLayout } from "../state.ts";
import { averaged, type Band, bandsBetween, varianceWithin } from "./bands.ts";
import { Flicker, numbersPerBand } from "./flicker.ts";
import { floorVariance } from "./floor.ts";
import type { ReadNoiseLaw } from "./law.ts";
import { Telegraph } from "./telegraph.ts";

/** How a read is made. */
export interface ReadConditions {
  /** V. */
  readonly voltage: number;
  /** s. */
  readonly duration: number;
  /** K. */
  readonly temperature: number;
}

const traps = ["amplitude", "low", "high", "level"] as const;

/** What read noise keeps in a population's state: fields, and how many numbers of the whole population. */
export interface NoiseState {
  readonly layout: StateLayout;
  readonly numbers: number;
}

export function noiseState(law: ReadNoiseLaw): NoiseState {
  const bands = flickerBands(law).length;
  const layout: Record<string, "float32"> = {};
  for (let k = 0; k < bands; k++) layout[`flicker ${k}`] = "float32";
  if (hasTraps(law)) for (const name of traps) layout[`trap ${name}`] = "float32";
  return { layout, numbers: numbersPerBand * bands + 1 };
}

/** Read noise of a population as a process in time: what it was at one read it remembers at the next. law.ts has the equation. */
export class ReadNoise {
  readonly #engine: Engine;
  readonly #devices: number;
  readonly #law: ReadNoiseLaw;
  readonly #bands: readonly Band[];
  readonly #flicker: Flicker;
  readonly #telegraph: Telegraph | null;
  readonly #flickerDraw: Draw;
  readonly #whiteDraw: Draw;

  /** @param fields, numbers  as `noiseState` asks for them, [devices] */
  constructor(
    engine: Engine,
    devices: number,
    law: ReadNoiseLaw,
    fields: Readonly<Record<string, Float32Array | Float64Array>>,
    numbers: Float64Array,
    draw: Draw,
  ) {
    const field = (name: string) => fields[name] as Float32Array;
    this.#engine = engine;
    this.#devices = devices;
    this.#law = law;
    this.#flickerDraw = at(draw, "flicker");
    this.#whiteDraw = at(draw, "white");
    this.#bands = flickerBands(law);
    this.#flicker = new Flicker(
      engine,
      this.#bands,
      this.#bands.map((_, k) => field(`flicker ${k}`)),
      numbers,
    );
    const [amplitude, low, high, level] = traps.map((name) => field(`trap ${name}`));
    this.#telegraph = hasTraps(law)
      ? new Telegraph(
          engine,
          law.telegraph,
          law.scale,
          { amplitude: amplitude!, low: low!, high: high!, level: level! },
          numbers.subarray(-1),
          at(draw, "telegraph"),
        )
      : null;
  }

  /** Whether a read is like the one before. */
  get #remembers(): boolean {
    return this.#bands.length > 0 || this.#telegraph !== null;
  }

  /** To be called before the state is saved. */
  tidy(): void {
    this.#flicker.tidy();
  }

  /**
   * Puts all noise on the mean currents of one read. What changes within it is taken as it is at its middle, flicker noise with the variance that its
   * mean over the read has left; a trap much faster than a read therefore shows whole.
   *
   * @param now  s, the clock at the middle of the read
   * @param reading  numbers what is fresh
   * @param conductance  S, for the floor where no voltage is across, else null; as many as currents
   * @param current  A, changed, [selected] or [devices]
   * @param selected  devices that are read; absent: all. What is fresh of a few is drawn for each of them alone
   */
  read(
    now: number,
    how: ReadConditions,
    reading: number,
    conductance: Float32Array | null,
    current: Float64Array,
    selected?: Uint32Array,
  ): void {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const relative = this.#remembers ? memory.float32(this.#devices).fill(0) : null;
    if (relative) {
      this.#flicker.add(now, this.#weights(0, how.duration), this.#flickerDraw, relative);
      this.#telegraph?.add(now, 0, relative);
    }
    const count = current.length;
    const normal = memory.float32(count);
    const draw = at(this.#whiteDraw, reading);
    if (selected) {
      const cells = memory.uint32(count);
      cells.set(selected);
      fillNormalOfCells(this.#engine, draw, 0, cells, normal);
    } else fillNormal(this.#engine, draw, 0, normal);
    const unit = this.#floorOfUnit(how);
    const white = this.#white(how.duration, Math.abs(how.voltage));
    for (let k = 0; k < count; k++) {
      const mean = current[k]!;
      const g = conductance ? conductance[k]! : mean / how.voltage;
      const variance = Math.max(white(mean), unit * Math.abs(g));
      const slow = relative ? relative[selected ? selected[k]! : k]! : 0;
      current[k] = mean * (1 + slow) + Math.sqrt(variance) * normal[k]!;
    }
    memory.release(mark);
  }

  /**
   * Divides the noise of reads at a time as `Cells.readNoise` says. Flicker noise slower than the window, and traps slower than it, are in the
   * centre; the rest, white noise and the floor are in the deviation.
   *
   * @param how  the reads of the run
   * @param centre  S, the conductance on entry; receives it with what is held, [devices]
   * @param deviation  S, receives what is fresh
   * @param selected  devices whose places are filled; absent: all
   */
  split(
    now: number,
    how: ReadConditions,
    split: NoiseSplit,
    reading: number,
    centre: Float32Array,
    deviation: Float32Array,
    selected?: Uint32Array,
  ): void {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const window = windowOf(split);
    const relative = this.#remembers ? memory.float32(centre.length).fill(0) : null;
    if (relative) {
      this.#flicker.add(now, this.#weights(window, how.duration), this.#flickerDraw, relative);
      if (split.mode !== "perRead") this.#telegraph?.add(now, window, relative);
    }
    const normal = split.mode === "held" ? memory.float32(centre.length) : null;
    if (normal) fillNormal(this.#engine, at(this.#whiteDraw, reading), 0, normal);
    const variances = this.#variances(how, split);
    const count = selected?.length ?? centre.length;
    for (let k = 0; k < count; k++) {
      const i = selected ? selected[k]! : k;
      const g = centre[i]!;
      const { fast, white } = variances(i, g);
      const held = normal ? Math.sqrt(white) * normal[i]! : 0;
      centre[i] = g * (1 + (relative ? relative[i]! : 0)) + held;
      deviation[i] = Math.sqrt(fast + (normal ? 0 : white));
    }
    memory.release(mark);
  }

  /** Share of the variance of all devices' reads that is held; null where there is none. @param conductance  S */
  heldShare(how: ReadConditions, split: NoiseSplit, conductance: Float32Array): number | null {
    const variances = this.#variances(how, split);
    let [held, all] = [0, 0];
    for (let i = 0; i < conductance.length; i++) {
      const { slow, fast, white } = variances(i, conductance[i]!);
      held += slow + (split.mode === "held" ? white : 0);
      all += slow + fast + white;
    }
    return all > 0 ? held / all : null;
  }

  /** Of a device's reads, S^2: noise slower and faster than the window, and white noise with the floor. */
  #variances(
    how: ReadConditions,
    split: NoiseSplit,
  ): (i: number, conductance: number) => { slow: number; fast: number; white: number } {
    const window = windowOf(split);
    const amplitude = this.#law.scale * this.#law.flicker;
    let [slow, fast] = [0, 0];
    for (const band of this.#bands) {
      const left = amplitude * amplitude * averaged(band.time, how.duration);
      slow += left * varianceWithin(band, window, Number.POSITIVE_INFINITY);
      fast += left * varianceWithin(band, 0, window);
    }
    const unit = this.#floorOfUnit(how) / how.voltage ** 2;
    const white = this.#white(how.duration, 1);
    const telegraph = this.#telegraph;
    return (i, g) => {
      const jumps = telegraph?.variance(i) ?? 0;
      const heldJumps = telegraph && telegraph.time(i) > window ? jumps : 0;
      return {
        slow: g * g * (slow + heldJumps),
        fast: g * g * (fast + jumps - heldJumps),
        white: Math.max(white(g), unit * Math.abs(g)),
      };
    };
  }

  /** Of the bands' processes in a read, each without the time constants below the window. */
  #weights(window: number, duration: number): number[] {
    const amplitude = this.#law.scale * this.#law.flicker;
    return this.#bands.map(
      (band) =>
        amplitude * Math.sqrt(varianceWithin(band, window, Number.POSITIVE_INFINITY) * averaged(band.time, duration)),
    );
  }

  /** Variance of white noise, A^2 of a current at a voltage; S^2 of a conductance where that is 1. */
  #white(duration: number, voltage: number): (mean: number) => number {
    const { scale, white, whiteTime, whiteConductance } = this.#law;
    const root = scale * Math.sqrt(whiteTime / duration);
    const [relative, constant] = [root * white, root * whiteConductance * voltage];
    return (mean) => (relative * Math.abs(mean) + constant) ** 2;
  }

  /** A^2 for 1 S. */
  #floorOfUnit({ voltage, duration, temperature }: ReadConditions): number {
    return floorVariance(1, voltage, duration, temperature, this.#law.fano);
  }
}

function flickerBands({ flicker, flickerFrom, flickerTo }: ReadNoiseLaw): Band[] {
  return flicker > 0 ? bandsBetween(flickerFrom, flickerTo) : [];
}

function hasTraps({ telegraph }: ReadNoiseLaw): boolean {
  return telegraph.share > 0 && telegraph.amplitude > 0;
}

function windowOf({ mode, window }: NoiseSplit): number {
  if (mode === "process") return window;
  return mode === "held" ? 0 : Number.POSITIVE_INFINITY;
}
