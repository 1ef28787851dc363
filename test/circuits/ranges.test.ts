import { beforeEach, describe, expect, it } from "vitest";
import { CalibrationSample, fullScale, largestMagnitude } from "../../circuits/ranges.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32 } from "../ground/kernels/engines.ts";
import { normals } from "./layers.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines(1 << 22);
});

describe("the largest magnitude", () => {
  it("is found wherever it stands, of either sign, and of nothing is 0", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      for (const length of [0, 1, 3, 4, 7, 8, 9, 33]) {
        for (let place = 0; place < length; place++) {
          const x = float32(
            engine,
            Float32Array.from({ length: length + 4 }, (_, i) => (i < length ? 0.5 : 9)),
          );
          x[place] = place % 2 === 0 ? -2 : 2;
          expect(largestMagnitude(engine, x.subarray(0, length))).toBe(2);
        }
        expect(largestMagnitude(engine, engine.memory.float32(length).fill(0))).toBe(0);
      }
    }
  });

  it("shows what is no finite number", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      expect(largestMagnitude(engine, float32(engine, [1, Number.NaN, 3, 0, 2, 0, 0, 0, 0]))).toBeNaN();
      expect(largestMagnitude(engine, float32(engine, [1, -Infinity, 3]))).toBe(Infinity);
    }
  });
});

describe("a full scale by least squares", () => {
  // Codes -15 .. 15 are 31 levels: integrating the squared error over a unit Gaussian numerically, it is least at a step of 0.1932 (for
  // 32 levels the same integral gives 0.1881, which is Max's table I). The sample's own minimum is flat: 3 %.
  it("is the best uniform quantiser's of Gaussian values", () => {
    const sample = new CalibrationSample();
    for (const value of normals(400_000, 3)) sample.add(value);
    const range = fullScale("least-squares", sample, 15);
    expect(range).toBeGreaterThan(15 * 0.1932 * 0.97);
    expect(range).toBeLessThan(15 * 0.1932 * 1.03);
  });
});
