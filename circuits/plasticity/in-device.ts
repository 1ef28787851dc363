import type { Cells, Operation, Stimulus } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Seen, Signal } from "./local-rule.ts";
import { checkNeeds } from "./local-rules.ts";
import { parameterValues } from "./parameters.ts";
import { threeFactorInDevice } from "./third-factor.ts";

/**
 * Three factors in devices that keep their own eligibility: spikes of rows and columns are half pulses, which together set a device's trace
 * and alone do not; the third factor is light on all devices at once, under a voltage of its sign. No number is kept outside the devices.
 */
export class ThreeFactorDevices {
  readonly cells: Cells;
  readonly inputs: number;
  readonly neurons: number;
  readonly #half: number;
  readonly #width: number;
  readonly #light: NonNullable<Operation["light"]>;

  /**
   * @param cells  row-major [inputs][neurons]
   * @param operation  whose light is the third factor
   * @param gives  what the network gives to see
   */
  constructor(
    cells: Cells,
    operation: Operation,
    inputs: number,
    gives: readonly Signal[],
    parameters: Readonly<Record<string, number | string>> = {},
  ) {
    checkNeeds(threeFactorInDevice, gives);
    const { name } = threeFactorInDevice;
    if (!operation.light) {
      throw new InputError(`rule "${name}" needs light as the third factor, which does nothing to this device model`);
    }
    const values = parameterValues(name, threeFactorInDevice.parameters, parameters);
    this.cells = cells;
    this.inputs = inputs;
    this.neurons = cells.count / inputs;
    this.#half = values.number("halfVoltage");
    this.#width = values.number("width");
    this.#light = operation.light;
  }

  /**
   * One step, the coincidences first. What lies between steps is the caller's: `cells.elapse`.
   *
   * @param work  J, [cells], added to
   */
  step(seen: Required<Pick<Seen, "pre spikes" | "post spikes" | "third factor">>, work: Float64Array): void {
    const [pre, post, third] = [seen["pre spikes"], seen["post spikes"], seen["third factor"]];
    const halves: [number[], number[]] = [[], []];
    for (let i = 0, k = 0; i < this.inputs; i++) {
      for (let j = 0; j < this.neurons; j++, k++) {
        const spikes = Number(pre[i] !== 0) + Number(post[j] !== 0);
        if (spikes > 0) halves[spikes - 1]!.push(k);
      }
    }
    for (const [k, selected] of halves.entries()) {
      if (selected.length === 0) continue;
      const stimulus: Stimulus = { voltage: (k + 1) * this.#half, duration: this.#width };
      this.cells.apply(stimulus, work, Uint32Array.from(selected));
    }
    if (halves.some(({ length }) => length > 0)) this.#waitForOthers(halves);
    if (third === 0) return;
    const { irradiance, wavelength, pulse } = this.#light;
    const voltage = Math.sign(third) * Math.abs(pulse.voltage);
    this.cells.apply({ voltage, duration: pulse.width, light: { irradiance, wavelength } }, work);
  }

  /** Time passes for the devices without a spike as well. */
  #waitForOthers(halves: readonly (readonly number[])[]): void {
    const waits = new Float64Array(this.cells.count).fill(this.#width);
    for (const k of halves.flat()) waits[k] = 0;
    this.cells.elapse(waits);
  }
}
