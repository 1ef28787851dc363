import { limitedVoltage } from "./continuous.ts";
import type { DeviceLaw, Numbers, Stretch } from "./law.ts";

/** Parts that a stretch is taken in where its source may have to give way. */
const partsUnderCompliance = 32;

/**
 * Times at which a stretch's voltage meets one of `corners`, with its start and its end: between neighbours it is on one side of each.
 *
 * @param corners  V
 * @returns s from the stretch's start, rising
 */
export function cornerTimes({ from, to, duration }: Stretch, corners: readonly number[]): number[] {
  if (from === to) return [0, duration];
  const between = corners
    .map((voltage) => (duration * (voltage - from)) / (to - from))
    .filter((time) => time > 0 && time < duration);
  return [0, ...between.sort((a, b) => a - b), duration];
}

/** The part of a stretch between two times from its start, s. */
export function partOf(stretch: Stretch, start: number, end: number): Stretch {
  const { from, to, duration, since } = stretch;
  if (start === 0 && end === duration) return stretch;
  const voltage = (time: number): number => from + ((to - from) * time) / duration;
  return { ...stretch, from: voltage(start), to: voltage(end), duration: end - start, since: since + start };
}

/**
 * Moves x through a stretch whose source gives at most so much current. `move` sees the voltage across the device; where the source may
 * give way it is that of the state at the beginning of each of 32 parts.
 *
 * @returns J, the sum of what `move` returns
 */
export function underCompliance(
  law: Pick<DeviceLaw, "current">,
  x: Numbers,
  stretch: Stretch,
  traits: Numbers,
  move: (across: Stretch) => number,
): number {
  if (stretch.compliance === Number.POSITIVE_INFINITY) return move(stretch);
  const limited = (voltage: number) => limitedVoltage(law, voltage, stretch.compliance, x, traits, stretch);
  let work = 0;
  for (let k = 0; k < partsUnderCompliance; k++) {
    const share = (time: number): number => (stretch.duration * time) / partsUnderCompliance;
    const part = partOf(stretch, share(k), share(k + 1));
    work += move({ ...part, from: limited(part.from), to: limited(part.to) });
  }
  return work;
}
