import { describe, expect, it } from "vitest";
import { averaged, bandsBetween, varianceWithin } from "../../../devices/noise/bands.ts";
import { Flicker, numbersPerBand } from "../../../devices/noise/flicker.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";
import { momentsOf } from "../../ground/draws/statistics.ts";
import { bothEngines, onBoth, worst } from "../../ground/kernels/engines.ts";

const draw = drawOf(7);

function flickerOf(engine: Engine, bands: ReturnType<typeof bandsBetween>, devices: number) {
  const numbers = new Float64Array(numbersPerBand * bands.length);
  const fields = bands.map(() => engine.memory.float32(devices));
  const flicker = new Flicker(engine, bands, fields, numbers);
  const look = (now: number, weights: readonly number[] = bands.map(() => 1)): Float32Array => {
    const out = engine.memory.float32(devices).fill(0);
    flicker.add(now, weights, draw, out);
    return out;
  };
  return { flicker, fields, numbers, look };
}

function mean(a: ArrayLike<number>, f: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += f(i);
  return sum / a.length;
}

const band = (time: number) => ({ from: time / Math.sqrt(10), to: time * Math.sqrt(10), time });

describe("bands of 1/f noise", () => {
  it("fill the time constants between two, a decade each", () => {
    const bands = bandsBetween(1e-6, 1e3);
    expect(bands.length).toBe(9);
    expect(bands[3]!.time / 10 ** -2.5).toBeCloseTo(1, 12);
    for (const [k, one] of bands.slice(1).entries()) expect(one.from).toBe(bands[k]!.to);
    const total = bands.reduce((sum, one) => sum + varianceWithin(one, 0, Number.POSITIVE_INFINITY), 0);
    expect(total / Math.log(1e9)).toBeCloseTo(1, 12);
    expect(bands.reduce((sum, one) => sum + varianceWithin(one, 2e-4, 7), 0) / Math.log(7 / 2e-4)).toBeCloseTo(1, 12);
  });

  it("have the level 1 / f within the 5.5 % that one process a decade swings by", () => {
    const bands = bandsBetween(1e-9, 1e9);
    for (let exponent = -5; exponent <= 5; exponent += 0.05) {
      const f = 10 ** exponent;
      const level = bands.reduce(
        (sum, { time }) => sum + (Math.LN10 * 4 * time) / (1 + (2 * Math.PI * f * time) ** 2),
        0,
      );
      expect(Math.abs(level * f - 1)).toBeLessThan(0.057);
    }
  });

  it("leave in a mean what the integral of their correlation says", () => {
    for (const u of [1e-6, 9e-4, 1.1e-3, 0.3, 2, 50]) {
      // 2 / T^2 times the integral of (T - s) e^(-s / tau), by the midpoint rule.
      const steps = 20_000;
      let sum = 0;
      for (let k = 0; k < steps; k++) {
        const s = (k + 0.5) / steps;
        sum += (2 * (1 - s) * Math.exp(-u * s)) / steps;
      }
      expect(averaged(3, 3 * u) / sum).toBeCloseTo(1, 6);
    }
  });
});

