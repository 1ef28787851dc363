import { beforeEach, describe, expect, it } from "vitest";
import {
  codePlace,
  largestDifferenceCode,
  largestVarianceCode,
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedCodes,
  newPackedVariances,
  newPackedWeights,
  newProducts,
  type PackedCodes,
  type PackedWeights,
  type Products,
  packDifferences,
  packVariances,
  padded,
  weightPlace,
} from "../../crossbar/product.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines();
});

/** Vectors, rows, columns: single ones, odd ones, and both sides of where blocks of rows end (130 and 516). */
const shapes: [number, number, number][] = [
  [1, 1, 1],
  [1, 2, 8],
  [3, 7, 5],
  [4, 1, 9],
  [5, 129, 3],
  [2, 130, 8],
  [2, 131, 11],
  [9, 516, 10],
  [3, 517, 17],
  [6, 1100, 7],
];

function conductances(engine: Engine, rows: number, columns: number, seed: number): Float32Array {
  return float32(
    engine,
    someNumbers(rows * columns, seed).map((u) => u * 25e-6),
  );
}

function codesOf(engine: Engine, vectors: number, rows: number, code: (v: number, i: number) => number): PackedCodes {
  const codes = newPackedCodes(engine.memory, vectors, rows);
  codes.codes.fill(0);
  codes.vectors = vectors;
  for (let v = 0; v < vectors; v++) for (let i = 0; i < rows; i++) codes.codes[codePlace(codes, v, i)] = code(v, i);
  return codes;
}

/** The product of the codes that are really there, in integers without bounds. */
function exactly(codes: PackedCodes, weights: PackedWeights, v: number, j: number, squared: boolean): bigint {
  let sum = 0n;
  for (let i = 0; i < codes.rows; i++) {
    const code = BigInt(codes.codes[codePlace(codes, v, i)]!);
    sum += (squared ? code * code : code) * BigInt(weights.codes[weightPlace(weights, i, j)]!);
  }
  return sum;
}

function summed({ values, vectors, paddedColumns, blocks }: Products, v: number, j: number, squared: boolean): bigint {
  const stride = padded(vectors, 4) * paddedColumns;
  let sum = 0n;
  for (let b = 0; b < blocks; b++) {
    const value = values[b * stride + v * paddedColumns + j]!;
    sum += BigInt(squared ? value >>> 0 : value);
  }
  return sum;
}

describe("packing of a tile's conductances", () => {
  it.each(shapes)("gives the same codes and steps as its twin (%d, %d x %d)", (_, rows, columns) => {
    for (const [pack, room] of [
      [packDifferences, newPackedWeights],
      [packVariances, newPackedVariances],
    ] as const) {
      for (const paired of [true, false]) {
        const [fast, plain] = onBoth(engines, (engine) => {
          const into = room(engine.memory, rows, columns);
          into.codes.fill(99);
          const negative = paired ? conductances(engine, rows, columns, 2) : null;
          pack(engine, conductances(engine, rows, columns, 1), negative, rows, columns, into);
          return into;
        });
        expect(fast.codes).toEqual(plain.codes);
        expect(fast.step).toEqual(plain.step);
      }
    }
  });

  // Rounding to the nearest is half a step at most; float32 of the difference adds 1e-7 of the column's largest.
  it.each([
    [packDifferences, newPackedWeights, -1, largestDifferenceCode],
    [packVariances, newPackedVariances, 1, largestVarianceCode],
  ] as const)("is within half a step of the column's own range (%o)", (pack, room, sign, largest) => {
    const { kernels: engine } = engines;
    const [rows, columns] = [61, 13];
    const into = room(engine.memory, rows, columns);
    const [positive, negative] = [conductances(engine, rows, columns, 3), conductances(engine, rows, columns, 4)];
    pack(engine, positive, negative, rows, columns, into);
    for (let j = 0; j < columns; j++) {
      let most = 0;
      for (let i = 0; i < rows; i++) {
        const value = positive[i * columns + j]! + sign * negative[i * columns + j]!;
        const code = into.codes[weightPlace(into, i, j)]!;
        expect(Math.abs(code * into.step[j]! - value)).toBeLessThan(into.step[j]! * (0.5 + 1e-7 * largest));
        most = Math.max(most, Math.abs(code));
      }
      expect(most).toBe(largest);
    }
  });

  it("gives a column of zeros codes and step zero", () => {
    for (const engine of [engines.kernels, engines.twins]) {
      const into = newPackedWeights(engine.memory, 5, 3);
      const same = conductances(engine, 5, 3, 1);
      packDifferences(engine, same, same, 5, 3, into);
      expect([...into.codes, ...into.step].every((value) => value === 0)).toBe(true);
    }
  });

  it("changes one column alone where one cell changes", () => {
    const { kernels: engine } = engines;
    const packed = () => {
      const into = newPackedWeights(engine.memory, 20, 9);
      packDifferences(engine, positive, null, 20, 9, into);
      return into;
    };
    const positive = conductances(engine, 20, 9, 1);
    const before = packed();
    positive[7 * 9 + 4]! += 30e-6;
    const after = packed();
    for (let j = 0; j < 9; j++) {
      expect(after.step[j] === before.step[j], `column ${j}`).toBe(j !== 4);
      for (let i = 0; i < 20 && j !== 4; i++) {
        expect(after.codes[weightPlace(after, i, j)]).toBe(before.codes[weightPlace(before, i, j)]);
      }
    }
  });
});

