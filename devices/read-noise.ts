import type { Engine } from "../src/ground/kernels/index.ts";

/**
 * Divides a reading's noise: centre = g + g amplitude slow is what stays for a while, and may be negative (a cell is clamped once, after its
 * fast noise is added); deviation = g amplitude fresh is what is drawn anew at every read.
 *
 * @param conductance g, S, [cells]
 * @param amplitude relative noise of each cell at scale 1, dimensionless, [cells]
 * @param slow the noise that is held, dimensionless, [cells]
 * @param fresh standard deviation of the noise that is fast, dimensionless
 * @param centre receives S, [cells]
 * @param deviation receives S, [cells]; may be `conductance`
 */
export function splitReadNoise(
  engine: Engine,
  conductance: Float32Array,
  amplitude: Float32Array,
  slow: Float32Array,
  fresh: number,
  centre: Float32Array,
  deviation: Float32Array,
): void {
  if (!engine.kernels) {
    splitReadNoisePlain(conductance, amplitude, slow, fresh, centre, deviation);
    return;
  }
  const { memory } = engine;
  engine.kernels.splitReadNoise(
    memory.address(conductance),
    memory.address(amplitude),
    memory.address(slow),
    fresh,
    memory.address(centre),
    memory.address(deviation),
    centre.length,
  );
}

/** Twin of the kernel; centres agree within 2e-7 of the sum of both terms' sizes, deviations within 2e-7 of themselves. */
export function splitReadNoisePlain(
  conductance: Float32Array,
  amplitude: Float32Array,
  slow: Float32Array,
  fresh: number,
  centre: Float32Array,
  deviation: Float32Array,
): void {
  for (let i = 0; i < centre.length; i++) {
    const g = conductance[i]!;
    const s = g * amplitude[i]!;
    centre[i] = g + s * slow[i]!;
    deviation[i] = s * fresh;
  }
}

/**
 * Moments of a clamped read X = max(0, centre + s N), N standard normal and fresh at every read: mean, variance, and third
 * central moment over variance.
 *
 * With t = |centre| / s, phi and Q the normal density and upper tail at t, the part of N beyond t has the moments
 * L1 = phi - t Q, L2 = (t^2 + 1) Q - t phi, L3 = (t^2 + 2) phi - (t^3 + 3 t) Q, and in units of s
 *   mean = max(centre / s, 0) + L1
 *   variance = [1 - 2 Q] + L2 - L1^2
 *   third = [3 phi - 6 L1 (1 - Q)] + L3 - 3 L1 L2 + 2 L1^3
 * where the brackets are for centre >= 0 alone.
 *
 * @param centre what the cell would read without fast noise, S, [cells]; may be negative
 * @param deviation s, S, [cells]; 0: mean max(0, centre), the rest 0
 * @param mean receives S, [cells]
 * @param variance receives S^2, [cells]
 * @param thirdOverVariance receives S, [cells]; the ratio, because the third moment itself would leave float32
 */
export function clampedMoments(
  engine: Engine,
  centre: Float32Array,
  deviation: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  thirdOverVariance: Float32Array,
): void {
  if (!engine.kernels) {
    clampedMomentsPlain(centre, deviation, mean, variance, thirdOverVariance);
    return;
  }
  const { memory } = engine;
  engine.kernels.clampedMoments(
    memory.address(centre),
    memory.address(deviation),
    memory.address(mean),
    memory.address(variance),
    memory.address(thirdOverVariance),
    centre.length,
  );
}

/** Beyond so many deviations from zero a read counts as never, or always, clamped. */
export const clampingReach = 5.5;

/** Twin of the kernel; in units of s, s^2 and s they agree within 2e-6, 5e-6 and 2e-3. */
export function clampedMomentsPlain(
  centre: Float32Array,
  deviation: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  thirdOverVariance: Float32Array,
): void {
  for (let i = 0; i < centre.length; i++) {
    const s = deviation[i]!;
    const t = Math.abs(centre[i]!) / s;
    const above = centre[i]! >= 0;
    const phi = t < clampingReach ? Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI) : 0;
    const tail = t < clampingReach ? normalTail(t) : 0;
    const first = phi > 0 ? phi - t * tail : 0;
    const second = phi > 0 ? (t * t + 1) * tail - t * phi : 0;
    const third = phi > 0 ? (t * t + 2) * phi - (t ** 3 + 3 * t) * tail : 0;
    const relativeVariance = (above && s > 0 ? 1 - 2 * tail : 0) + second - first * first;
    const relativeThird = (above ? 3 * phi - 6 * first * (1 - tail) : 0) + third - 3 * first * second + 2 * first ** 3;
    mean[i] = Math.max(0, centre[i]!) + s * first;
    variance[i] = s * s * relativeVariance;
    thirdOverVariance[i] = relativeVariance > 0 ? (s * relativeThird) / relativeVariance : 0;
  }
}

/** Upper tail of the standard normal distribution at t >= 0, by its series below 3 and its continued fraction above. */
function normalTail(t: number): number {
  const phi = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  if (t < 3) {
    let term = t;
    let sum = t;
    for (let k = 3; k < 90; k += 2) {
      term *= (t * t) / k;
      sum += term;
    }
    return 0.5 - phi * sum;
  }
  let fraction = t;
  for (let k = 60; k > 0; k--) fraction = t + k / fraction;
  return phi / fraction;
}
