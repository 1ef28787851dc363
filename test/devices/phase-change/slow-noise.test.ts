import { describe, expect, it } from "vitest";
import { deviceModel, type NoiseSplit } from "../../../devices/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";

const device = deviceModel("pcm").prepare(shippedSet("pcm", "joshi-2020"));
const count = 100_000;
const [hour, day] = [3600, 86_400];
const [readTime, target, window] = [250e-9, 12.5e-6, 10e-3];
const amplitude = 0.0088 / 0.5 ** 0.65;
const split = { mode: "process", window } as const;

/** Cells of one target, and what is held of their noise now, in units of Q. */
async function cellsOf(seed = 11) {
  const engine = await openEngine(1 << 26);
  const cells = device.create(engine, count, drawOf(seed), everything);
  const array = () => engine.memory.float32(count);
  const [now, centre, deviation] = [array().fill(target), array(), array()];
  cells.program!(now, 0);
  const held = (how: NoiseSplit = split): Float64Array => {
    cells.conductance(now);
    cells.readNoise(how, 0, centre, deviation);
    return Float64Array.from(centre, (value, i) => (value / now[i]! - 1) / amplitude);
  };
  return { cells, held, engine, now };
}

function covariance(a: Float64Array, b: Float64Array): number {
  let [sum, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
    first += a[i]!;
    second += b[i]!;
  }
  return sum / a.length - (first / a.length) * (second / b.length);
}

const slowest = 1e8;

/** Decades of time constants from 2 t_r to three years: [from, to, tau]. */
const bands = Array.from({ length: 14 }, (_, k) => {
  const edge = (at: number): number => 5e-7 * (slowest / 5e-7) ** (at / 14);
  return [edge(k), edge(k + 1), edge(k + 0.5)] as const;
});

/** Variance of what is held at an age, over Q^2. */
const varianceAt = (age: number): number => Math.log((age + readTime) / window);

/** Correlation of readings so far apart: each decade's share of ln tau between the window and three years. */
function correlationOf(later: number, low = window): number {
  const share = ([from, to]: (typeof bands)[number]): number => Math.max(0, Math.log(to / Math.max(from, low)));
  return bands.reduce((sum, band) => sum + share(band) * Math.exp(-later / band[2]), 0) / Math.log(slowest / low);
}

/** Covariance of readings at an age and so much later, over Q^2. */
function covarianceOf(age: number, later: number): number {
  return Math.sqrt(varianceAt(age) * varianceAt(age + later)) * correlationOf(later);
}

/** Of processes with all time constants between: the integral of e^(-s / tau) over d ln tau, by the midpoint rule. */
function ofAllTimeConstants(low: number, high: number, s: number): number {
  const steps = 20_000;
  const width = Math.log(high / low);
  let sum = 0;
  for (let k = 0; k < steps; k++) sum += (Math.exp(-s / (low * Math.exp(((k + 0.5) * width) / steps))) * width) / steps;
  return sum;
}

