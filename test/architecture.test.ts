import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { afterAll, describe, expect, it } from "vitest";
import configuration, { floors, rulesFor } from "../.dependency-cruiser.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const physicsFloors = floors.slice(0, -1);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist", "generated", "results", ".git", ".make"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [relative(root, path).split(sep).join("/")];
  });
}

const sources = floors.flatMap((floor) => filesBelow(join(root, floor))).filter((file) => /\.(ts|mjs)$/.test(file));
const physics = sources.filter((file) => physicsFloors.some((floor) => file.startsWith(`${floor}/`)));
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** "rule: from -> to" for whatever breaks a rule in the tree below `folder`. */
async function violations(folder: string): Promise<string[]> {
  const result = await cruise(
    ["src", "devices", "crossbar", "circuits", "experiments"],
    { ...configuration.options, ruleSet: { forbidden: rulesFor(folder) }, validate: true, baseDir: folder },
    configuration.options.enhancedResolveOptions,
    { tsConfig: extractTSConfig(join(root, "tsconfig.json")) },
  );
  return (result.output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
  );
}

describe("the floors", () => {
  it("keep the layer rules", async () => {
    expect(await violations(root)).toEqual([]);
  });

  // The same law read from the text itself, so that a mistake in the rules' tool or settings does not pass both.
  it("import nothing from a floor above", () => {
    const floorOf = (file: string) => floors.findIndex((floor) => file.startsWith(`${floor}/`));
    const upward = sources.flatMap((file) =>
      [...read(file).matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)]
        .map(([, target]) => posix.join(posix.dirname(file), target!))
        .filter((target) => floorOf(target) > floorOf(file))
        .map((target) => `${file} -> ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it("are lit by no clock and no undrawn randomness below the surface", () => {
    const forbidden = /Math\.random|Date\.now|new Date\(\)|performance\.now|crypto\.getRandomValues|process\.hrtime/;
    expect(physics.filter((file) => forbidden.test(read(file)))).toEqual([]);
  });

  it("write nothing to a console below the surface", () => {
    expect(physics.filter((file) => /\bconsole\.\w|\bprocess\.\w/.test(read(file)))).toEqual([]);
  });

  // More than 350 lines is more than one duty.
  it("have no file above 350 lines", () => {
    const long = sources
      .map((file) => [file, read(file).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > 350);
    expect(long).toEqual([]);
  });

  it("have no room without a duty in its name", () => {
    expect(sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc|managers?)(\/|\.)/.test(file))).toEqual([]);
  });
});

describe("the layer rules bite", () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** A house of a few files, each broken in one way. */
  function houseOf(files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), "crossohm-layers-"));
    folders.push(folder);
    for (const floor of ["src", ...physicsFloors]) mkdirSync(join(folder, floor), { recursive: true });
    for (const [file, text] of Object.entries({
      "package.json": "{}",
      "devices/cell.ts": "export const cell = 1;\n",
      ...files,
    })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return folder;
  }

  it.each([
    [
      "an upward import",
      "src/ground/bad.ts",
      'import { cell } from "../../devices/cell.ts";',
      "ground-imports-no-floor-above-it",
    ],
    [
      "an upward import of a type",
      "src/ground/bad.ts",
      'import type { cell } from "../../devices/cell.ts";',
      "ground-imports-no-floor-above-it",
    ],
    [
      "an upward import two floors up",
      "crossbar/bad.ts",
      'import { run } from "../experiments/run.ts";',
      "crossbar-imports-no-floor-above-it",
    ],
    [
      "a way in beside the door",
      "crossbar/bad.ts",
      'import { inner } from "../devices/room/inner.ts";',
      "devices/room-is-entered-through-its-door",
    ],
    [
      "a Node module below the surface",
      "devices/bad.ts",
      'import { readFileSync } from "node:fs";',
      "below-the-surface-runs-in-a-browser",
    ],
    ["mathjs in a device", "devices/bad.ts", 'import { unit } from "mathjs";', "mathjs-is-for-quantities"],
    ["ml-matrix in the ground", "src/ground/bad.ts", 'import { Matrix } from "ml-matrix";', "ml-matrix-is-an-oracle"],
    [
      "ONNX Runtime below the surface",
      "experiments/bad.ts",
      'import * as ort from "onnxruntime-web";',
      "onnx-runtime-is-handed-down",
    ],
    [
      "a circle",
      "devices/bad.ts",
      'import { bad } from "./bad.ts"; export { bad };',
      "nothing-imports-itself-in-a-circle",
    ],
  ])("on %s", async (_what, file, text, rule) => {
    const house = houseOf({
      "devices/room/index.ts": 'export { inner } from "./inner.ts";\n',
      "devices/room/inner.ts": "export const inner = 1;\n",
      "experiments/run.ts": "export const run = 1;\n",
      [file]: `${text}\n`,
    });
    const found = await violations(house);
    expect(found.some((line) => line.startsWith(`${rule}: ${file}`))).toBe(true);
  });

  it("and let a sound house stand", async () => {
    const house = houseOf({
      "devices/room/index.ts": 'export { inner } from "./inner.ts";\n',
      "devices/room/inner.ts": "export const inner = 1;\n",
      "crossbar/array.ts": 'import { inner } from "../devices/room/index.ts";\nexport const array = inner;\n',
    });
    expect(await violations(house)).toEqual([]);
  });
});
