import { beforeEach, describe, expect, it } from "vitest";
import { at, drawOf, fillNormal, fillWords } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { bothEngines, onBoth, worst } from "../kernels/engines.ts";
import { momentsOf, normalCdf, uniformityP } from "./statistics.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines(1 << 26);
});

function normals(engine: Engine, count: number, event = 0, draw = drawOf(1)): Float32Array {
  const out = engine.memory.float32(count);
  fillNormal(engine, draw, event, out);
  return out;
}

describe("standard normal samples", () => {
  it("come out of the kernel as out of its twin", () => {
    const [fast, plain] = onBoth(engines, (engine) => normals(engine, 1 << 18, 2 ** 40 + 3));
    expect(worst(fast, plain, (i) => 2e-6 * Math.max(1, Math.abs(plain[i]!)))).toBeLessThan(1);
  });

  it.each([1, 7, 8, 9, 511, 512, 513, 1100])(
    "are a prefix of longer ones (%d), and nothing behind is touched",
    (count) => {
      const whole = normals(engines.kernels, 2048);
      const out = engines.kernels.memory.float32(2048).fill(7);
      fillNormal(engines.kernels, drawOf(1), 0, out, count);
      expect(out.subarray(0, count)).toEqual(whole.subarray(0, count));
      expect(out.subarray(count).every((value) => value === 7)).toBe(true);
    },
  );

  // Standard errors of n normals: mean 1/sqrt(n), variance sqrt(2/n), skewness sqrt(6/n), kurtosis sqrt(24/n); bound 4 of them.
  it("have a normal's moments", () => {
    const n = 1 << 22;
    const { mean, variance, third, fourth } = momentsOf(normals(engines.kernels, n));
    const root = Math.sqrt(n);
    expect(Math.abs(mean) * root).toBeLessThan(4);
    expect((Math.abs(variance - 1) * root) / Math.sqrt(2)).toBeLessThan(4);
    expect((Math.abs(third) * root) / Math.sqrt(6)).toBeLessThan(4);
    expect((Math.abs(fourth - 3) * root) / Math.sqrt(24)).toBeLessThan(4);
  });

  it("follow the normal distribution (Kolmogorov-Smirnov, 10^6)", () => {
    const values = Float64Array.from(normals(engines.kernels, 1_000_000, 5), normalCdf);
    expect(uniformityP(values)).toBeGreaterThan(1e-3);
  });

  // 4 million samples; counts beyond a limit are Poisson, so 4 square roots are the bound.
  it.each([3, 3.5, 4, 4.5])("reach beyond %d deviations as often as they should", (limit) => {
    const n = 4_000_000;
    let count = 0;
    for (const value of normals(engines.kernels, n, 6)) if (Math.abs(value) > limit) count++;
    const expected = 2 * n * normalCdf(-limit);
    expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  // Products of independent standard normals have mean 0 and variance 1. Lags 1, 4 and 8 are the generators' own structure.
  it("are uncorrelated between neighbours, blocks, events and draws, squares too", () => {
    const n = 1 << 20;
    const a = normals(engines.kernels, n, 1);
    const others: [string, Float32Array, number][] = [
      ...[1, 4, 8, 512].map((lag): [string, Float32Array, number] => [`lag ${lag}`, a, lag]),
      ["event", normals(engines.kernels, n, 2), 0],
      ["draw", normals(engines.kernels, n, 1, at(drawOf(1), "other")), 0],
    ];
    for (const [name, b, lag] of others) {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i + lag < n; i++) {
        sum += a[i]! * b[i + lag]!;
        squares += (a[i]! ** 2 - 1) * (b[i + lag]! ** 2 - 1);
      }
      expect(Math.abs(sum) / Math.sqrt(n), name).toBeLessThan(4);
      expect(Math.abs(squares) / (2 * Math.sqrt(n)), name).toBeLessThan(4);
    }
  });
});

describe("random words", () => {
  it.each([1, 3, 511, 512, 513, 1100])(
    "come out of the kernel as out of its twin (%d), and nothing behind is touched",
    (count) => {
      const [fast, plain] = onBoth(engines, (engine) => {
        const out = engine.memory.int32(2048).fill(7);
        fillWords(engine, drawOf(1), 2 ** 40 + 3, out.subarray(0, count));
        return out;
      });
      expect(fast).toEqual(plain);
      expect(fast.subarray(count).every((word) => word === 7)).toBe(true);
    },
  );
});
