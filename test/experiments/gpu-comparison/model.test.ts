import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bestEstimate,
  energyPerByte,
  energyPerMac,
  estimate,
  type Gpu,
  gpuNamed,
  gpuNames,
  gpuOf,
  precisionOf,
  precisions,
  type Workload,
} from "../../../experiments/gpu-comparison/index.ts";
import { leavesOf, withLeaf } from "../../../src/ground/known-tree.ts";
import { fileOf, valuesOf } from "../../circuits/energy/phase-change-chip.ts";
import { gpu, shipped } from "./files.ts";

const a100 = gpu("a100");
const perceptron: Workload = {
  macs: 784 * 512 + 512 * 256 + 256 * 10,
  parameters: 784 * 512 + 512 * 256 + 256 * 10 + 778,
  activationElements: [784 + 512, 512 + 256, 256 + 10],
  kernels: 3,
};

const workload: fc.Arbitrary<Workload> = fc.record({
  macs: fc.integer({ min: 1, max: 1e11 }),
  parameters: fc.integer({ min: 1, max: 1e8 }),
  activationElements: fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 }),
  kernels: fc.integer({ min: 1, max: 500 }),
});
const anyGpu = fc.constantFrom(...shipped.map(gpu));
const precision = fc.constantFrom(...precisions);

describe("energies derived from the data sheet", () => {
  // Dense tensor peaks of 312 and 624 T/s, 1,555 GB/s, 400 W, 75 W of them static.
  it("are board power less static power over peak arithmetic, and over peak bandwidth", () => {
    expect(energyPerMac(a100, "fp16") / ((400 - 75) / 156e12)).toBeCloseTo(1, 12);
    expect(energyPerMac(a100, "int8") / ((400 - 75) / 312e12)).toBeCloseTo(1, 12);
    expect(energyPerMac(a100, "fp32") / ((400 - 75) / 9.75e12)).toBeCloseTo(1, 12);
    expect(energyPerByte(a100) / ((400 - 75) / 1555e9)).toBeCloseTo(1, 12);
    expect(energyPerByte(gpu("orin")) / ((60 - 6.5) / 204.8e9)).toBeCloseTo(1, 12);
  });

  it("rest on listed sources", () => {
    const sources = Object.keys(fileOf("sources"));
    for (const name of [...shipped, "anchors"]) {
      for (const [path, { source }] of leavesOf(valuesOf(`gpus/${name}`))) {
        if (source !== null) expect(sources, `${name} ${path}`).toContain(source);
      }
    }
  });
});

describe("four-term model", () => {
  it("gives the terms of one inference of a perceptron as the formula does by hand", () => {
    const { terms, latency, utilisation } = estimate(a100, perceptron, "fp16", 1);
    const bytes = 2 * (perceptron.parameters + 784 + 512 + 512 + 256 + 256 + 10);
    // At one inference the weights' traffic takes longer than the arithmetic at 4.1 % of the peak.
    const t = Math.max((2 * perceptron.macs) / (0.041 * 312e12), bytes / (0.8 * 1555e9)) + 3 * 3e-6;
    expect(latency / t).toBeCloseTo(1, 12);
    expect(terms.static / (75 * t)).toBeCloseTo(1, 12);
    expect(terms.operations / ((perceptron.macs * 325) / 156e12)).toBeCloseTo(1, 12);
    expect(terms.bytes / ((bytes * 325) / 1555e9)).toBeCloseTo(1, 12);
    expect(terms.host).toBe(0);
    expect(utilisation / ((2 * perceptron.macs) / (t * 312e12))).toBeCloseTo(1, 12);
  });

  it("adds up, is never below its arithmetic, and never faster than the peak", () => {
    fc.assert(
      fc.property(
        anyGpu,
        workload,
        precision,
        fc.integer({ min: 1, max: 65_536 }),
        (processor, work, format, batch) => {
          const { energyPerInference, terms, utilisation } = estimate(processor, work, format, batch);
          const sum = Object.values(terms).reduce((a, b) => a + b, 0);
          expect(Math.abs(sum - energyPerInference)).toBeLessThanOrEqual(1e-14 * sum);
          expect(Object.values(terms).every((term) => term >= 0)).toBe(true);
          expect(energyPerInference).toBeGreaterThanOrEqual(energyPerMac(processor, format) * work.macs);
          expect(utilisation).toBeGreaterThan(0);
          expect(utilisation).toBeLessThanOrEqual(processor.utilisation.large);
        },
      ),
    );
  });

  it("reaches the share of the peak that logs give, at one input and at many", () => {
    const arithmetic: Workload = { macs: 1e12, parameters: 1, activationElements: [1], kernels: 0 };
    for (const processor of shipped.map(gpu)) {
      expect(estimate(processor, arithmetic, "fp16", 1).utilisation).toBeCloseTo(processor.utilisation.one, 12);
      expect(estimate(processor, arithmetic, "fp16", 2 ** 40).utilisation).toBeCloseTo(processor.utilisation.large, 9);
    }
  });

  it("finds the batch of least energy among powers of two up to 65,536", () => {
    fc.assert(
      fc.property(anyGpu, workload, precision, (processor, work, format) => {
        const best = bestEstimate(processor, work, format);
        expect(Number.isInteger(Math.log2(best.batch)) && best.batch <= 65_536).toBe(true);
        for (let batch = 1; batch <= best.batch; batch *= 2) {
          const other = estimate(processor, work, format, batch);
          expect(best.energyPerInference).toBeLessThanOrEqual(other.energyPerInference);
        }
      }),
    );
  });

  it("does not offer a batch that the memory cannot hold", () => {
    const small: Gpu = { ...a100, memory: 2 * (perceptron.parameters + 1000 * (784 + 512)) };
    expect(bestEstimate(small, perceptron, "fp16").batch).toBe(512);
  });
});

describe("graphics processors of the package", () => {
  it("are the six of the reference, and found by name", () => {
    expect(gpuNames()).toEqual([...shipped]);
    expect(gpuNamed("orin").gpu).toEqual(gpu("orin"));
  });

  it("are refused by a wrong name with the names near it", () => {
    expect(() => gpuNamed("a10")).toThrow(
      '--gpu: no GPU "a10", expected a100, h100, orin, rtx3090, v100, xavier; near: a100',
    );
    expect(() => precisionOf("fp61", "--precision")).toThrow(/--precision: no precision "fp61".*near: .*fp16/);
  });

  it("are refused with a utilisation above one or more static than board power", () => {
    const bent = (path: string, value: number) =>
      withLeaf(valuesOf("gpus/a100"), path, { value, unit: "1", howKnown: "assumed", source: null });
    expect(() => gpuOf("a100", "", bent("utilisation.large", 1.2))).toThrow(/gpus\/a100:utilisation.large: 1.2/);
    expect(() => gpuOf("a100", "", bent("staticPower", 500))).toThrow(/gpus\/a100:boardPower: 400/);
  });
});
