import { describe, expect, it } from "vitest";
import {
  deviceNoise,
  escapeNoise,
  gaussianNoise,
  IntegrateAndFire,
  type ThresholdNoise,
} from "../../../circuits/neurons/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { normalDistribution } from "../../../src/ground/statistics/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";

const neurons = 20_000;
// Of 20,000 neurons a share's standard error is 0.0035 at most, and 4.5 of them hardly ever happen.
const bound = 4.5 * Math.sqrt(0.25 / neurons);
const membranes = [-2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2];

/** Shares of neurons that fire with membranes so far above their threshold of 1. */
function psychometric(noise: ThresholdNoise): number[] {
  return membranes.map((above, k) => {
    const layer = new IntegrateAndFire({ leak: 0, threshold: 1, reset: -1 }, neurons, {
      fill: (step, out) => noise.fill(step + k, out),
    });
    return layer.step(new Float64Array(neurons).fill(1 + above), new Uint8Array(neurons)) / neurons;
  });
}

describe("a stochastic neuron", () => {
  it("fires with probability sigmoid(beta (v - threshold)) under escape noise", () => {
    for (const [k, share] of psychometric(escapeNoise(drawOf(1), 3)).entries()) {
      expect(Math.abs(share - 1 / (1 + Math.exp(-3 * membranes[k]!)))).toBeLessThan(bound);
    }
  });

  it("has the same psychometric curve with a device's read noise as with drawn noise of that variance", async () => {
    const device = deviceModel("chalcogenide").prepare(shippedSet("chalcogenide", "sarwat-2022"));
    const engine = await openEngine(1 << 25, "typescript");
    const cells = device.create(engine, neurons, drawOf(1), { ...everything, programmingNoise: false });
    const [centre, deviation] = [new Float32Array(neurons), new Float32Array(neurons)];
    cells.readNoise({ mode: "perRead", window: 1e-6 }, 0, centre, deviation);
    const { read } = device.operation;
    // So that the noise's standard deviation is 0.6 on the membrane.
    const gain = 0.6 / (deviation[0]! * read.voltage);
    const noise = deviceNoise(cells, read, gain);
    const fromDevice = psychometric(noise);
    const gaussian = psychometric(gaussianNoise(drawOf(2), 0.6));
    const logistic = psychometric(escapeNoise(drawOf(3), Math.PI / (0.6 * Math.sqrt(3))));
    for (const [k, share] of fromDevice.entries()) {
      expect(Math.abs(share - normalDistribution(membranes[k]! / 0.6))).toBeLessThan(bound);
      expect(Math.abs(share - gaussian[k]!)).toBeLessThan(Math.SQRT2 * bound);
      // A logistic distribution differs from the normal one of equal variance by 0.0229 at most.
      expect(Math.abs(share - logistic[k]!)).toBeLessThan(0.0229 + Math.SQRT2 * bound);
    }
    expect(noise.work).toBeGreaterThan(0);
  });

  it("draws by step and neuron: the same step again gives the same, another another", () => {
    for (const noise of [escapeNoise(drawOf(1), 1), gaussianNoise(drawOf(1), 1)]) {
      const [one, same, other] = [new Float64Array(50), new Float64Array(50), new Float64Array(50)];
      noise.fill(7, one);
      noise.fill(7, same);
      noise.fill(8, other);
      expect(same).toEqual(one);
      expect(new Set([...one, ...other]).size).toBe(100);
    }
  });

  it("refuses noise that is no noise", () => {
    expect(() => escapeNoise(drawOf(1), 0)).toThrow("inverse temperature is 0");
    expect(() => gaussianNoise(drawOf(1), -1)).toThrow("deviation is -1");
  });
});
