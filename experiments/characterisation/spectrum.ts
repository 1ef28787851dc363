/** Spectral density at a frequency. */
export interface SpectralPoint {
  /** Hz. */
  readonly frequency: number;
  /** One-sided, in squares of the signal's unit per Hz. */
  readonly density: number;
}

/**
 * One-sided power spectral density of evenly spaced samples by Welch's method: segments of a power of two that overlap by half, each without
 * its mean and under a Hann window.
 *
 * @param interval  s from sample to sample
 * @param segments  about how many of them lie end to end
 * @returns frequencies 1 / T .. 1 / 2 interval, T the length of a segment
 * @source Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967), doi:10.1109/TAU.1967.1161901
 */
export function welchSpectrum(signal: Float64Array, interval: number, segments = 8): SpectralPoint[] {
  const size = 2 ** Math.floor(Math.log2(signal.length / Math.max(1, segments)));
  if (size < 8) return [];
  const window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
  const power = window.reduce((sum, weight) => sum + weight * weight, 0);
  const sums = new Float64Array(size / 2 + 1);
  let count = 0;
  for (let from = 0; from + size <= signal.length; from += size / 2) {
    const part = signal.subarray(from, from + size);
    const mean = part.reduce((sum, value) => sum + value, 0) / size;
    const real = Float64Array.from(part, (value, n) => (value - mean) * window[n]!);
    const imaginary = new Float64Array(size);
    transform(real, imaginary);
    for (let k = 0; k < sums.length; k++) sums[k]! += real[k]! ** 2 + imaginary[k]! ** 2;
    count++;
  }
  return Array.from({ length: size / 2 }, (_, index) => {
    const k = index + 1;
    // Both signs of a frequency count, which the highest one has only once.
    const sides = k === size / 2 ? 1 : 2;
    return { frequency: k / (size * interval), density: (sides * sums[k]! * interval) / (power * count) };
  });
}

/** Points gathered in equal steps of the frequency's logarithm, each the mean of its own. */
export function gatheredByDecade(points: readonly SpectralPoint[], perDecade = 12): SpectralPoint[] {
  const bins = new Map<number, { frequency: number; density: number; count: number }>();
  for (const { frequency, density } of points) {
    const bin = Math.floor(Math.log10(frequency) * perDecade);
    const sum = bins.get(bin) ?? { frequency: 0, density: 0, count: 0 };
    bins.set(bin, {
      frequency: sum.frequency + Math.log(frequency),
      density: sum.density + density,
      count: sum.count + 1,
    });
  }
  return [...bins.values()].map(({ frequency, density, count }) => ({
    frequency: Math.exp(frequency / count),
    density: density / count,
  }));
}

/** Fourier transform in place, of a length that is a power of two (Cooley and Tukey). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= size; length <<= 1) {
    const half = length >> 1;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      for (let start = k; start < size; start += length) {
        const end = start + half;
        const re = real[end]! * cosine - imaginary[end]! * sine;
        const im = real[end]! * sine + imaginary[end]! * cosine;
        real[end] = real[start]! - re;
        imaginary[end] = imaginary[start]! - im;
        real[start]! += re;
        imaginary[start]! += im;
      }
    }
  }
}