describe("the integer product", () => {
  it.each(shapes)("is exact for %d vectors, %d rows, %d columns", (vectors, rows, columns) => {
    const inputs = someNumbers(vectors * rows, 7).map((u) => Math.round(u * 254) - 127);
    for (const squared of [false, true]) {
      const [fast, plain] = onBoth(engines, (engine) => {
        const codes = codesOf(engine, vectors, rows, (v, i) => inputs[v * rows + i]!);
        const weights = (squared ? newPackedVariances : newPackedWeights)(engine.memory, rows, columns);
        const pack = squared ? packVariances : packDifferences;
        pack(
          engine,
          conductances(engine, rows, columns, 1),
          conductances(engine, rows, columns, 2),
          rows,
          columns,
          weights,
        );
        const products = newProducts(engine.memory, vectors, weights);
        products.values.fill(123);
        (squared ? multiplySquares : multiplyCodes)(engine, codes, weights, products);
        return { codes, weights, products };
      });
      expect(fast.products.blocks).toBe(Math.ceil(rows / (squared ? 130 : 516)));
      expect(fast.products.step).toBe(fast.weights.step);
      for (let v = 0; v < vectors; v++) {
        for (let j = 0; j < columns; j++) {
          const expected = exactly(fast.codes, fast.weights, v, j, squared);
          expect(summed(fast.products, v, j, squared)).toBe(expected);
          expect(summed(plain.products, v, j, squared)).toBe(expected);
        }
      }
    }
  });

  // The largest sums there can be: a block of 516 rows of 127 x 32767, and of 130 rows of 127^2 x 2047.
  it.each([
    [false, 516, largestDifferenceCode],
    [true, 130, largestVarianceCode],
  ])("does not overflow where every code is the largest (squares: %s)", (squared, rows, largest) => {
    const { kernels: engine } = engines;
    for (const sign of squared ? [1] : [1, -1]) {
      const weights = (squared ? newPackedVariances : newPackedWeights)(engine.memory, 2 * rows, 8);
      weights.codes.fill(largest);
      const codes = codesOf(engine, 4, 2 * rows, () => sign * 127);
      const products = newProducts(engine.memory, 4, weights);
      (squared ? multiplySquares : multiplyCodes)(engine, codes, weights, products);
      expect(products.blocks).toBe(2);
      expect(summed(products, 3, 7, squared)).toBe(
        BigInt(sign * (squared ? 127 ** 2 : 127) * largest) * BigInt(2 * rows),
      );
    }
  });

  it("gives a vector the same numbers in any batch", () => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns] = [11, 140, 20];
    const inputs = someNumbers(vectors * rows, 7).map((u) => Math.round(u * 254) - 127);
    const weights = newPackedWeights(engine.memory, rows, columns);
    packDifferences(engine, conductances(engine, rows, columns, 1), null, rows, columns, weights);
    const productsOf = (first: number, count: number) => {
      const products = newProducts(engine.memory, count, weights);
      multiplyCodes(
        engine,
        codesOf(engine, count, rows, (v, i) => inputs[(first + v) * rows + i]!),
        weights,
        products,
      );
      return products.values.slice(0, count * products.paddedColumns);
    };
    const whole = productsOf(0, vectors);
    for (const [first, count] of [
      [0, 1],
      [3, 5],
      [10, 1],
    ] as const) {
      expect(productsOf(first, count)).toEqual(whole.slice(first * 24, (first + count) * 24));
    }
  });

  it("refuses inputs of other rows, and room too small", () => {
    const { kernels: engine } = engines;
    const weights = newPackedWeights(engine.memory, 4, 8);
    const products = newProducts(engine.memory, 4, weights);
    expect(() =>
      multiplyCodes(
        engine,
        codesOf(engine, 4, 5, () => 1),
        weights,
        products,
      ),
    ).toThrow("5 rows");
    expect(() =>
      multiplyCodes(
        engine,
        codesOf(engine, 5, 4, () => 1),
        weights,
        products,
      ),
    ).toThrow("64 places");
  });
});

describe("the float product", () => {
  it.each(shapes)("has its twin's bits and a float64 product's value (%d, %d x %d)", (vectors, rows, columns) => {
    const [fast, plain] = onBoth(engines, (engine) => {
      const x = float32(
        engine,
        someNumbers(vectors * rows, 1).map((u) => 2 * u - 1),
      );
      const weights = float32(
        engine,
        someNumbers(rows * columns, 2).map((u) => 2 * u - 1),
      );
      const products = newFloatProducts(engine.memory, vectors, columns);
      multiplyFloats(engine, x, weights, vectors, rows, columns, products);
      return { x, weights, values: products.values };
    });
    const paddedColumns = padded(columns, 8);
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < columns; j++) {
        const value = fast.values[v * paddedColumns + j]!;
        expect(value).toBe(plain.values[v * paddedColumns + j]);
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += fast.x[v * rows + i]! * fast.weights[i * columns + j]!;
        // Rounding of `rows` additions of terms up to 1, each to 2^-24 of a partial sum of order sqrt(rows).
        expect(Math.abs(value - sum)).toBeLessThan(2 ** -24 * rows * Math.sqrt(rows) + 1e-7);
      }
    }
  });
});
