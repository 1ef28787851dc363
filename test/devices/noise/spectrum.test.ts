import { describe, expect, it } from "vitest";
import { noiseState, ReadNoise, readNoiseLaw } from "../../../devices/noise/index.ts";
import { allocateState } from "../../../devices/state.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { shippedSet } from "../../contracts/device-contract.ts";

const flicker = 0.02;
const law = {
  ...readNoiseLaw(shippedSet("vteam", "kvatinsky-2015")),
  flicker,
  flickerFrom: 1e-8,
  flickerTo: 1e4,
};
const devices = 8;

/** Relative currents of reads without a pause, [devices][reads]: 1 A at 1 V, so that the floor is far below. */
async function readsOf(interval: number, reads: number): Promise<Float64Array[]> {
  const engine = await openEngine(1 << 22);
  const { layout, numbers } = noiseState(law);
  const state = allocateState(engine, layout, devices, numbers);
  const noise = new ReadNoise(engine, devices, law, state.fields, state.common, drawOf(5));
  const series = Array.from({ length: devices }, () => new Float64Array(reads));
  const current = new Float64Array(devices);
  const how = { voltage: 1, duration: interval, temperature: 300 };
  for (let k = 0; k < reads; k++) {
    current.fill(1);
    noise.read((k + 0.5) * interval, how, k, null, current);
    for (let i = 0; i < devices; i++) series[i]![k] = current[i]! - 1;
  }
  return series;
}

/** In place, of a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [real[i], real[j]] = [real[j]!, real[i]!];
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const [cosine, sine] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let start = k; start < n; start += size) {
        const other = start + size / 2;
        const re = real[other]! * cosine - imaginary[other]! * sine;
        const im = real[other]! * sine + imaginary[other]! * cosine;
        real[other] = real[start]! - re;
        imaginary[other] = imaginary[start]! - im;
        real[start]! += re;
        imaginary[start]! += im;
      }
    }
  }
}

interface Point {
  readonly frequency: number;
  /** f S(f) / flicker^2. */
  readonly level: number;
}

/** One-sided spectrum, mean over devices and over thirds of a decade, from the second frequency to a sixth of the read rate. */
function spectrumOf(series: readonly Float64Array[], interval: number): Point[] {
  const n = series[0]!.length;
  const bins = new Map<number, { sum: number; logarithms: number; count: number }>();
  for (const values of series) {
    // A window takes away what leaks from the lowest frequencies; 8 / 3 puts its loss of power back.
    const real = values.map((value, k) => value * (0.5 - 0.5 * Math.cos((2 * Math.PI * k) / n)));
    const imaginary = new Float64Array(n);
    transform(real, imaginary);
    for (let k = 2; k < n / 6; k++) {
      const f = k / (n * interval);
      const power = (8 / 3) * (real[k]! ** 2 + imaginary[k]! ** 2) * ((2 * interval) / n);
      const bin = Math.floor(3 * Math.log10(k / 2));
      const into = bins.get(bin) ?? { sum: 0, logarithms: 0, count: 0 };
      into.sum += power * f;
      into.logarithms += Math.log(f);
      into.count++;
      bins.set(bin, into);
    }
  }
  return [...bins.values()].map(({ sum, logarithms, count }) => ({
    frequency: Math.exp(logarithms / count),
    level: sum / count / flicker ** 2,
  }));
}

function slopeOf(points: readonly Point[]): number {
  const [x, y] = [points.map((p) => Math.log(p.frequency)), points.map((p) => Math.log(p.level / p.frequency))];
  const [meanX, meanY] = [x, y].map((list) => list.reduce((a, b) => a + b, 0) / list.length) as [number, number];
  const across = x.reduce((sum, value, k) => sum + (value - meanX) * (y[k]! - meanY), 0);
  return across / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

const middle = (points: readonly Point[]): number => points.reduce((sum, { level }) => sum + level, 0) / points.length;

describe("spectrum of flicker noise", () => {
  // A bin holds 4 to 10,000 frequencies of 8 devices (the window makes neighbours alike): the lowest is known to about 20 %, the slope of a protocol to
  // 0.02 and its mean level to 3 %. A flicker amplitude 5 % off would move the level by 10 %.
  const protocols = [
    [1e-6, 2 ** 17],
    [1e-3, 2 ** 14],
    [1, 2 ** 14],
  ] as const;

  it("is flicker^2 / f over four decades of 131,072 reads, and over nine of three protocols joined", async () => {
    const joined: Point[] = [];
    for (const [interval, reads] of protocols) {
      const points = spectrumOf(await readsOf(interval, reads), interval);
      const decades = Math.log10(points.at(-1)!.frequency / points[0]!.frequency);
      expect(decades).toBeGreaterThan(reads > 1e5 ? 3.8 : 2.7);
      expect(Math.abs(slopeOf(points) + 1)).toBeLessThan(0.05);
      expect(Math.abs(middle(points) - 1)).toBeLessThan(0.04);
      joined.push(...points);
    }
    const frequencies = joined.map(({ frequency }) => frequency);
    expect(Math.log10(Math.max(...frequencies) / Math.min(...frequencies))).toBeGreaterThan(8.5);
    expect(Math.abs(slopeOf(joined) + 1)).toBeLessThan(0.01);
    expect(Math.abs(middle(joined) - 1)).toBeLessThan(0.03);
  });
});
