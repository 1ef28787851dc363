import { beforeEach, describe, expect, it } from "vitest";
import { convertInputs, convertOutputs, type InputPart } from "../../circuits/converters.ts";
import { codePlace, newPackedCodes, padded } from "../../crossbar/product.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines(1 << 22);
});

const parts: InputPart[] = ["signed", "positive", "negative"];

function converted(
  engine: Engine,
  x: ArrayLike<number>,
  rows: number,
  fullScale: number,
  levels: number,
  part: InputPart,
) {
  const vectors = x.length / rows;
  const codes = newPackedCodes(engine.memory, vectors, rows);
  codes.codes.fill(99);
  const activity = { absolute: new Float64Array(rows).fill(1), squared: new Float64Array(rows).fill(2) };
  const clipped = convertInputs(engine, float32(engine, x), vectors, rows, fullScale, levels, part, codes, activity);
  const at = (v: number, i: number) => codes.codes[codePlace(codes, v, i)]!;
  return { codes, activity, clipped, at };
}

describe("input conversion", () => {
  it.each([
    [1, 1],
    [2, 3],
    [3, 2],
    [4, 8],
    [5, 5],
    [7, 517],
  ])("gives its twin's codes, sums and count for %d vectors of %d", (vectors, rows) => {
    const x = someNumbers(vectors * rows, rows).map((u) => 2.6 * u - 1.3);
    for (const part of parts) {
      for (const levels of [127, 31, 100, 2, 1]) {
        const [fast, plain] = onBoth(engines, (engine) => converted(engine, x, rows, 1, levels, part));
        const used = padded(vectors, 4) * padded(rows, 2);
        expect(fast.codes.codes.subarray(0, used)).toEqual(plain.codes.codes.subarray(0, used));
        expect(fast.codes.largest.subarray(0, vectors)).toEqual(plain.codes.largest.subarray(0, vectors));
        const norms = plain.codes.cubeNorm.subarray(0, vectors);
        expect(worst(fast.codes.cubeNorm, norms, (v) => 1e-5 * norms[v]!)).toBeLessThan(1);
        expect(fast.activity).toEqual(plain.activity);
        expect(fast.clipped).toBe(plain.clipped);
      }
    }
  });

  it("takes the first rows of longer vectors", () => {
    const [vectors, rows, stride] = [7, 13, 20];
    const x = someNumbers(vectors * stride, 3).map((u) => 2.6 * u - 1.3);
    const short = x.filter((_, n) => n % stride < rows);
    for (const engine of [engines.kernels, engines.twins]) {
      const [whole, part] = [
        newPackedCodes(engine.memory, vectors, rows),
        newPackedCodes(engine.memory, vectors, rows),
      ];
      const clipped = convertInputs(engine, float32(engine, short), vectors, rows, 1, 127, "signed", whole, null);
      const from = float32(engine, x);
      expect(convertInputs(engine, from, vectors, rows, 1, 127, "signed", part, null, stride)).toBe(clipped);
      const used = padded(vectors, 4) * padded(rows, 2);
      expect(part.codes.subarray(0, used)).toEqual(whole.codes.subarray(0, used));
      expect(part.cubeNorm.subarray(0, vectors)).toEqual(whole.cubeNorm.subarray(0, vectors));
    }
  });

  it("takes the nearest code, halves to the even one, and clamps at full scale", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      // Full scale 127 and 127 levels: x is the code.
      const { at, clipped } = converted(
        engine,
        [0.4, 0.5, 1.5, 2.5, -2.5, 126.6, 127.4, 127.5, -300],
        9,
        127,
        127,
        "signed",
      );
      expect(Array.from({ length: 9 }, (_, i) => at(0, i) + 0)).toEqual([0, 0, 2, 2, -2, 127, 127, 127, -127]);
      expect(clipped).toBe(2);
    }
  });

  it("drives in each phase the inputs of its sign, which together are the signed ones", () => {
    const x = someNumbers(60, 3).map((u) => 3 * u - 1.5);
    for (const engine of [engines.kernels, engines.twins]) {
      const [signed, positive, negative] = parts.map((part) => converted(engine, x, 12, 1, 127, part));
      for (let v = 0; v < 5; v++) {
        for (let i = 0; i < 12; i++) {
          expect(positive!.at(v, i) - negative!.at(v, i)).toBe(signed!.at(v, i));
          expect(Math.min(positive!.at(v, i), negative!.at(v, i))).toBe(0);
        }
      }
      expect(positive!.clipped + negative!.clipped).toBe(signed!.clipped);
      expect(signed!.clipped).toBeGreaterThan(0);
    }
  });

  it("adds up how much every word line was driven", () => {
    const x = someNumbers(6 * 5, 9).map((u) => 2 * u - 1);
    const { at, activity } = converted(engines.kernels, x, 5, 1, 127, "signed");
    for (let i = 0; i < 5; i++) {
      const codes = [0, 1, 2, 3, 4, 5].map((v) => at(v, i));
      expect(activity.absolute[i]! - 1).toBeCloseTo(
        codes.reduce((sum, code) => sum + Math.abs(code) / 127, 0),
        12,
      );
      expect(activity.squared[i]! - 2).toBeCloseTo(
        codes.reduce((sum, code) => sum + (code / 127) ** 2, 0),
        12,
      );
    }
  });

  it("knows each vector's largest code and the norm of its codes' cubes", () => {
    const { codes } = converted(engines.kernels, [0, 0.1, -0.5, 0.25, 0, 0], 3, 1, 100, "signed");
    expect([...codes.largest.subarray(0, 2)]).toEqual([50, 25]);
    expect(codes.cubeNorm[0]).toBeCloseTo(Math.sqrt(10 ** 6 + 50 ** 6), 1);
    expect(codes.cubeNorm[1]).toBe(25 ** 3);
  });

  it("refuses what does not fit", () => {
    const { kernels: engine } = engines;
    const codes = newPackedCodes(engine.memory, 4, 3);
    const x = engine.memory.float32(15);
    expect(() => convertInputs(engine, x, 5, 3, 1, 127, "signed", codes, null)).toThrow("5 vectors of 3 rows");
    expect(() => convertInputs(engine, x, 1, 3, 1, 128, "signed", codes, null)).toThrow("128 levels");
  });
});

