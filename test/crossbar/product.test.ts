import { beforeEach, describe, expect, it } from "vitest";
import {
  codePlace,
  largestCellCode,
  largestVarianceSum,
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedCodes,
  newPackedWeights,
  newProducts,
  type PackedCodes,
  type PackedWeights,
  type Products,
  packDifferences,
  packVariances,
  padded,
  rowsPerBlock,
  weightPlace,
} from "../../crossbar/product.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { bothEngines, float32, onBoth, someNumbers } from "../ground/kernels/engines.ts";

let engines: { kernels: Engine; twins: Engine };
beforeEach(async () => {
  engines = await bothEngines();
});

/** Vectors, rows, columns: single ones, odd ones, and both sides of where a block of rows ends (516). */
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
    for (const pack of [packDifferences, packVariances]) {
      for (const paired of [true, false]) {
        const [fast, plain] = onBoth(engines, (engine) => {
          const into = newPackedWeights(engine.memory, rows, columns);
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
  it("holds differences within half a step of the column's own range", () => {
    const { kernels: engine } = engines;
    const [rows, columns] = [61, 13];
    const into = newPackedWeights(engine.memory, rows, columns);
    const [positive, negative] = [conductances(engine, rows, columns, 3), conductances(engine, rows, columns, 4)];
    packDifferences(engine, positive, negative, rows, columns, into);
    for (let j = 0; j < columns; j++) {
      let most = 0;
      for (let i = 0; i < rows; i++) {
        const value = positive[i * columns + j]! - negative[i * columns + j]!;
        const code = into.codes[weightPlace(into, i, j)]!;
        expect(Math.abs(code * into.step[j]! - value)).toBeLessThan(into.step[j]! * (0.5 + 1e-7 * largestCellCode));
        most = Math.max(most, Math.abs(code));
      }
      expect(most).toBe(largestCellCode);
    }
  });

  // What could make a sum of unsigned 32 bits overflow: equal cells, one large cell, halves that all round up, many sizes.
  const columnsOfVariances: [string, (i: number, rows: number) => number][] = [
    ["equal", () => 1],
    ["one large", (i) => (i === 3 ? 1e6 : 1)],
    ["one alone", (i) => (i === 3 ? 1 : 0)],
    ["halves", (i, rows) => (i === 0 ? 1 : (0.5 * rows) / 266_000)],
    ["of all sizes", (i, rows) => 10 ** ((-6 * i) / rows)],
    ["random", (i) => someNumbers(1, i)[0]! ** 2],
  ];
  it.each(columnsOfVariances)("holds variances so that no sum overflows and the total is kept: %s", (_, cell) => {
    const { kernels: engine } = engines;
    for (const rows of [1, 4, 100, 516, 1100]) {
      const into = newPackedWeights(engine.memory, rows, 1);
      const variances = Float32Array.from({ length: rows }, (_, i) => 1e-14 * cell(i, rows));
      packVariances(engine, float32(engine, variances), null, rows, 1, into);
      const codes = Array.from({ length: rows }, (_, i) => into.codes[weightPlace(into, i, 0)]!);
      for (let first = 0; first < rows; first += rowsPerBlock) {
        const sum = codes.slice(first, first + rowsPerBlock).reduce((total, code) => total + code, 0);
        expect(sum).toBeLessThanOrEqual(largestVarianceSum);
      }
      expect(Math.min(...codes)).toBeGreaterThanOrEqual(0);
      const total = variances.reduce((sum, variance) => sum + variance, 0);
      const held = codes.reduce((sum, code) => sum + code, 0) * into.step[0]!;
      expect(Math.abs(held - total)).toBeLessThanOrEqual(5e-5 * total);
      // Half a code (the largest block has 266,000 of them, the largest cell 32,767 at most), and what keeping the total spreads over all
      // cells: half a code of every row at most.
      const step = Math.max(total / 266_000, Math.max(...variances) / largestCellCode);
      codes.forEach((code, i) => {
        const error = Math.abs(code * into.step[0]! - variances[i]!);
        expect(error).toBeLessThanOrEqual(0.5 * step + (1e-4 + (0.5 * rows * step) / (total || 1)) * variances[i]!);
      });
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
        const weights = newPackedWeights(engine.memory, rows, columns);
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
      expect(fast.products.blocks).toBe(Math.ceil(rows / 516));
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

  // The largest sums there can be: blocks of 516 rows of 127 x 32767, and of 127^2 x 516.
  it.each([false, true])("does not overflow where every code is the largest (squares: %s)", (squared) => {
    const { kernels: engine } = engines;
    const rows = 2 * rowsPerBlock;
    const filled = squared ? [516] : [largestCellCode, -largestCellCode];
    for (const code of filled) {
      const weights = newPackedWeights(engine.memory, rows, 8);
      weights.codes.fill(code);
      const codes = codesOf(engine, 4, rows, () => 127);
      const products = newProducts(engine.memory, 4, weights);
      (squared ? multiplySquares : multiplyCodes)(engine, codes, weights, products);
      expect(products.blocks).toBe(2);
      expect(summed(products, 3, 7, squared)).toBe(BigInt((squared ? 127 ** 2 : 127) * code) * BigInt(rows));
    }
    expect(516 * rowsPerBlock).toBeLessThanOrEqual(largestVarianceSum);
    expect(127 ** 2 * largestVarianceSum).toBeLessThan(2 ** 32);
    expect(127 * largestCellCode * rowsPerBlock).toBeLessThan(2 ** 31);
  });

  // Idle pairs of rows are left out of the sums: shares of them on both sides of where that pays, other ones in each group of vectors.
  it.each([0, 0.3, 0.9, 0.97, 1])("is exact where a share of %d of the rows is driven", (share) => {
    const { kernels: engine } = engines;
    const [vectors, rows, columns] = [10, 601, 9];
    const weights = newPackedWeights(engine.memory, rows, columns);
    packDifferences(engine, conductances(engine, rows, columns, 1), null, rows, columns, weights);
    const driven = someNumbers(rows * 3, 4);
    const codes = codesOf(engine, vectors, rows, (v, i) =>
      driven[(v >> 2) * rows + i]! < share ? ((v * i) % 255) - 127 : 0,
    );
    const products = newProducts(engine.memory, vectors, weights);
    products.values.fill(123);
    multiplyCodes(engine, codes, weights, products);
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < columns; j++) {
        expect(summed(products, v, j, false)).toBe(exactly(codes, weights, v, j, false));
      }
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
