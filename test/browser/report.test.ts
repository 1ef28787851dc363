import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportOf } from "../../src/surface/report/evaluation.ts";
import { multiplyReportOf } from "../../src/surface/report/multiply.ts";
import { deviceReports } from "../surface/device-reports.ts";
import { evaluationFixture, multiplicationFixture } from "../surface/report-fixture.ts";
import { chromiumPath } from "./chromium.ts";

const where = chromiumPath ?? "no Chromium found: skipped";

describe.skipIf(!chromiumPath)(`reports in a browser (${where})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "crossohm-report-"));
  let browser: Browser;
  beforeAll(async () => {
    // A container's root has no user namespace to build Chromium's sandbox in.
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A page showing the report, and whatever it complained about or asked for. */
  async function opened(
    name: string,
    report: string,
    width: number,
  ): Promise<{ page: Page; events: string[]; url: string }> {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, report);
    const url = pathToFileURL(file).href;
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const events: string[] = [];
    page.on("console", (message) => events.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => events.push(`error: ${error.message}`));
    page.on(
      "request",
      (request) => request.url() === url || request.url().startsWith("data:") || events.push(request.url()),
    );
    await page.goto(url);
    return { page, events, url };
  }

  it.each([
    ["evaluation", reportOf(evaluationFixture), 8],
    ["multiplication", multiplyReportOf(multiplicationFixture), 2],
  ])(
    "of an evaluation and a multiplication show their figures (%s), complain of nothing and fetch nothing",
    async (name, report, figures) => {
      const { page, events } = await opened(name, report, 1000);
      const sizes = await page.$$eval("figure svg", (all) => all.map((svg) => svg.getBoundingClientRect().toJSON()));
      expect(sizes).toHaveLength(figures);
      for (const { width, height } of sizes) {
        expect(width).toBeGreaterThan(300);
        expect(height).toBeGreaterThan(80);
      }
      expect(events).toEqual([]);
      await page.close();
    },
  );

  it("keep all text of a figure inside it, long names of layers too", async () => {
    const { network } = evaluationFixture;
    const layers = network.layers.map((layer) => ({
      ...layer,
      name: `/encoder/block.11/attention/${layer.name}/MatMul`,
    }));
    const { page } = await opened("inside", reportOf({ ...evaluationFixture, network: { ...network, layers } }), 1000);
    const outside = await page.$$eval("figure svg", (all) =>
      all.flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")]
          .filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 4 || box.right > frame.right + 4 || box.bottom > frame.bottom + 4;
          })
          .map((text) => text.textContent);
      }),
    );
    expect(outside).toEqual([]);
    await page.close();
  });

  it.each(deviceReports)("of a device show $figures figures with their text inside: $name", async (asked) => {
    const { page, events } = await opened(asked.name, await asked.report(), 1000);
    const outside = await page.$$eval("figure svg", (all) =>
      all.map((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")]
          .filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 4 || box.right > frame.right + 4 || box.bottom > frame.bottom + 4;
          })
          .map((text) => text.textContent);
      }),
    );
    expect(outside).toEqual(Array(asked.figures).fill([]));
    const hidden = await page.$$eval(".table", (all) => all.map((table) => table.scrollWidth - table.clientWidth));
    expect(hidden.filter((pixels) => pixels > 0)).toEqual([]);
    expect(events).toEqual([]);
    await page.close();
  });

  it("show every table whole on a page of ordinary width", async () => {
    const { page } = await opened("tables", reportOf(evaluationFixture), 1000);
    const hidden = await page.$$eval(".table", (all) => all.map((table) => table.scrollWidth - table.clientWidth));
    expect(hidden.filter((pixels) => pixels > 0)).toEqual([]);
    await page.close();
  });

  it("show every table whole on paper", async () => {
    const { page } = await opened("paper", reportOf(evaluationFixture), 688);
    // A4 less its margins of 14 mm, at 96 px an inch.
    await page.emulateMedia({ media: "print" });
    const ends = await page.$$eval("table", (all) => all.map((table) => table.getBoundingClientRect().right));
    expect(Math.max(...ends)).toBeLessThanOrEqual(688);
    await page.close();
  });

  it.each([1000, 420])("need no sideways scrolling of the page at %d px", async (width) => {
    const { page } = await opened(`wide-${width}`, reportOf(evaluationFixture), width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});
