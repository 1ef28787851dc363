import { type DeviceLaw, limitedVoltage, type Numbers, type Stretch, workBetween } from "../population/index.ts";

/** A law whose source knows whole pulses alone: every pulse of one polarity does the same, however long and high. */
export interface WholePulseLaw extends Omit<DeviceLaw, "evolve" | "relax" | "writes"> {
  /** V, size of the voltage from which on a pulse writes. */
  readonly threshold: number;
  /** Moves x by what one pulse does. @param direction  1: a positive pulse, -1: a negative one */
  step(x: Numbers, direction: 1 | -1, normals: Numbers, traits: Numbers): void;
  /** What time does, at any voltage; absent: nothing. Two times do the same as their sum. */
  decay?(x: Numbers, seconds: number, traits: Numbers): void;
}

/**
 * A DeviceLaw that makes its step where the voltage comes to its threshold: at the start of a pulse, or within its rise. So the pieces of a
 * pulse make one step together, and a sweep makes one for each time that it passes the threshold outwards. Work is the integral of V I with
 * the current going straight from what it is before to what it is after.
 */
export function wholePulseLaw(law: WholePulseLaw): DeviceLaw {
  const before = new Float64Array(law.variables.length);
  const after = new Float64Array(law.variables.length);
  const limits = new Float64Array(2 * law.variables.length);
  return {
    ...law,
    timeless: !law.decay,
    writes: (voltage) => Math.abs(voltage) >= law.threshold,
    evolve(x, stretch, normals, traits) {
      if (stretch.duration <= 0) return 0;
      const limited = (voltage: number) => limitedVoltage(law, voltage, stretch.compliance, x, traits, stretch);
      const across = { ...stretch, from: limited(stretch.from), to: limited(stretch.to) };
      before.set(x);
      for (const direction of stepsIn(across, law.threshold)) law.step(x, direction, normals, traits);
      law.decay?.(x, stretch.duration, traits);
      // What the step would be beyond a limit never conducted.
      for (const [k, { low, high }] of law.variables.entries()) [limits[2 * k], limits[2 * k + 1]] = [low, high];
      law.bounds?.(traits, limits, x);
      for (let k = 0; k < x.length; k++) after[k] = Math.min(limits[2 * k + 1]!, Math.max(limits[2 * k]!, x[k]!));
      return workBetween(law, before, after, across, traits);
    },
    relax(x, seconds, _temperature, traits) {
      law.decay?.(x, seconds, traits);
    },
  };
}

/** Directions of the steps that a stretch makes, in order. */
export function stepsIn({ from, to, since }: Stretch, threshold: number): readonly (1 | -1)[] {
  const [starts, ends] = [Math.abs(from) >= threshold, Math.abs(to) >= threshold];
  const first = starts && since === 0 ? [directionOf(from)] : [];
  const crosses = ends && (!starts || directionOf(from) !== directionOf(to));
  return crosses ? [...first, directionOf(to)] : first;
}

function directionOf(voltage: number): 1 | -1 {
  return voltage > 0 ? 1 : -1;
}