describe("slow noise of doped GST", () => {
  // Age of the first reading, and times after it. A covariance over 100,000 cells has the standard error sqrt((V V' + C^2) / 100,000); 4 of them.
  it.each([
    [10 * day, [1, hour, day]],
    [day, [20e-3, 1, hour]],
    [1, [hour, day]],
  ])("is as like itself later as 1/f noise is: first reading at %d s", async (age, distances) => {
    const { cells, held } = await cellsOf();
    cells.elapse(age);
    const first = held();
    let since = 0;
    for (const distance of distances) {
      cells.elapse(distance - since);
      since = distance;
      const later = held();
      const expected = covarianceOf(age, distance);
      const spread = Math.sqrt((covarianceOf(age, 0) * covarianceOf(age + distance, 0) + expected ** 2) / count);
      expect(Math.abs(covariance(first, later) - expected), `${distance} s`).toBeLessThan(4 * spread);
      // One process a decade instead of all: 0.15 of a variance of 23, which the correlation is a share of.
      const all = ofAllTimeConstants(window, slowest, distance) / Math.log(slowest / window);
      expect(Math.abs(correlationOf(distance) - all)).toBeLessThan(0.015);
      expect(Math.abs(covariance(later, later) / Math.log((age + distance + readTime) / window) - 1)).toBeLessThan(
        0.02,
      );
    }
  });

  // A 5 % longer distance, shorter decades or a 5 % larger level must show: 4 standard errors at 10 d are 0.24.
  it("would not be taken for noise of another law", () => {
    const [age, later] = [10 * day, hour];
    const error = 4 * Math.sqrt((covarianceOf(age, 0) ** 2 + covarianceOf(age, later) ** 2) / count);
    expect(0.1 * covarianceOf(age, later)).toBeGreaterThan(error);
    expect(covarianceOf(age, 0) - covarianceOf(age, later)).toBeGreaterThan(20 * error);
    expect(covarianceOf(age, later) - covarianceOf(age, day)).toBeGreaterThan(8 * error);
  });

  it("has the correlations that docs/read-noise.md states", () => {
    expect([1, hour, day].map((later) => correlationOf(later).toFixed(2))).toEqual(["0.78", "0.42", "0.28"]);
  });

  it("is the same in every reading of one moment, whatever the window takes away from it", async () => {
    const { cells, held } = await cellsOf();
    cells.elapse(hour);
    const [short, long, all] = [held(), held({ mode: "process", window: 1 }), held({ mode: "held", window: 1 })];
    expect(held()).toEqual(short);
    // What is slower than both windows is in both, each time as large as that window's variance says.
    const shared = (low: number): number =>
      Math.sqrt((Math.log(hour / 1) * Math.log(hour / low) * Math.log(slowest / 1)) / Math.log(slowest / low));
    expect(Math.abs(covariance(long, short) / shared(window) - 1)).toBeLessThan(0.05);
    expect(Math.abs(covariance(long, all) / shared(2 * readTime) - 1)).toBeLessThan(0.05);
  });

  it("starts anew with every programming", async () => {
    const { cells, held, now } = await cellsOf();
    cells.elapse(hour);
    const before = held();
    cells.program!(now.fill(target), 1);
    cells.elapse(hour);
    const after = held();
    expect(Math.abs(covariance(before, after))).toBeLessThan(4 * Math.sqrt((12.8 * 12.8) / count));
    expect(Math.abs(covariance(after, after) / Math.log((hour + readTime) / window) - 1)).toBeLessThan(0.02);
  });

  it("goes on bit for bit from a saved state, kept in memory or not", async () => {
    const [one, other] = [await cellsOf(), await cellsOf()];
    one.cells.elapse(hour);
    one.held();
    for (const wait of [1, 2]) {
      one.cells.elapse(wait);
      const saved = one.cells.save();
      other.cells.restore(saved);
      const expected = one.held();
      expect(other.held().every((x, i) => x === expected[i])).toBe(true);
      one.cells.restore(saved);
      expect(Buffer.compare(one.cells.save(), saved)).toBe(0);
      one.held();
    }
  });

  it("has in cells of different ages each the variance of its own", async () => {
    const { cells, held } = await cellsOf();
    cells.elapse(Float64Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 20 : day)));
    const noise = held();
    for (const [start, age] of [
      [0, 20],
      [1, day],
    ] as const) {
      const own = noise.filter((_, i) => i % 2 === start);
      expect(Math.abs(covariance(own, own) / Math.log(age / window) - 1)).toBeLessThan(0.03);
    }
    const early = noise.filter((_, i) => i % 2 === 0);
    cells.elapse(1);
    const later = held().filter((_, i) => i % 2 === 0);
    expect(Math.abs(covariance(early, later) - covarianceOf(20, 1))).toBeLessThan(
      4 * Math.sqrt((2 * 7.6 ** 2) / (count / 2)),
    );
  });

  it("is in single reads too", async () => {
    const { cells, engine } = await cellsOf();
    cells.elapse(day);
    const [first, second, work] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
    const now = engine.memory.float32(count);
    const read = (current: Float64Array, reading: number) => {
      cells.conductance(now);
      cells.read({ voltage: 0.2, duration: readTime }, reading, current, work);
      for (let i = 0; i < count; i++) current[i] = (current[i]! / 0.2 / now[i]! - 1) / amplitude;
    };
    read(first, 0);
    cells.elapse(1e-3);
    read(second, 1);
    const expected = Math.log(day / 5e-7) * correlationOf(1e-3, 2 * readTime);
    expect(Math.abs(covariance(first, second) - expected)).toBeLessThan(4 * Math.sqrt((2 * 26 ** 2) / count));
    expect(Math.abs(covariance(first, first) / Math.log(day / 5e-7) - 1)).toBeLessThan(0.02);
  });
});
