import { readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { describe, expect, it } from "vitest";
import { energyOf } from "../../../circuits/energy/index.ts";
import { leafAt } from "../../../src/ground/known-tree.ts";
import { chipWith } from "../../circuits/layers.ts";
import { coreProducts } from "./core-product.ts";
import { silicon, withTables } from "./energy-page.ts";

const page = new URL("../../../docs/energy.md", import.meta.url);

describe("docs/energy.md", () => {
  // CROSSOHM_WRITE_DOCS=1 writes the tables anew after values changed.
  it("says what the values say", () => {
    const text = readFileSync(page, "utf8").replaceAll("\r\n", "\n");
    if (env.CROSSOHM_WRITE_DOCS === "1") writeFileSync(page, withTables(text));
    else expect(text).toBe(withTables(text));
  });

  // 9.76 tera-operations per second and watt in one phase (Le Gallo et al., Nat. Electron. 6, 680 (2023)): 13.4 nJ a product.
  // The table leaves out clocks, links and control, so it must lie below, and it claims no more than the right order.
  it("is right to call the table optimistic beside a measured chip, by less than a factor of three", () => {
    const share = energyOf(silicon()).total / ((2 * 256 * 256) / 9.76e12);
    expect(share).toBeLessThan(1);
    expect(share).toBeGreaterThan(1 / 3);
  });
});

describe("a full product of the 64-core chip", () => {
  // The fourth phase's energy is what the converters' power was taken from, so four phases can differ by the cells alone: V^2 G t
  // at an assumed read voltage. One phase has the same cells in a quarter of the energy.
  it("takes the published energy of four phases within 10 %, of one phase within 30 %", async () => {
    const [four, one] = await coreProducts();
    expect(Math.abs(four!.inside / four!.published.energy - 1)).toBeLessThan(0.1);
    expect(Math.abs(one!.inside / one!.published.energy - 1)).toBeLessThan(0.3);
    // What a further phase adds is published, cells and all: within the rounding of 2.48 (0.3 % of the difference) and of 392 uW.
    const perPhase = (four!.inside - one!.inside) / 3;
    const published = (four!.published.energy - one!.published.energy) / 3;
    expect(Math.abs(perPhase / published - 1)).toBeLessThan(0.005);
  });

  // 16.1 and 63.1 Tera-operations a second; the model has the four phases exactly four times as long as the one, the chip 3.92 times.
  it("takes the published time within 3 %, and the single core's 1.008 Tera-operations a second in one phase", async () => {
    for (const { latency, published } of await coreProducts()) {
      expect(Math.abs(latency / published.latency - 1)).toBeLessThan(0.03);
    }
    const [, one] = await coreProducts();
    expect((2 * 256 * 256) / one!.latency / 1.008e12).toBeCloseTo(1, 3);
  });

  it("counts four devices a weight, whatever the phases", async () => {
    for (const { devices } of await coreProducts()) expect(devices).toBe(4 * 256 * 256);
  });

  it("takes its converters' power from what a phase adds, less what the table prices apart", () => {
    const { costs, outputConverter, read } = chipWith("pcm-hermes");
    const value = (path: string) => leafAt(costs, path)!.value as number;
    const line = value("wordLineDrive.capacitancePerCell") * 4 * 256 * value("supplyVoltage") ** 2;
    const perPhase = ((2 * 256 * 256) / 3) * (1 / 2.48e12 - 1 / 9.76e12);
    const converters = perPhase - 256 * (value("inputConversion.pulseWidth") + line);
    const power = converters / 256 / (read.time.value + outputConverter.conversionTime.value);
    // Three digits are written down.
    expect(power / value("outputConversion.power")).toBeCloseTo(1, 2);
  });
});
