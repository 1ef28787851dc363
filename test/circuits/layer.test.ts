import fc from "fast-check";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { Ledger, outputRanges, type TileLayer, vectorsPerRead } from "../../circuits/index.ts";
import { chipWith, layerOf, normals } from "./layers.ts";

const exact = { mode: "held", window: 1 } as const;
const off = ["inputConverter.bits=Infinity", "outputConverter.bits=Infinity"];

/** x W of one group by another library. */
function product(x: Float32Array, w: Float32Array, vectors: number, rows: number, columns: number): number[] {
  return Matrix.from1DArray(vectors, rows, [...x])
    .mmul(Matrix.from1DArray(rows, columns, [...w]))
    .to1DArray();
}

function workOf(ledger: Ledger): number {
  return ledger
    .entries()
    .reduce((sum, { operation, work }) => sum + (operation === "cellRead" ? work.high + work.low : 0), 0);
}

function countOf(ledger: Ledger, name: string): number {
  return ledger
    .entries()
    .reduce((sum, { operation, count }) => sum + (operation === name ? count.high + count.low : 0), 0);
}

describe("fresh noise", () => {
  // 1,100 equal vectors are two reads of at most 1,024: twelve reads in all, each a stream of its own. Without call,
  // batch or part in the address, two of them are the same numbers.
  it("is another in every call, batch and part of a batch, and the same when asked again", async () => {
    const [rows, columns, vectors] = [6, 4, 1100];
    const chip = chipWith("pcm", ...off);
    for (const fidelity of ["statistical", "sampled"] as const) {
      const layer = await layerOf({ chip, rows, columns, weights: [normals(rows * columns, 1)], fidelity });
      layer.hold({ mode: "perRead", window: 0 }, 0);
      const x = new Float32Array(vectors * rows).fill(0.5);
      const read = (batch: number, call: number) => layer.multiply(x, vectors, "images", batch, null, undefined, call);
      const seen = new Set<string>();
      for (const [batch, call] of [0, 1].flatMap((b) => [0, 1, 2].map((c) => [b, c] as const))) {
        const y = read(batch, call);
        expect(read(batch, call)).toEqual(y);
        for (const first of [0, vectorsPerRead]) seen.add(y.slice(first * columns, (first + 70) * columns).join());
      }
      expect(seen.size).toBe(12);
    }
  });

  it("is refused to a call for which there are no numbers left", async () => {
    const layer = await layerOf({ chip: chipWith("pcm"), rows: 1, columns: 1, weights: [normals(1, 1)] });
    layer.hold(exact, 0);
    const read = (call: number) => layer.multiply(Float32Array.of(1), 1, "images", 0, null, undefined, call);
    expect(() => read(2 ** 16 - 1)).not.toThrow();
    expect(() => read(2 ** 16)).toThrow("would share noise");
  });
});

