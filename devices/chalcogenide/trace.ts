/**
 * What a third factor that goes straight from one value, M(t) = m + slope t, writes by a trace that falls meanwhile: the integral of M e
 * over a time, s.
 *
 * @param trace  e at the beginning
 * @param decay  s; Infinity while the trace is held
 */
export function eligibleWriting(m: number, slope: number, trace: number, decay: number, seconds: number): number {
  const share = seconds / decay;
  // (1 - e^-s) / s and (1 - e^-s (1 + s)) / s^2, which are 1 and 1/2 for short times.
  const short = share < 1e-3;
  const level = share === 0 ? 1 : -Math.expm1(-share) / share;
  const rise = short ? 0.5 - share / 3 + share ** 2 / 8 : (level - Math.exp(-share)) / share;
  return trace * seconds * (m * level + slope * seconds * rise);
}
