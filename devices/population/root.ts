/**
 * Where a function crosses 0 between two places at which it has opposite signs, to the last bit or `width`.
 *
 * @returns the place; an end where the function does not change its sign
 * @source Chandrupatla, Adv. Eng. Softw. 28, 145 (1997), doi:10.1016/s0965-9978(96)00051-8
 */
export function rootBetween(f: (place: number) => number, low: number, high: number, width = 0): number {
  let [a, b] = [low, high];
  let [fa, fb] = [f(a), f(b)];
  if (fa === 0) return a;
  if (fb === 0 || fa > 0 === fb > 0) return b;
  // The bracket is [a, b]; c is the end that was given up last.
  let [c, fc] = [a, fa];
  let share = 0.5;
  for (let step = 0; step < 200; step++) {
    const place = a + share * (b - a);
    const value = f(place);
    if (value === 0) return place;
    if (value > 0 === fa > 0) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = place;
    fa = value;
    const nearest = Math.abs(fa) < Math.abs(fb) ? a : b;
    const least = (2 * Number.EPSILON * Math.abs(nearest) + width / 2) / Math.abs(b - a);
    if (!(least <= 0.5) || a === b) return nearest;
    const [xi, phi] = [(a - b) / (c - b), (fa - fb) / (fc - fb)];
    const curved = phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi;
    share = curved
      ? (fa / (fb - fa)) * (fc / (fb - fc)) + (((c - a) / (b - a)) * fa * fb) / ((fc - fa) * (fc - fb))
      : 0.5;
    share = Math.min(1 - least, Math.max(least, share));
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}
