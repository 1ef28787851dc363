import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { localRules } from "../../circuits/plasticity/index.ts";
import { pulseBalance } from "../../crossbar/index.ts";
import { deviceModel, deviceModels } from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import * as library from "../../src/surface/index.ts";
import { shippedSet } from "../contracts/device-contract.ts";

const page = readFileSync("docs/plasticity.md", "utf8");
const picture = readFileSync("docs/plasticity-windows.svg", "utf8");

/** Rows of the table between two marks, cell by cell. */
function rowsOf(part: string): string[][] {
  const [, text] = page.match(new RegExp(`<!-- ${part}: .*?-->(.*?)<!-- end of ${part} -->`, "s"))!;
  const lines = text!.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .slice(2, -2)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

describe("docs/plasticity.md", () => {
  it("names every rule of the registry with what it needs and its source, and shows the window of each", () => {
    const rows = new Map(rowsOf("rules").map((cells) => [cells[0], cells]));
    expect([...rows.keys()]).toEqual(localRules.map(({ name }) => `\`${name}\``));
    for (const { name, needs, gives, source } of localRules) {
      const row = rows.get(`\`${name}\``)!;
      for (const signal of needs) expect(row[2]).toContain(signal);
      expect(row[5]).toBe(gives);
      expect(row[6]).toBe(source);
      expect(picture).toContain(`${name}: Δw, %`);
    }
  });

  it("names every parameter with its unit and its usual value", () => {
    const rows = rowsOf("parameters").map(([rule, parameter, , unit]) => `${rule} ${parameter} ${unit}`);
    const expected = localRules.flatMap(({ name, parameters }) =>
      Object.entries(parameters).map(([key, { unit }]) => `\`${name}\` \`${key}\` ${unit || "word"}`),
    );
    expect(rows).toEqual(expected);
  });

  const rows = rowsOf("balance");

  it("names every pulsed model of the catalogue with each of its parameter sets", () => {
    const pulsed = deviceModels.flatMap((model) =>
      model.parameterSets
        .filter((set) => model.prepare(shippedSet(model.name, set)).operation.potentiate)
        .map((set) => `\`${model.name}\` ${set}`),
    );
    expect(rows.map(([model, set]) => `${model} ${set}`)).toEqual(pulsed);
  });

  it.each([
    ["strontium-titanate", "weilenmann-2024", 1e-9],
    ["pcm-accumulation", "nandakumar-2018", 1e-6],
    ["lookup-table", "gong-2018", 1e-6],
  ])("states symmetry points and asymmetries as they are measured: %s, %s", async (model, set, unit) => {
    const row = rows.find(([own, name]) => own === `\`${model}\`` && name === set)!;
    const device = deviceModel(model).prepare(shippedSet(model, set));
    const found = pulseBalance(await openEngine(1 << 23, "typescript"), device, 100, drawOf(1));
    const told = Number(row[5]!.split(" ")[0]) * unit;
    // Printed to three digits, of the asymmetry two.
    expect(Math.abs(told / found.symmetryPoint.mean - 1)).toBeLessThan(0.005);
    expect(Number(row[4]!.replace("−", "-"))).toBeCloseTo(found.asymmetry!, 1);
  });

  it("has an example that runs as it stands, and whose neuron learns which inputs spike together", async () => {
    const [, code] = /^```js\n(.*?)^```/ms.exec(page)!;
    const body = code!.replaceAll(/import (\{.*?\}) from "crossohm";/g, "const $1 = library;");
    const run = Object.getPrototypeOf(async () => {}).constructor as new (
      ...words: string[]
    ) => (own: typeof library, console: { log: (...shown: unknown[]) => void }) => Promise<void>;
    let shown: unknown[] = [];
    await new run("library", "console", body)(library, { log: (...own) => (shown = own) });
    const [weights, work] = shown as [Float64Array, { reads: number; pulses: number }];
    const mean = (from: number, to: number) => weights.subarray(from, to).reduce((a, b) => a + b, 0) / (to - from);
    expect(mean(0, 8) - mean(8, 24)).toBeGreaterThan(0.3);
    expect(Math.min(work.reads, work.pulses)).toBeGreaterThan(0);
  });
});
