import { InputError } from "../../src/ground/errors.ts";
import type { Stimulus } from "../device.ts";
import type { DeviceLaw, Stretch, Surroundings } from "./law.ts";

/** What a parameter set covers: stimuli become stretches, and what it does not cover is refused. */
export class Conditions {
  readonly #name: string;
  readonly #law: Pick<DeviceLaw, "light" | "temperature">;
  readonly #compliance: number;

  /**
   * @param name  for refusals
   * @param compliance  A that sources give at most where a stimulus does not say
   */
  constructor(name: string, law: Pick<DeviceLaw, "light" | "temperature">, compliance: number) {
    this.#name = name;
    this.#law = law;
    this.#compliance = compliance;
  }

  /** K. */
  kelvin(asked: number | undefined): number {
    const { usual, low, high } = this.#law.temperature;
    const kelvin = asked ?? usual;
    if (kelvin >= low && kelvin <= high) return kelvin;
    throw new InputError(`${this.#name}: ${kelvin} K, expected ${low === high ? `${low} K` : `${low} to ${high} K`}`);
  }

  surroundings({ temperature, light }: Pick<Stimulus, "temperature" | "light"> = {}): Surroundings {
    const { irradiance = 0, wavelength = 0 } = light ?? {};
    return { temperature: this.kelvin(temperature), irradiance, wavelength };
  }

  /** @param begun  s from the start of its pulse to the stimulus's own */
  stretch(stimulus: Stimulus, begun: number): Stretch {
    const { voltage, endVoltage = voltage, duration, light, compliance = this.#compliance } = stimulus;
    if (light && light.irradiance > 0 && !this.#law.light) {
      throw new InputError(`${this.#name}: light does nothing that this model knows`);
    }
    const surroundings = this.surroundings(stimulus);
    return { ...surroundings, from: voltage, to: endVoltage, duration, since: begun, compliance };
  }
}