describe("output conversion", () => {
  const shapes: [number, number][] = [
    [1, 1],
    [3, 5],
    [2, 8],
    [4, 13],
  ];

  it.each(shapes)("has its twin's bits for %d vectors of %d columns, any levels", (vectors, columns) => {
    const width = padded(columns, 8);
    // Values in the padding are beyond full scale: they must not be counted.
    const y = someNumbers(vectors * width, 4).map((u, n) => (n % width < columns ? (2.6 * u - 1.3) * 1e-4 : 1));
    const stride = columns + 5;
    for (const [levels, clip] of [
      [127, true],
      [127, false],
      [3, true],
      [0, true],
    ] as const) {
      const [fast, plain] = onBoth(engines, (engine) => {
        const values = float32(engine, someNumbers(vectors * stride, 6));
        const scale = float32(
          engine,
          someNumbers(columns, 8).map((u) => 1e5 * u),
        );
        const accumulate = { values, stride, offset: 3 };
        const clipped = convertOutputs(
          engine,
          float32(engine, y),
          columns,
          vectors,
          1e-4,
          levels,
          clip,
          scale,
          accumulate,
        );
        return { clipped, values };
      });
      expect(fast.values).toEqual(plain.values);
      expect(fast.clipped).toBe(plain.clipped);
      if (levels === 0 || !clip) expect(fast.clipped).toBe(0);
    }
  });

  it("adds the nearest code's value, clamped at full scale, where it belongs", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      const y = float32(engine, [0.26, 0.24, -0.26, 1.2, -1.2, 0, 0, 0]);
      const values = engine.memory.float32(7).fill(1);
      const scale = engine.memory.float32(5).fill(10);
      // Full scale 1 in 2 levels: steps of 0.5.
      const clipped = convertOutputs(engine, y, 5, 1, 1, 2, true, scale, { values, stride: 7, offset: 1 });
      expect([...values]).toEqual([1, 6, 1, -4, 11, -9, 1]);
      // 1.2 rounds to code 2, which exists.
      expect(clipped).toBe(0);
    }
  });

  it("counts codes that do not exist, and lets them be where told to", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      const y = float32(engine, [1.3, -1.3, 1.2, 0, 9, 9, 9, 9]);
      const one = engine.memory.float32(4).fill(1);
      const run = (clip: boolean) => {
        const values = engine.memory.float32(4).fill(0);
        const clipped = convertOutputs(engine, y, 4, 1, 1, 2, clip, one, { values, stride: 4, offset: 0 });
        return [clipped, ...values];
      };
      expect(run(true)).toEqual([2, 1, -1, 1, 0]);
      expect(run(false)).toEqual([0, 1.5, -1.5, 1, 0]);
    }
  });

  // The noise of uniform rounding: steps of d have a mean squared error of d^2 / 12 (2 % over 4,000 values).
  it("rounds with a mean squared error of a twelfth of the step squared", () => {
    const { kernels: engine } = engines;
    const y = float32(
      engine,
      someNumbers(4000, 12).map((u) => 1.8 * u - 0.9),
    );
    const values = engine.memory.float32(4000).fill(0);
    const scale = engine.memory.float32(8).fill(1);
    convertOutputs(engine, y, 8, 500, 1, 31, true, scale, { values, stride: 8, offset: 0 });
    let squares = 0;
    for (let n = 0; n < 4000; n++) squares += (values[n]! - y[n]!) ** 2 / 4000;
    expect(squares * 12 * 31 ** 2).toBeGreaterThan(0.95);
    expect(squares * 12 * 31 ** 2).toBeLessThan(1.05);
  });

  it("refuses an accumulator too small", () => {
    const { kernels: engine } = engines;
    const accumulate = { values: engine.memory.float32(9), stride: 5, offset: 2 };
    const y = engine.memory.float32(16);
    expect(() => convertOutputs(engine, y, 3, 2, 1, 127, true, y, accumulate)).toThrow("do not fit");
  });
});
