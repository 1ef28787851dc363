import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passagesOf, readSpectrum } from "../../../experiments/characterisation/index.ts";
import { gatheredByDecade, welchSpectrum } from "../../../experiments/characterisation/spectrum.ts";
import { stretchesOf } from "../../../experiments/characterisation/sweep.ts";
import { drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
import { characterised } from "./characterised.ts";

describe("a spectrum by Welch's method", () => {
  it("integrates to the variance of white noise and is flat", () => {
    const noise = new Float32Array(2 ** 16);
    fillNormalPlain(drawOf(3), 0, noise);
    const points = welchSpectrum(Float64Array.from(noise), 1e-3, 64);
    const step = points[1]!.frequency - points[0]!.frequency;
    const sum = points.reduce((total, { density }) => total + density * step, 0);
    // The variance of 65,536 normals is 1 within 0.0055; four of them.
    expect(sum).toBeGreaterThan(0.978);
    expect(sum).toBeLessThan(1.022);
    // One-sided: 2 variance interval. Each of 12 a decade gathers at least 127 values' chi squares at the top: 10 %.
    for (const { frequency, density } of gatheredByDecade(points)) {
      if (frequency > 100) expect(Math.abs(density / 2e-3 - 1)).toBeLessThan(0.1);
    }
  });

  it("puts a sine's power, half its amplitude's square, at its frequency", () => {
    const signal = Float64Array.from({ length: 4096 }, (_, n) => 3 * Math.sin((2 * Math.PI * 40 * n) / 512));
    const points = welchSpectrum(signal, 1 / 512, 8);
    const power = points.reduce((total, { density }) => total + density * points[0]!.frequency, 0);
    expect(power).toBeCloseTo(4.5, 6);
    const top = points.reduce((a, b) => (b.density > a.density ? b : a));
    expect(top.frequency).toBe(40);
  });

  it("of a device's reads has the level of the set's white noise, and not one 5 % off", async () => {
    const file = "steps:\n  - read: {width: 1 us, count: 8192, interval: 1 ms}\n";
    const ran = await characterised({ model: "vteam", file, devices: 16, set: ["readNoise.white=0.01"] });
    const { measured, white, flicker } = readSpectrum(ran, passagesOf(ran.protocol, ran.course)[0]!)!;
    const high = measured.filter(({ frequency }) => frequency > 50);
    const mean = high.reduce((sum, { density }) => sum + density, 0) / high.length;
    // 2 interval variance; thousands of values leave 2 %.
    expect(white).toBeCloseTo(2 * 1e-3 * 1e-4, 15);
    expect(Math.abs(mean / white! - 1)).toBeLessThan(0.02);
    expect(flicker).toBeNull();
  });
});

describe("a sweep's pieces", () => {
  const corners = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 6 });

  it("join into the path without a gap, at its rate, and begin a pulse where they leave 0 V", () => {
    fc.assert(
      fc.property(corners, fc.integer({ min: 2, max: 40 }), (path, samples) => {
        fc.pre(path.some((volts) => volts !== path[0]));
        const rate = 7;
        const found = [...stretchesOf(path, rate, samples)];
        const pieces = found.flatMap(({ pieces: own }) => own);
        expect(found).toHaveLength(samples);
        let at = path[0]!;
        for (const [index, { voltage, endVoltage, duration, continues }] of pieces.entries()) {
          expect(voltage).toBeCloseTo(at, 12);
          expect(Math.abs(endVoltage - voltage)).toBeCloseTo(rate * duration, 12);
          expect(voltage * endVoltage).toBeGreaterThanOrEqual(0);
          expect(continues).toBe(index > 0 && pieces[index - 1]!.endVoltage !== 0);
          at = endVoltage;
        }
        expect(at).toBeCloseTo(path.at(-1)!, 12);
        const length = path.slice(1).reduce((sum, volts, i) => sum + Math.abs(volts - path[i]!), 0);
        expect(pieces.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(length / rate, 10);
        expect(found.at(-1)!.voltage).toBe(path.at(-1)!);
      }),
    );
  });
});
