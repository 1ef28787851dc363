/** Time constants of a part of 1/f noise, s: all of those between two are taken to be the one in the middle. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** The mean of their logarithms. */
  readonly time: number;
}

/**
 * Bands of about a decade each that fill the time constants between two, s.
 *
 * Noise with the spectrum a^2 / f has the variance a^2 ln(to / from) in them: a process with the time constant tau has the spectrum
 * 4 tau / (1 + (2 pi f tau)^2), and the integral of that over d ln tau is 1 / f. One process a decade instead of all of them makes
 * f S(f) swing by 5.5 % about a^2.
 */
export function bandsBetween(from: number, to: number): Band[] {
  const count = Math.max(1, Math.round(Math.log10(to / from)));
  const edge = (k: number): number => from * (to / from) ** (k / count);
  return Array.from({ length: to > from ? count : 0 }, (_, k) => ({
    from: edge(k),
    to: edge(k + 1),
    time: edge(k + 0.5),
  }));
}

/** Variance that a band contributes to noise of spectrum 1 / f with time constants from `low` to `high` alone. */
export function varianceWithin({ from, to }: Band, low: number, high: number): number {
  return Math.max(0, Math.log(Math.min(to, high) / Math.max(from, low)));
}

/** What is left of the variance of a process with a time constant in its mean over `duration`: 2 (u - 1 + e^-u) / u^2, u = duration / time. */
export function averaged(time: number, duration: number): number {
  const u = duration / time;
  return u < 1e-3 ? 1 - u / 3 : (2 * (u + Math.expm1(-u))) / (u * u);
}