describe("a band's process", () => {
  const devices = 200_000;

  // Every way of moving: by single bytes, sums of bytes, normals; the step between two looks is tested by itself, since a slow band's covariance says little of
  // it. 4 standard errors: sqrt(2 / 200,000) of a variance is 0.32 %, of a covariance at most as much of 1.
  it.each([1e-6, 1e-3, 0.049, 0.051, 0.19, 0.21, 1, 4])(
    "moves exactly in law by %d of its time constant",
    async (move) => {
      const { look } = flickerOf(await openEngine(1 << 25), [band(2)], devices);
      const [first, second] = [look(10), look(10 + 2 * move)];
      const decay = Math.exp(-move);
      expect(Math.abs(mean(first, (i) => first[i]! * second[i]!) - decay)).toBeLessThan(0.013);
      const step = mean(first, (i) => (second[i]! - first[i]! * decay) ** 2);
      expect(Math.abs(step / -Math.expm1(-2 * move) - 1)).toBeLessThan(0.013);
      const { variance } = momentsOf(second);
      expect(Math.abs(variance - 1)).toBeLessThan(0.013);
      expect(Math.abs(mean(first, (i) => first[i]! * (second[i]! - first[i]! * decay)))).toBeLessThan(
        0.013 * Math.sqrt(1 - decay ** 2),
      );
    },
  );

  // x after n small moves has the excess kurtosis of an innovation, -0.3 or -1.2, times tanh(move): 0.06 at 0.2 and 0.05. Its standard error over 200,000 is
  // sqrt(24 / 200,000) = 0.011; the first draw is a normal, so that part of it is forgotten first.
  it.each([0.049, 0.19])(
    "stays normal by its moves of %d time constants, within 0.06 of excess kurtosis",
    async (move) => {
      const { look } = flickerOf(await openEngine(1 << 27), [band(1)], devices / 2);
      let last = look(0);
      for (let k = 1; k * move < 3; k++) last = look(k * move);
      const { mean: centre, variance, third, fourth } = momentsOf(last);
      expect(Math.abs(centre)).toBeLessThan(4 / Math.sqrt(devices / 2));
      expect(Math.abs(variance - 1)).toBeLessThan(0.018);
      expect(Math.abs(third)).toBeLessThan(4 * Math.sqrt(15 / (devices / 2)));
      expect(Math.abs(fourth / variance ** 2 - 3)).toBeLessThan(0.06 + 4 * Math.sqrt(24 / (devices / 2)));
    },
  );

  it("comes out of many small moves as out of one", async () => {
    const engine = await openEngine(1 << 27);
    const { look } = flickerOf(engine, [band(1)], devices / 2);
    const first = look(0);
    let last = first;
    for (const now of [0.01, 0.012, 0.1, 0.35, 0.36, 0.7]) last = look(now);
    expect(Math.abs(mean(first, (i) => first[i]! * last[i]!) - Math.exp(-0.7))).toBeLessThan(0.018);
    expect(Math.abs(momentsOf(last).variance - 1)).toBeLessThan(0.018);
  });

  it("is remembered where it was drawn anew and not kept, and forgotten after 16 time constants", async () => {
    const { look, numbers } = flickerOf(await openEngine(1 << 25), [band(1)], devices);
    const first = look(5);
    expect(look(5).every((x, i) => x === first[i])).toBe(true);
    expect(numbers[1]).toBe(5);
    const second = look(5.01);
    expect(numbers[1]).toBeNaN();
    expect(mean(first, (i) => first[i]! * second[i]!)).toBeCloseTo(Math.exp(-0.01), 2);
    const far = look(21.5);
    expect(numbers[1]).toBe(21.5);
    expect(Math.abs(mean(first, (i) => second[i]! * far[i]!))).toBeLessThan(0.01);
  });

  it("waits until float32 can tell that time has passed", async () => {
    const { look, numbers } = flickerOf(await openEngine(1 << 22), [band(1e9)], 100);
    const first = look(0);
    expect(look(1)).toEqual(first);
    expect(numbers[0]).toBe(0);
    expect(look(100)).not.toEqual(first);
    expect(numbers[0]).toBe(100);
  });

  it("is the same with time between that nobody looks at, and another with another draw or time", async () => {
    const engine = await openEngine(1 << 22);
    const at = (now: number) => flickerOf(engine, [band(1)], 100).look(now);
    expect(at(3)).toEqual(at(3));
    expect(at(4)).not.toEqual(at(3));
  });
});

describe("flicker noise of several bands", () => {
  it.each([1, 5, 511, 513, 2000])("comes out of the kernel as out of its twin, %d devices", async (devices) => {
    const engines = await bothEngines();
    // From 1e-9 of a time constant to forgotten: every deed, slow bands in more than one group of four.
    const bands = bandsBetween(1e-3, 1e9);
    const weights = bands.map((_, k) => 1 + k / 7);
    const [fast, plain] = onBoth(engines, (engine) => {
      const { look, fields } = flickerOf(engine, bands, devices);
      const looks = [10, 10.00001, 10.3, 11, 50].map((now) => look(now, weights));
      return [...looks, ...fields.slice(2)];
    });
    for (const [k, values] of plain.entries()) expect(worst(fast[k]!, values, () => 2e-4)).toBeLessThan(1);
  });

  it("leaves bands of weight 0 where they are", async () => {
    const { look, numbers } = flickerOf(await openEngine(1 << 22), [band(1), band(10)], 64);
    look(0, [1, 1]);
    look(0.1, [1, 0]);
    expect([...numbers.subarray(0, 2)]).toEqual([0.1, 0]);
  });
});
