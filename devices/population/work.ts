import type { DeviceLaw, Numbers, Stretch } from "./law.ts";

/**
 * The integral of V I over a stretch, J, while the current goes straight from that of one state to that of another: Simpson's rule, exact for
 * ohmic states. Both may be the same. Compliance is the caller's.
 */
export function workBetween(
  law: Pick<DeviceLaw, "current">,
  before: Numbers,
  after: Numbers,
  stretch: Stretch,
  traits: Numbers,
): number {
  const { from, to, duration } = stretch;
  const power = (voltage: number, state: Numbers) => voltage * law.current(voltage, state, traits, stretch);
  const middle = (from + to) / 2;
  const between = (power(middle, before) + power(middle, after)) / 2;
  return (duration / 6) * (power(from, before) + 4 * between + power(to, after));
}