describe("a layer on ideal tiles", () => {
  // float32 keeps 24 bits of weight and sum: 1e-5 of the largest output is a hundred times their rounding over 1,100 rows.
  it("multiplies as the float product does, for any shape, tile and group", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 33 }),
        fc.integer({ min: 1, max: 17 }),
        fc.constantFrom("column", "tile", "layer"),
        async (rows, columns, groups, tileRows, tileColumns, scale) => {
          const chip = chipWith("ideal", `tile.rows=${tileRows}`, `tile.columns=${tileColumns}`, `tile.scale=${scale}`);
          const weights = Array.from({ length: groups }, (_, g) => normals(rows * columns, g + 1));
          const vectors = 5;
          const x = normals(groups * vectors * rows, 9);
          const layer = await layerOf({ chip, rows, columns, weights, inputRange: 3 });
          layer.hold(exact, 0);
          const y = layer.multiply(x, vectors, "images", 0, null);
          expect(layer.tiles).toBe(groups * Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns));
          for (const [g, w] of weights.entries()) {
            const wanted = product(x.subarray(g * vectors * rows, (g + 1) * vectors * rows), w, vectors, rows, columns);
            const largest = Math.max(1, ...wanted.map(Math.abs));
            wanted.forEach((value, i) => {
              expect(Math.abs(y[g * vectors * columns + i]! - value) / largest).toBeLessThan(1e-5);
            });
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  // Codes of 8 bits and conductances of 15: what remains is the input's rounding, which the exact product of rounded inputs has too.
  it("is exact for inputs that are codes", async () => {
    const [rows, columns, vectors] = [600, 20, 7];
    const chip = chipWith("ideal", "inputConverter.bits=8");
    const weights = normals(rows * columns, 1);
    const x = Float32Array.from(
      normals(vectors * rows, 2),
      (value) => Math.max(-127, Math.min(127, Math.round(40 * value))) / 127,
    );
    const layer = await layerOf({ chip, rows, columns, weights: [weights] });
    layer.hold(exact, 0);
    const y = layer.multiply(x, vectors, "images", 0, null);
    const wanted = product(x, weights, vectors, rows, columns);
    for (const [i, value] of wanted.entries()) expect(Math.abs(y[i]! - value)).toBeLessThan(2e-5 * Math.sqrt(rows) * 4);
  });

  it.each([1, 2, 4])(
    "reads signed products in %d phases, subtracted before or after the converter, to the same result",
    async (phases) => {
      const [rows, columns, vectors] = [64, 12, 9];
      const weights = normals(rows * columns, 1);
      const x = normals(vectors * rows, 2);
      const results: Float32Array[] = [];
      for (const subtraction of ["before-converter", "after-converter"]) {
        const chip = chipWith(
          "ideal",
          "inputConverter.bits=8",
          `read.phases=${phases}`,
          `read.subtraction=${subtraction}`,
        );
        const layer = await layerOf({ chip, rows, columns, weights: [weights], inputRange: 4 });
        layer.hold(exact, 0);
        const ledger = new Ledger();
        results.push(layer.multiply(x, vectors, "images", 0, ledger));
        expect(countOf(ledger, "wordLineDrive")).toBe(vectors * rows * phases);
        expect(countOf(ledger, "inputConversion")).toBe(vectors * rows * phases);
      }
      const largest = Math.max(...results[0]!.map(Math.abs));
      for (const [i, value] of results[1]!.entries())
        expect(Math.abs(value - results[0]![i]!) / largest).toBeLessThan(1e-3);
    },
  );

  it("converts once for every phase and every bit line that is converted apart", async () => {
    const [rows, columns, vectors] = [16, 4, 3];
    for (const [phases, subtraction, conversions] of [
      [1, "before", 1],
      [2, "before", 2],
      [1, "after", 2],
      [2, "after", 4],
      [4, "before", 4],
      [4, "after", 4],
    ]) {
      const chip = chipWith(
        "ideal",
        "outputConverter.bits=8",
        `read.phases=${phases}`,
        `read.subtraction=${subtraction}-converter`,
      );
      const layer = await layerOf({ chip, rows, columns, weights: [normals(rows * columns, 1)] });
      layer.hold(exact, 0);
      const ledger = new Ledger();
      layer.multiply(normals(vectors * rows, 2), vectors, "images", 0, ledger);
      expect(countOf(ledger, "outputConversion")).toBe(vectors * columns * Number(conversions));
    }
  });

  it("refuses nothing and stays finite for weights that are all zero", async () => {
    const layer = await layerOf({ chip: chipWith("pcm"), rows: 8, columns: 3, weights: [new Float32Array(24)] });
    layer.hold(exact, 0);
    expect([...layer.multiply(normals(16, 1), 2, "images", 0, null)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("the energy of a read", () => {
  const [rows, columns, vectors] = [40, 6, 11];

  async function read(
    change: number,
    settings: string[] = [],
  ): Promise<{ y: Float32Array; work: number; layer: TileLayer }> {
    const chip = chipWith("ideal", "inputConverter.bits=8", "outputConverter.bits=8", ...settings);
    const layer = await layerOf({ chip, rows, columns, weights: [normals(rows * columns, 1)], outputRange: 1e-4 });
    const cells = layer.placed[0]!.tile.array.positive;
    const now = new Float32Array(rows * columns);
    cells.conductance(now);
    const stored = now.slice();
    stored[changed]! += change;
    cells.program!(stored, 1);
    layer.hold(exact, 0);
    const ledger = new Ledger();
    const y = layer.multiply(x, vectors, "images", 0, ledger);
    return { y, work: workOf(ledger), layer };
  }
  const x = Float32Array.from(normals(vectors * rows, 2), (value) => Math.max(-1, Math.min(1, value / 3)));
  const [row, column] = [17, 4];
  const changed = row * columns + column;
  const codes = Array.from({ length: vectors }, (_, v) => Math.round(127 * x[v * rows + row]!) / 127);

  // V = 0.2 V, t = 250 ns: the drive of row 17 is on for sum |x| t.
  it("moves by V^2 dG t with one cell, and so do the outputs of its column alone", async () => {
    const change = 10e-6;
    const [before, after] = [await read(0), await read(change)];
    const onTime = 250e-9 * codes.reduce((sum, code) => sum + Math.abs(code), 0);
    expect((after.work - before.work) / (0.2 ** 2 * change * onTime)).toBeCloseTo(1, 4);
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < columns; j++) {
        const moved = after.y[v * columns + j]! !== before.y[v * columns + j]!;
        if (j !== column) expect(moved).toBe(false);
      }
    }
    expect(after.y.some((value, i) => value !== before.y[i])).toBe(true);
  });

  it("goes with the square of the input where inputs are amplitudes", async () => {
    const change = 10e-6;
    const [before, after] = [await read(0, ["read.input=amplitude"]), await read(change, ["read.input=amplitude"])];
    const squares = 250e-9 * codes.reduce((sum, code) => sum + code * code, 0);
    expect((after.work - before.work) / (0.2 ** 2 * change * squares)).toBeCloseTo(1, 4);
  });

  it("is the sum of what every cell takes by itself", async () => {
    const { work, layer } = await read(0);
    let cells = 0;
    for (let v = 0; v < vectors; v++) {
      for (const side of ["positive", "negative"] as const) {
        const each = new Float64Array(rows * columns);
        layer.placed[0]!.tile.array[side].apply({ voltage: 0.2, duration: 250e-9 }, each);
        each.forEach((joule, i) => {
          cells += (joule * Math.abs(Math.round(127 * x[v * rows + Math.floor(i / columns)]!))) / 127;
        });
      }
    }
    expect(work / cells).toBeCloseTo(1, 5);
  });
});

describe("converter ranges", () => {
  // Best symmetric uniform converter of a Gaussian: 255 codes 40.54 dB, 63 codes 29.71 dB (solvers' golden numbers), 0.05 dB.
  it.each([
    [8, 40.54],
    [6, 29.71],
  ])("by least squares give a Gaussian %d bits' best signal to noise, %d dB", async (bits, decibels) => {
    const [rows, columns, vectors] = [1, 1, 2 ** 19];
    const weights = new Float32Array([1]);
    const x = normals(vectors, 2);
    const chip = chipWith("ideal", `outputConverter.bits=${bits}`);
    const layer = await layerOf({ chip, rows, columns, weights: [weights], inputRange: 5 });
    layer.setRanges({ inputRange: 5, outputRanges: outputRanges(layer, x, vectors, 5) });
    layer.hold(exact, 0);
    const y = layer.multiply(x, vectors, "images", 0, null);
    let [signal, error] = [0, 0];
    x.forEach((value, i) => {
      signal += value ** 2;
      error += (value - y[i]!) ** 2;
    });
    expect(Math.abs(10 * Math.log10(signal / error) - decibels)).toBeLessThan(0.05);
  });

  it("count what clips, and clip nothing where clipping is off", async () => {
    const [rows, columns, vectors] = [32, 8, 50];
    for (const without of [[], ["clipping"]] as const) {
      const chip = chipWith("ideal", "outputConverter.bits=8", "inputConverter.bits=8");
      const weights = [normals(rows * columns, 1)];
      const layer = await layerOf({ chip, rows, columns, weights, without, outputRange: 5e-6, inputRange: 1 });
      layer.hold(exact, 0);
      layer.multiply(normals(vectors * rows, 2), vectors, "images", 0, new Ledger());
      const { inputs, outputs } = layer.clipping();
      expect(inputs.count).toBe(vectors * rows);
      expect(outputs.count).toBe(vectors * columns);
      expect(inputs.clipped > 0 && outputs.clipped > 0).toBe(without.length === 0);
      if (without.length > 0) expect(inputs.clipped + outputs.clipped).toBe(0);
    }
  });
});

describe("a noisy layer", () => {
  it("gives the same bits again, and others for another batch, reading, seed or purpose", async () => {
    const [rows, columns, vectors] = [64, 10, vectorsPerRead + 3];
    const asked = {
      chip: chipWith("pcm", ...off),
      rows,
      columns,
      weights: [normals(rows * columns, 1)],
      inputRange: 4,
    };
    const x = normals(vectors * rows, 2);
    const read = async (seed = 1, reading = 0, purpose = "images", batch = 0): Promise<Float32Array> => {
      const layer = await layerOf({ ...asked, seed });
      layer.hold({ mode: "process", window: 1e-3 }, reading);
      return layer.multiply(x, vectors, purpose, batch, null);
    };
    const first = await read();
    expect(await read()).toEqual(first);
    for (const other of [
      await read(2),
      await read(1, 1),
      await read(1, 0, "compensation"),
      await read(1, 0, "images", 1),
    ]) {
      expect(other).not.toEqual(first);
    }
  });

  // The kernels and their twins round differently: codes of 8 bits may differ by one step in rare ties.
  it("is the same on both engines to rounding", async () => {
    const [rows, columns, vectors] = [70, 9, 20];
    const x = normals(vectors * rows, 2);
    const asked = {
      chip: chipWith("pcm", "outputConverter.bits=Infinity"),
      rows,
      columns,
      weights: [normals(rows * columns, 1)],
      inputRange: 4,
    };
    const results: Float32Array[] = [];
    for (const engine of ["webassembly", "typescript"] as const) {
      const layer = await layerOf({ ...asked, engine });
      layer.hold({ mode: "process", window: 1e-3 }, 0);
      results.push(layer.multiply(x, vectors, "images", 0, null));
    }
    const largest = Math.max(...results[0]!.map(Math.abs));
    for (const [i, value] of results[1]!.entries())
      expect(Math.abs(value - results[0]![i]!) / largest).toBeLessThan(2e-4);
  });
});
