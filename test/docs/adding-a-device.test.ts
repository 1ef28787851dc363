import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildData } from "../../src/surface/build/data.mjs";

const page = readFileSync("docs/adding-a-device.md", "utf8");
const copy = mkdtempSync(join(tmpdir(), "crossohm-toy-"));

/** Blocks of the page by the file that their first line names; blocks of one file in their order. */
function filesOf(text: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [, block] of text.matchAll(/^```\w+\n(.*?)^```/gms)) {
    const [, name] = /^(?:#|\/\/) ([\w./-]+)/.exec(block!)!;
    files.set(name!, (files.get(name!) ?? "") + block);
  }
  return files;
}

function javascript(source: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

function put(name: string, text: string): void {
  mkdirSync(dirname(join(copy, name)), { recursive: true });
  writeFileSync(join(copy, name), text);
}

function crossohm(...words: string[]): unknown {
  const program = join(copy, "dist/src/surface/cli/main.js");
  return JSON.parse(
    execFileSync("node", [program, ...words, "--json", "-", "--quiet"], { cwd: copy, encoding: "utf8" }),
  );
}

describe("the device of docs/adding-a-device.md", () => {
  beforeAll(() => {
    // The program as it is built, with the page's blocks added to devices/ and data/ and nothing else changed.
    for (const part of ["dist", "data", "package.json"]) cpSync(part, join(copy, part), { recursive: true });
    symlinkSync(resolve("node_modules"), join(copy, "node_modules"), "junction");
    const files = filesOf(page);
    put("data/devices/toy/example.yaml", files.get("data/devices/toy/example.yaml")!);
    put("dist/devices/toy/leaky-switch.js", javascript(files.get("devices/toy/leaky-switch.ts")!));
    const catalogue = readFileSync("devices/catalogue.ts", "utf8").replace(
      /deviceModels: readonly DeviceModel\[\] = \[/,
      "$&leakySwitch, ",
    );
    put("dist/devices/catalogue.js", javascript(files.get("devices/catalogue.ts")! + catalogue));
    buildData(copy);
    const data = "src/ground/embedded/generated/data";
    put(`dist/${data}.js`, javascript(readFileSync(join(copy, `${data}.ts`), "utf8")));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it("is listed, and moves by its law", () => {
    const { models } = crossohm("device", "list") as { models: { name: string; parameterSets: string[] }[] };
    expect(models.find(({ name }) => name === "leaky-switch")?.parameterSets).toEqual(["example"]);
    put("pulses.yaml", "steps:\n  - pulse: {voltage: 1 V, width: 1 us, count: 5}\n");
    const { columns } = crossohm("device", "leaky-switch", "--protocol", "pulses.yaml", "--set", "spread=0") as {
      columns: { conductance: number[] };
    };
    // 2 S/s/V for 0.5 V above the threshold and 1 us are 1 uS a pulse; the leak of a year is 1e-13 of it.
    for (const [k, conductance] of columns.conductance.entries()) expect(conductance / 1e-6).toBeCloseTo(1 + k, 3);
  });

  it("is programmed on tiles by pulses, within its tolerance", () => {
    put("weights.csv", "1,-0.5\n0.25,0.75\n");
    put("inputs.csv", "1,0\n0,1\n");
    const { ideal, results } = crossohm(
      ...["multiply", "--weights", "weights.csv", "--inputs", "inputs.csv", "--chip", "leaky-switch"],
    ) as { ideal: number[][]; results: { outputs: number[][][] }[] };
    const outputs = results[0]!.outputs[0]!;
    // Two cells, each within 2 % of the span, and 1 % of read noise.
    for (const [v, row] of ideal.entries()) {
      for (const [j, wanted] of row.entries()) expect(Math.abs(outputs[v]![j]! - wanted)).toBeLessThan(0.1);
    }
  });
});
