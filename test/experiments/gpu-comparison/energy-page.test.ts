import { readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { describe, expect, it } from "vitest";
import { energyOf } from "../../../circuits/energy/index.ts";
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
