import { beforeEach, describe, expect, it } from "vitest";
import type { InputPart } from "../../circuits/converters.ts";
import { driveFloats, squareInputs } from "../../circuits/float-inputs.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines(1 << 22);
});

const parts: InputPart[] = ["signed", "positive", "negative"];

describe("inputs that are no codes of 8 bits", () => {
  it.each([
    [1, 1, 1],
    [3, 5, 8],
    [4, 8, 8],
    [9, 131, 140],
  ])("come out of the kernel as out of its twin: %d vectors, %d rows of %d", (vectors, rows, stride) => {
    const x = someNumbers(vectors * stride, rows).map((u) => 2.6 * u - 1.3);
    for (const part of parts) {
      for (const [levels, clip] of [
        [0, true],
        [511, true],
        [511, false],
        [127, false],
      ] as const) {
        const [fast, plain] = onBoth(engines, (engine) => {
          const mark = engine.memory.mark();
          const out = engine.memory.float32(vectors * rows + 4).fill(7);
          const activity = { absolute: new Float64Array(rows), squared: new Float64Array(rows) };
          const drive = { fullScale: 0.9, levels, clip, part };
          const from = float32(engine, x);
          const clipped = driveFloats(engine, from, vectors, rows, stride, drive, out, activity);
          expect(driveFloats(engine, from, vectors, rows, stride, drive, out, null)).toBe(clipped);
          const result = { out: out.slice(), clipped, ...activity };
          engine.memory.release(mark);
          return result;
        });
        expect(fast).toEqual(plain);
        expect(fast.out[vectors * rows]).toBe(7);
        expect(fast.clipped > 0).toBe(levels > 0 && clip && vectors * rows > 1);
      }
    }
  });

  it("are x over full scale, to the nearest step of a converter, clamped where it clips, one sign a part", () => {
    const x = [0.5, -0.5, 0.301, -2, 2, 0];
    const of = (engine: Engine, levels: number, clip: boolean, part: InputPart): number[] => {
      const out = engine.memory.float32(x.length);
      driveFloats(engine, float32(engine, x), 1, x.length, x.length, { fullScale: 1, levels, clip, part }, out, null);
      return [...out].map((value) => value + 0);
    };
    for (const engine of [engines.kernels, engines.twins]) {
      expect(of(engine, 0, true, "signed")).toEqual(x.map(Math.fround));
      expect(of(engine, 256, true, "signed")).toEqual([0.5, -0.5, 77 / 256, -1, 1, 0]);
      expect(of(engine, 256, false, "positive")).toEqual([0.5, 0, 77 / 256, 0, 2, 0]);
      expect(of(engine, 256, true, "negative")).toEqual([0, 0.5, 0, 1, 0, 0]);
    }
  });

  it("have squares, largest magnitudes and norms of cubes as the twin's", () => {
    for (const [vectors, rows] of [
      [1, 1],
      [3, 6],
      [5, 40],
    ] as const) {
      const x = someNumbers(vectors * rows, 4).map((u) => 2 * u - 1);
      const [fast, plain] = onBoth(engines, (engine) => {
        const squares = engine.memory.float32(vectors * rows);
        const [largest, norm] = [engine.memory.float32(vectors), engine.memory.float32(vectors)];
        squareInputs(engine, float32(engine, x), vectors, rows, squares, largest, norm);
        return { squares, largest, norm };
      });
      expect(fast.squares).toEqual(plain.squares);
      expect(fast.largest).toEqual(plain.largest);
      expect(worst(fast.norm, plain.norm, (v) => 1e-5 * plain.norm[v]!)).toBeLessThan(1);
      for (let v = 0; v < vectors; v++) {
        const vector = [...x.subarray(v * rows, (v + 1) * rows)];
        expect(plain.norm[v]).toBeCloseTo(Math.hypot(...vector.map((value) => value ** 3)), 5);
        expect(plain.largest[v]).toBeCloseTo(Math.max(...vector.map(Math.abs)), 6);
      }
    }
  });
});
