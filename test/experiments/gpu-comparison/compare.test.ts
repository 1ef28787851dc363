import { describe, expect, it } from "vitest";
import { costsOf } from "../../../circuits/energy/index.ts";
import {
  boundaryWords,
  chipBoundary,
  compareWithGpu,
  estimate,
  gpuBoundary,
  type Workload,
} from "../../../experiments/gpu-comparison/index.ts";
import { chipWith, valuesOf } from "../../circuits/energy/phase-change-chip.ts";
import { anchors, gpu } from "./files.ts";

const costs = costsOf(valuesOf("costs/phase-change-32nm"), chipWith());
const workload: Workload = { macs: 532_992, parameters: 533_770, activationElements: [1296, 768, 266], kernels: 3 };
const orin = gpu("orin");
const request = { workload, precision: "fp16", chipEnergy: 1e-7, costs } as const;

describe("comparison with a graphics processor", () => {
  it("is GPU over chip, from the estimate of that batch", () => {
    const result = compareWithGpu(orin, anchors, { ...request, batch: 1 });
    const alone = estimate(orin, workload, "fp16", 1);
    expect(result).toMatchObject(alone);
    expect(result.ratio).toBe(alone.energyPerInference / 1e-7);
    expect(result.anchors.length).toBe(2);
    expect(result.latencyAnchors.length).toBe(1);
  });

  it("states the best batch as a number", () => {
    const best = compareWithGpu(orin, anchors, { ...request, batch: "best" });
    expect(best.batch).toBe(65_536);
    expect(best.ratio).toBeLessThan(compareWithGpu(orin, anchors, { ...request, batch: 1 }).ratio);
  });

  it("refuses a batch that the memory cannot hold", () => {
    const huge = { ...request, batch: 2 ** 30 } as const;
    expect(() => compareWithGpu(orin, anchors, huge)).toThrow(
      /orin:memory: a batch of 1073741824 in fp16 does not fit 64 GB/,
    );
  });
});

describe("boundary", () => {
  it("puts every word of one vocabulary on one side, for chip and GPU", () => {
    const texts = [
      chipBoundary(costs, true),
      chipBoundary(costs, false),
      gpuBoundary(orin, costs),
      gpuBoundary({ ...orin, hostPower: 20 }, costs),
    ];
    for (const { included, excluded } of texts) {
      expect([...included, ...excluded].sort()).toEqual([...boundaryWords].sort());
    }
  });

  it("counts host and compensation only where they are counted", () => {
    expect(gpuBoundary(orin, costs).excluded).toContain("host");
    expect(gpuBoundary({ ...orin, hostPower: 20 }, costs).included).toContain("host");
    expect(gpuBoundary({ ...orin, hostPower: 20 }, costs).text).toContain("20 W of host");
    expect(chipBoundary(costs, true).included).toContain("drift compensation");
    expect(chipBoundary(costs, false).excluded).toContain("drift compensation");
  });

  it("says that technologies differ, and which", () => {
    const { text } = gpuBoundary(gpu("a100"), costs);
    for (const node of ["7 nm", "32 nm", "65 nm", "90 nm", "45 nm"]) expect(text).toContain(node);
  });
});
