import type { DeviceLaw, Numbers, Stretch, Surroundings } from "./law.ts";
import { rootBetween } from "./root.ts";
import { Rosenbrock, type System } from "./rosenbrock.ts";

/** A law given by differential equations: everything of a DeviceLaw but `evolve` and `relax`, and dx/dt in their place. */
export interface ContinuousLaw extends Omit<DeviceLaw, "evolve" | "relax"> {
  /**
   * dx/dt at a voltage, in the units of x per second. `normals` are those of the running pulse. Need not know the limits: whatever would
   * leave them stops there.
   *
   * @param since  s since the running pulse began; only of use with `aging`
   */
  rates(
    voltage: number,
    x: Numbers,
    traits: Numbers,
    surroundings: Surroundings,
    normals: Numbers,
    out: Numbers,
    since: number,
  ): void;
  /** Whether anything moves by itself at 0 V in the dark; where not, waiting costs nothing. */
  readonly volatile: boolean;
  /** Whether rates depend on how long the pulse has lasted; default no. */
  readonly aging?: boolean;
  /** Error allowed in a step, as a share of each variable's range; default 1e-5. */
  readonly tolerance?: number;
}

/** A DeviceLaw that also tells its rates. */
export type ContinuousDeviceLaw = DeviceLaw & Pick<ContinuousLaw, "rates">;

/** A DeviceLaw whose state follows differential equations, with work as the integral of V I along the very same trajectory. */
export function continuousLaw(law: ContinuousLaw): ContinuousDeviceLaw {
  const trajectory = new Trajectory(law);
  const noNormals = new Float64Array(law.normalsPerPulse);
  const dark = { irradiance: 0, wavelength: 0, compliance: Number.POSITIVE_INFINITY };
  return {
    ...law,
    evolve: (x, stretch, normals, traits) => trajectory.move(x, stretch, normals, traits),
    relax(x, seconds, temperature, traits) {
      if (!law.volatile) return;
      const stretch = { ...dark, from: 0, to: 0, duration: seconds, since: 0, temperature };
      trajectory.move(x, stretch, noNormals, traits);
    },
  };
}

/** One device's way through a stretch, for the integrator; the same object serves all devices of a law, one after another. */
class Trajectory implements System {
  readonly scale: Float64Array;
  readonly limits: Float64Array;
  readonly tolerance: number;
  timed = false;
  readonly #law: ContinuousLaw;
  readonly #usualLimits: Float64Array;
  readonly #integrator: Rosenbrock;
  readonly #moved: Float64Array;
  #stretch!: Stretch;
  #traits!: Numbers;
  #normals!: Numbers;

  constructor(law: ContinuousLaw) {
    this.#law = law;
    this.tolerance = law.tolerance ?? 1e-5;
    this.scale = Float64Array.from(law.variables, ({ low, high }) => high - low);
    this.#usualLimits = Float64Array.from(law.variables.flatMap(({ low, high }) => [low, high]));
    this.limits = this.#usualLimits.slice();
    this.#moved = new Float64Array(law.variables.length);
    this.#integrator = new Rosenbrock(this);
  }

  /** Moves x; returns the work, J. */
  move(x: Numbers, stretch: Stretch, normals: Numbers, traits: Numbers): number {
    if (stretch.duration <= 0) return 0;
    const law = this.#law;
    this.#stretch = stretch;
    this.#traits = traits;
    this.#normals = normals;
    this.timed = stretch.from !== stretch.to || law.aging === true;
    if (law.bounds) {
      this.limits.set(this.#usualLimits);
      law.bounds(traits, this.limits, x);
    }
    return this.#integrator.run(x, stretch.duration);
  }

  rates(time: number, x: Numbers, out: Numbers): void {
    const law = this.#law;
    const { from, to, duration, since, compliance } = this.#stretch;
    const asked = from === to ? from : from + ((to - from) * time) / duration;
    const voltage = limitedVoltage(law, asked, compliance, x, this.#traits, this.#stretch);
    law.rates(voltage, x, this.#traits, this.#stretch, this.#normals, this.#moved, since + time);
    for (let i = 0; i < x.length; i++) out[i] = this.#moved[i]!;
    out[x.length] = voltage === 0 ? 0 : voltage * law.current(voltage, x, this.#traits, this.#stretch);
  }
}

/** The voltage left across a device when its source gives no more than `compliance`; `voltage` itself where that suffices. */
export function limitedVoltage(
  law: Pick<DeviceLaw, "current">,
  voltage: number,
  compliance: number,
  x: Numbers,
  traits: Numbers,
  surroundings: Surroundings,
): number {
  if (compliance === Number.POSITIVE_INFINITY) return voltage;
  if (Math.abs(law.current(voltage, x, traits, surroundings)) <= compliance) return voltage;
  return rootBetween((v) => Math.abs(law.current(v, x, traits, surroundings)) - compliance, 0, voltage);
}
