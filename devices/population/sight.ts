import type { Engine } from "../../src/ground/kernels/index.ts";
import type { NoiseSplit, Pulse, Stimulus } from "../device.ts";
import type { ReadConditions, ReadNoise } from "../noise/index.ts";
import type { Conditions } from "./conditions.ts";
import type { Devices } from "./devices.ts";
import type { DeviceLaw, Stretch, Surroundings } from "./law.ts";
import { lookAt } from "./ohmic.ts";

/** What is seen of a population's devices: conductances, currents and the noise on them. Looking changes nothing but what noise remembers. */
export class Sight {
  readonly #engine: Engine;
  readonly #law: DeviceLaw;
  readonly #devices: Devices;
  readonly #conditions: Conditions;
  readonly #noise: ReadNoise | null;
  readonly #usual: Pulse;

  /** @param usual  the voltage at which a conductance is meant, and how long a read of a tile takes */
  constructor(
    engine: Engine,
    law: DeviceLaw,
    devices: Devices,
    conditions: Conditions,
    noise: ReadNoise | null,
    usual: Pulse,
  ) {
    this.#engine = engine;
    this.#law = law;
    this.#devices = devices;
    this.#conditions = conditions;
    this.#noise = noise;
    this.#usual = usual;
  }

  /** @param selected  whose places of [cells] are filled; absent: all */
  conductance(out: Float32Array, selected?: Uint32Array): void {
    const { voltage } = this.#usual;
    const { bulk, light } = this.#law;
    if (bulk?.ohmic)
      lookAt(this.#engine, this.#devices, bulk.ohmic, selected, 0, (conductance) => {
        if (selected) for (let k = 0; k < selected.length; k++) out[selected[k]!] = conductance[k]!;
        else out.set(conductance);
      });
    else {
      const show = (i: number, current: (voltage: number) => number): void => {
        out[i] = (current(voltage) - (light ? current(0) : 0)) / voltage;
      };
      this.#each(show, this.#conditions.surroundings(), selected);
    }
  }

  current(voltage: number, out: Float64Array, surroundings: Surroundings): void {
    this.#each((i, current) => {
      out[i] = current(voltage);
    }, surroundings);
  }

  /** Mean currents of a read, A, at the places of [cells] that are read. */
  currentIn(stretch: Stretch, out: Float64Array, selected: Uint32Array | undefined): void {
    const voltage = (stretch.from + stretch.to) / 2;
    const { ohmic } = this.#law.bulk ?? {};
    const show = (conductance: Float32Array): void => {
      for (let k = 0; k < conductance.length; k++) out[selected ? selected[k]! : k] = voltage * conductance[k]!;
    };
    if (ohmic?.steady(stretch)) lookAt(this.#engine, this.#devices, ohmic, selected, 0, show);
    else {
      this.#each(
        (i, current) => {
          out[i] = current(voltage);
        },
        this.#conditions.surroundings(),
        selected,
      );
    }
  }

  /** Factors on conductances with the read voltage reversed, without noise. */
  reversal(out: Float32Array): void {
    const { voltage } = this.#usual;
    this.#each((i, current) => {
      const forward = current(voltage);
      out[i] = forward === 0 ? 1 : Math.max(0, -current(-voltage) / forward);
    });
  }

  /**
   * Puts the noise of one read on its currents.
   *
   * @param clock  s, at its start
   * @param current  A, [selected] or [cells]
   */
  disturb(
    clock: number,
    stimulus: Stimulus,
    reading: number,
    current: Float64Array,
    selected: Uint32Array | undefined,
  ): void {
    const noise = this.#noise;
    if (!noise) return;
    const { voltage: from, endVoltage = from, duration } = stimulus;
    const voltage = (from + endVoltage) / 2;
    const how = { voltage, duration, temperature: this.#conditions.kelvin(stimulus.temperature) };
    const put = (conductance: Float32Array | null) =>
      noise.read(clock + duration / 2, how, reading, conductance, current, selected);
    if (voltage !== 0) put(null);
    else this.#withConductance((now) => put(selected ? Float32Array.from(selected, (i) => now[i]!) : now));
  }

  /** As `Cells.readNoise`. @param clock  s */
  split(
    clock: number,
    split: NoiseSplit,
    reading: number,
    centre: Float32Array,
    deviation: Float32Array,
    selected: Uint32Array | undefined,
  ): void {
    this.conductance(centre, selected);
    if (this.#noise) this.#noise.split(clock, this.#usualRead(), split, reading, centre, deviation, selected);
    else if (selected) for (const i of selected) deviation[i] = 0;
    else deviation.fill(0);
  }

  heldShare(split: NoiseSplit): number | null {
    const noise = this.#noise;
    return noise && this.#withConductance((now) => noise.heldShare(this.#usualRead(), split, now));
  }

  #usualRead(): ReadConditions {
    const { voltage, width } = this.#usual;
    return { voltage, duration: width, temperature: this.#law.temperature.usual };
  }

  /** What `use` makes of the conductances now. */
  #withConductance<T>(use: (conductance: Float32Array) => T): T {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const now = memory.float32(this.#devices.count);
    this.conductance(now);
    const made = use(now);
    memory.release(mark);
    return made;
  }

  #each(
    show: (i: number, current: (voltage: number) => number) => void,
    surroundings = this.#conditions.surroundings(),
    selected?: Uint32Array,
  ): void {
    const law = this.#law;
    const { x, own, held } = this.#devices;
    const current = (voltage: number): number => law.current(voltage, x, own, surroundings);
    for (const i of selected ?? held.keys()) {
      this.#devices.take(i);
      show(i, current);
    }
  }
}
