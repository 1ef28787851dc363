import { describe, expect, it } from "vitest";
import { readOverride } from "../../../circuits/overrides.ts";
import { readChip } from "../../../circuits/read-chip.ts";
import { type Matrix, multiply, multiplyBytes } from "../../../experiments/multiply/multiply.ts";
import type { MultiplyRequest } from "../../../experiments/multiply/request.ts";
import { at, drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

const hour = 3600;
const watch = { progress: () => {}, signal: new AbortController().signal };
const asked: MultiplyRequest = {
  weights: "weights",
  inputs: "inputs",
  weightRange: null,
  inputRange: 5,
  outputRange: null,
  repeats: 1,
  chips: 1,
  seed: 1,
  times: [0],
  fidelity: "statistical",
  readNoise: "held",
  readWindow: null,
  without: new Set(),
  conductances: false,
};

function gaussian(rows: number, columns: number, seed: number): Matrix {
  const values = new Float32Array(rows * columns);
  fillNormalPlain(at(drawOf(seed), "matrix"), 0, values);
  return { rows, columns, values };
}

/** Gaussian weights redrawn beyond three standard deviations. */
function truncated(rows: number, columns: number): Matrix {
  const matrix = gaussian(rows, columns, 1);
  const more = new Float32Array(matrix.values.length);
  for (let event = 1; matrix.values.some((value) => Math.abs(value) > 3); event++) {
    fillNormalPlain(at(drawOf(2), "again"), event, more);
    matrix.values.forEach((value, i) => {
      if (Math.abs(value) > 3) matrix.values[i] = more[i]!;
    });
  }
  return matrix;
}

function chipWith(chip: string, ...settings: string[]) {
  return readChip({ chip, overrides: settings.map(readOverride), open: () => undefined });
}

async function run(request: MultiplyRequest, chip: ReturnType<typeof chipWith>, weights: Matrix, inputs: Matrix) {
  const engine = await openEngine(multiplyBytes(weights));
  return (await multiply(request, chip, weights, inputs, engine, watch)).multiplication;
}

describe("multiply on doped GST", () => {
  // 512 x 512 Gaussian weights within 3 sigma, the largest at 25 uS, best scalar taken out; 2 % covers one chip's scatter.
  it("has the relative errors that its statistics give, programmed and at 20 s, 1 h, 1 d, 1 y", async () => {
    const chip = chipWith("pcm", "tile.scale=tile", "inputConverter.bits=Infinity", "outputConverter.bits=Infinity");
    const [weights, inputs] = [truncated(512, 512), gaussian(64, 512, 3)];
    const programmed = await run({ ...asked, without: new Set(["drift", "readNoise"]) }, chip, weights, inputs);
    expect(Math.abs(programmed.relativeError[0]!.bestScalar! / 0.0872 - 1)).toBeLessThan(0.02);
    const times = [0, hour, 24 * hour, 365 * 24 * hour];
    for (const readNoise of ["held", "process", "perRead"] as const) {
      const { relativeError } = await run({ ...asked, times, readNoise }, chip, weights, inputs);
      [0.113, 0.127, 0.144, 0.183].forEach((error, k) => {
        expect(Math.abs(relativeError[k]!.bestScalar! / error - 1)).toBeLessThan(0.02);
      });
    }
  });

  it("gives conductances and targets as they are: columns and rows as the weights have them", async () => {
    const weights: Matrix = { rows: 3, columns: 2, values: Float32Array.from([1, -2, 0, 4, -0.5, 1]) };
    const request = {
      ...asked,
      conductances: true,
      chips: 2,
      without: new Set(["programmingNoise", "drift"] as const),
    };
    const result = await run(request, chipWith("pcm"), weights, gaussian(1, 3, 1));
    const close = (matrix: number[][], wanted: number[][]): void => {
      for (const [i, row] of matrix.entries()) {
        for (const [j, value] of row.entries()) expect(value * 1e6).toBeCloseTo(wanted[i]![j]!, 4);
      }
    };
    close(result.target!.positive, [
      [25, 0],
      [0, 25],
      [0, 6.25],
    ]);
    close(result.target!.negative, [
      [0, 12.5],
      [0, 0],
      [12.5, 0],
    ]);
    expect(result.conductances!.length).toBe(2);
    close(
      result.conductances![1]!.positive,
      result.target!.positive.map((row) => row.map((value) => value * 1e6)),
    );
    expect(result.scale.weightPerSiemens[0]!.map((value) => value * 25e-6)).toEqual(
      [1, 4].map((value) => expect.closeTo(value, 6)),
    );
  });

  it("reads every input as often as asked, with fresh noise each time, and counts each", async () => {
    const [weights, inputs] = [gaussian(30, 4, 1), gaussian(5, 30, 2)];
    const chip = chipWith("pcm", "outputConverter.bits=Infinity");
    const result = await run({ ...asked, repeats: 3, readNoise: "process", readWindow: 1e-3 }, chip, weights, inputs);
    const [{ outputs }] = result.results as [(typeof result.results)[number]];
    expect([outputs.length, outputs[0]!.length, outputs[0]![0]!.length]).toEqual([3, 5, 4]);
    expect(outputs[1]).not.toEqual(outputs[0]);
    const held = await run({ ...asked, repeats: 3 }, chip, weights, inputs);
    expect(held.results[0]!.outputs[1]).toEqual(held.results[0]!.outputs[0]);
    expect(
      Object.values(result.energy.byComponent).reduce((sum, value) => sum + value, 0) / result.energy.perVector,
    ).toBeCloseTo(1, 9);
  });

  it("refuses inputs that do not fit the weights", async () => {
    await expect(run(asked, chipWith("pcm"), gaussian(30, 4, 1), gaussian(5, 31, 2))).rejects.toThrow(
      /inputs: vectors of 31 values, expected 30, the number of rows of [^(]*$/,
    );
    await expect(run(asked, chipWith("pcm"), gaussian(30, 4, 1), gaussian(5, 4, 2))).rejects.toThrow(
      /inputs: vectors of 4 values, expected 30, the number of rows of .* \(--transpose exchanges them with its columns\)$/,
    );
  });

  it("keeps the readings that were finished when it is stopped, and none is an interruption", async () => {
    const [weights, inputs] = [gaussian(30, 4, 1), gaussian(5, 30, 2)];
    const engine = await openEngine(multiplyBytes(weights));
    const stopped = async (after: number) => {
      const controller = new AbortController();
      let left = after;
      const progress = (): void => {
        if (--left === 0) controller.abort();
      };
      if (after === 0) controller.abort();
      return multiply({ ...asked, chips: 4, times: [0, 1] }, chipWith("pcm"), weights, inputs, engine, {
        progress,
        signal: controller.signal,
      });
    };
    const { multiplication, interrupted } = await stopped(3);
    expect(interrupted).toBe(true);
    expect(multiplication.results.map(({ chip, time }) => [chip, time])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
    await expect(stopped(0)).rejects.toThrow("interrupted");
  });

  it("has no network whose quantisation could say the output range", async () => {
    const chip = chipWith("pcm", "outputConverter.range=quantized");
    const [weights, inputs] = [gaussian(4, 3, 1), gaussian(2, 4, 2)];
    await expect(run(asked, chip, weights, inputs)).rejects.toThrow(
      "outputConverter.range: quantized, without a network that says it, expected least-squares or largest, or --output-range",
    );
    expect((await run({ ...asked, outputRange: 8 }, chip, weights, inputs)).ranges.inputRange).toBe(5);
  });
});
