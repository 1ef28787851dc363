import { limitedVoltage } from "./continuous.ts";
import type { DeviceLaw, Numbers, Stretch, Surroundings } from "./law.ts";
import { workBetween } from "./work.ts";

/** A law whose source gives what one pulse does, and not how the state moves within it. */
export interface PulsedLaw extends Omit<DeviceLaw, "evolve" | "relax"> {
  /**
   * Moves x by the part of a pulse between two times since it began, s. Parts do together what the whole does: where the source knows only
   * whole pulses, the first part that writes does all of it.
   *
   * @param voltage  V with the largest size in that part, after compliance
   */
  pulse(
    x: Numbers,
    voltage: number,
    from: number,
    to: number,
    normals: Numbers,
    traits: Numbers,
    surroundings: Surroundings,
  ): void;
  /** Moves x through a time at a voltage that does not write: relaxation, which may follow the bias. Two times do the same as their sum. */
  relaxAt?(x: Numbers, seconds: number, voltage: number, temperature: number, traits: Numbers): void;
}

/**
 * A DeviceLaw that moves by steps. Within a pulse the current is taken to go straight from what it is before the step to what it is after,
 * which is all that such a source tells of the trajectory; work is the integral of V I along it.
 */
export function pulsedLaw(law: PulsedLaw): DeviceLaw {
  const before = new Float64Array(law.variables.length);
  return {
    ...law,
    timeless: !law.relaxAt,
    evolve(x: Numbers, stretch: Stretch, normals: Numbers, traits: Numbers): number {
      const { duration, since, compliance, temperature } = stretch;
      if (duration <= 0) return 0;
      const limited = (voltage: number) => limitedVoltage(law, voltage, compliance, x, traits, stretch);
      const [from, to] = [limited(stretch.from), limited(stretch.to)];
      const largest = Math.abs(to) > Math.abs(from) ? to : from;
      before.set(x);
      if (law.writes(largest) || (law.light && stretch.irradiance > 0)) {
        law.pulse(x, largest, since, since + duration, normals, traits, stretch);
      } else {
        law.relaxAt?.(x, duration, (from + to) / 2, temperature, traits);
      }
      return workBetween(law, before, x, { ...stretch, from, to }, traits);
    },
    relax(x, seconds, temperature, traits) {
      law.relaxAt?.(x, seconds, 0, temperature, traits);
    },
  };
}
