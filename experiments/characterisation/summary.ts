import type { Course } from "./course.ts";
import { type DeedStep, deedsOf, type Protocol } from "./protocol.ts";

/** One quantity over all devices at one moment. */
export interface Spread {
  readonly mean: number;
  /** Over devices; null for one. */
  readonly standardDeviation: number | null;
  readonly lowest: number;
  readonly highest: number;
}

export interface StepSummary {
  readonly step: number;
  readonly kind: DeedStep["kind"];
  /** Rows of one device. */
  readonly rows: number;
  /** S, at its last row. */
  readonly conductance: Spread;
  /** A, at its last row. */
  readonly current: Spread;
}

export interface CharacterisationSummary {
  readonly devices: number;
  /** Rows of all devices. */
  readonly rows: number;
  /** s that the devices lived through. */
  readonly duration: number;
  readonly pulses: number;
  readonly reads: number;
  /** S, at the first and the last row. */
  readonly first: Spread;
  readonly last: Spread;
  /** How often a device was held at a limit of its state, and how many are stuck; null where the model has no such limits. */
  readonly clipped: number | null;
  readonly stuck: number | null;
  /** Each step that was begun, as its last round left it. */
  readonly steps: readonly StepSummary[];
}

/** @param counts  what only the run knows */
export function summarise(
  protocol: Protocol,
  course: Course,
  counts: Pick<CharacterisationSummary, "duration" | "pulses" | "reads" | "clipped" | "stuck">,
): CharacterisationSummary {
  const { devices, filled } = course;
  const ends = new Map<number, { rows: number; last: number }>();
  for (let moment = 0; moment < filled; moment++) {
    const { rows } = ends.get(course.step[moment]!) ?? { rows: 0 };
    ends.set(course.step[moment]!, { rows: rows + 1, last: moment });
  }
  const kinds = deedsOf(protocol.steps);
  return {
    devices,
    rows: devices * filled,
    ...counts,
    first: spreadAt(course.conductance, devices, 0),
    last: spreadAt(course.conductance, devices, filled - 1),
    steps: [...ends].map(([step, { rows, last }]) => ({
      step,
      kind: kinds[step]!.kind,
      rows,
      conductance: spreadAt(course.conductance, devices, last),
      current: spreadAt(course.current, devices, last),
    })),
  };
}

/** Mean and spread over devices of the values of one moment, [moment][device]. */
export function spreadAt(values: Float32Array | Float64Array, devices: number, moment: number): Spread {
  const own = values.subarray(moment * devices, (moment + 1) * devices);
  let [sum, lowest, highest] = [0, Infinity, -Infinity];
  for (const value of own) {
    sum += value;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const mean = sum / devices;
  let squares = 0;
  for (const value of own) squares += (value - mean) ** 2;
  const standardDeviation = devices > 1 ? Math.sqrt(squares / (devices - 1)) : null;
  return { mean, standardDeviation, lowest, highest };
}
