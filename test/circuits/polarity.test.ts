import { describe, expect, it } from "vitest";
import { addProductError, outputRanges } from "../../circuits/index.ts";
import { chipWith, layerOf, normals } from "./layers.ts";

const exact = { mode: "held", window: 1 } as const;
const [rows, columns, vectors] = [37, 5, 8];
const weights = normals(rows * columns, 1);
const x = normals(vectors * rows, 2);
const settings = ["outputConverter.bits=Infinity", "polaritySpread=0.2"];

/** A layer of exact cells that tell the voltage's polarity, and its product. */
async function read(phases: number, subtraction: string, ...more: string[]) {
  const chip = chipWith("pcm-hermes", ...settings, `read.phases=${phases}`, `read.subtraction=${subtraction}`, ...more);
  const without = ["programmingNoise", "drift", "readNoise"] as const;
  const layer = await layerOf({ chip, rows, columns, weights: [weights], inputRange: 3, without });
  layer.hold(exact, 0);
  const { array } = layer.placed[0]!.tile;
  const of = (fill: (out: Float32Array) => void): Float32Array => {
    const out = new Float32Array(rows * columns);
    const lent = layer.engine.memory.float32(out.length);
    fill(lent);
    out.set(lent);
    return out;
  };
  const side = (cells: typeof array.positive) => ({
    conductance: of((out) => cells.conductance(out)),
    factor: of((out) => cells.reversal!(out)),
  });
  return {
    y: layer.multiply(x, vectors, "images", 0, null),
    perSiemens: layer.weightPerSiemens[0]![0]!,
    positive: side(array.positive),
    negative: side(array.negative),
  };
}

describe("cells that conduct differently with the read voltage reversed", () => {
  // Which cells see the reversed voltage, by the input's sign: currents can subtract before the converter only where the negative
  // cells have the other voltage than the positive ones, and both signs of input are driven at once only by turning both round.
  const reversed = {
    "4 before-converter": () => [false, false],
    "4 after-converter": () => [false, false],
    "2 before-converter": () => [false, true],
    "2 after-converter": () => [false, false],
    "1 before-converter": (negativeInput: boolean) => [negativeInput, !negativeInput],
    "1 after-converter": (negativeInput: boolean) => [negativeInput, negativeInput],
  } as const;

  it.each(Object.keys(reversed) as (keyof typeof reversed)[])(
    "read %s by the voltage that each meets",
    async (read_) => {
      const [phases, subtraction] = read_.split(" ") as [string, string];
      const { y, perSiemens, positive, negative } = await read(Number(phases), subtraction);
      const wanted = new Float64Array(vectors * columns);
      for (let v = 0; v < vectors; v++) {
        for (let i = 0; i < rows; i++) {
          const code = Math.max(-127, Math.min(127, Math.round((x[v * rows + i]! / 3) * 127)));
          const [plus, minus] = reversed[read_](code < 0);
          for (let j = 0; j < columns; j++) {
            const cell = i * columns + j;
            const up = positive.conductance[cell]! * (plus ? positive.factor[cell]! : 1);
            const down = negative.conductance[cell]! * (minus ? negative.factor[cell]! : 1);
            wanted[v * columns + j]! += ((code * 3) / 127) * (up - down) * perSiemens[j]!;
          }
        }
      }
      // Differences of conductances are held to 15 bits of their column's range: a hundred times that over 37 rows.
      for (const [i, value] of wanted.entries()) expect(Math.abs(y[i]! - value)).toBeLessThan(2e-3);
    },
  );

  it("have a factor of mean 1 and the set's spread, their own for good", async () => {
    const chip = chipWith("pcm-hermes");
    const layer = await layerOf({ chip, rows: 256, columns: 256, weights: [normals(65536, 1)] });
    const { positive, negative } = layer.placed[0]!.tile.array;
    const factors = [positive, negative].map((cells) => layer.engine.memory.float32(cells.count));
    positive.reversal!(factors[0]!);
    negative.reversal!(factors[1]!);
    for (const factor of factors) {
      const mean = factor.reduce((sum, value) => sum + value, 0) / factor.length;
      const variance = factor.reduce((sum, value) => sum + (value - mean) ** 2, 0) / factor.length;
      // Four standard errors of 65,536 draws; 5 % of the spread are 18 of them.
      expect(Math.abs(mean - 1)).toBeLessThan((4 * 0.05) / 256);
      expect(Math.abs(Math.sqrt(variance) / 0.05 - 1)).toBeLessThan(4 / Math.sqrt(2 * 65536));
    }
    expect(factors[0]).not.toEqual(factors[1]);
    const before = factors[0]!.slice();
    layer.program(1);
    layer.elapse(1e6);
    positive.reversal!(factors[0]!);
    expect(factors[0]).toEqual(before);
  });

  it("are not there without spread, without the cause, and with a set that knows none", async () => {
    for (const [chip, without] of [
      [chipWith("pcm-hermes", "spread=0"), []],
      [chipWith("pcm-hermes", "polaritySpread=0"), []],
      [chipWith("pcm-hermes"), ["polarity"]],
      [chipWith("pcm"), []],
    ] as const) {
      const layer = await layerOf({ chip, rows: 4, columns: 2, weights: [normals(8, 1)], without });
      expect(layer.placed[0]!.tile.array.positive.reversal).toBeUndefined();
    }
  });

  // The chip's authors call the four-phase read the precise one. The cells' own errors are the same draws in both. With inputs of
  // both signs a cell of normal weights meets either voltage half of the time, so reversed ones add 0.05 / sqrt(2) of the signal.
  it("make the one-phase read of the chip less precise than its four-phase read", async () => {
    const [n, many] = [256, 64];
    const w = normals(n * n, 4);
    const inputs = normals(many * n, 5);
    const errors: number[] = [];
    for (const phases of [4, 1]) {
      const chip = chipWith("pcm-hermes", `read.phases=${phases}`);
      const layer = await layerOf({ chip, rows: n, columns: n, weights: [w], inputRange: 4 });
      layer.setRanges({ inputRange: 4, outputRanges: outputRanges(layer, inputs, many, 4) });
      layer.hold(exact, 0);
      const sums = { signal: 0, error: 0 };
      addProductError(layer, inputs, many, layer.multiply(inputs, many, "images", 0, null), sums);
      errors.push(Math.sqrt(sums.error / sums.signal));
    }
    const extra = Math.sqrt(errors[1]! ** 2 - errors[0]! ** 2);
    // Conversion and calibration differ too, by a few percent of it.
    expect(Math.abs(extra / (0.05 / Math.sqrt(2)) - 1)).toBeLessThan(0.1);
  });
});
