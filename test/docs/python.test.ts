import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesOf, node, numbers, weight } from "../onnx-graphs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "dist/src/surface/cli/main.js");
const python = process.env.CROSSOHM_PYTHON ?? "python3";
const missing = whatIsMissing();

function whatIsMissing(): string | null {
  if (!existsSync(program)) return "dist/ is not built";
  const { status } = spawnSync(python, ["-c", "import numpy, pandas"], { stdio: "ignore" });
  return status === 0 ? null : `${python} with numpy and pandas is not there; CROSSOHM_PYTHON names another`;
}

describe.skipIf(missing !== null)(`arrays in Python${missing ? ` (skipped: ${missing})` : ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "crossohm-python-"));
  const file = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    // Names as exporters write them; three classes that lie close together.
    const nodes = [
      node("Gemm", ["x", "w1", "b1"], ["/fc1/Gemm_output_0"]),
      node("Relu", ["/fc1/Gemm_output_0"], ["r"]),
      node("Gemm", ["r", "w2", "b2"], ["y"]),
    ];
    const tensors = [weight("w1", [8, 6]), weight("b1", [6]), weight("w2", [6, 3]), weight("b2", [3])];
    writeFileSync(file("small.onnx"), bytesOf({ nodes, tensors, input: ["batch", 8] }));
    const values = numbers(8 * 90, 11);
    const rows = Array.from({ length: 90 }, (_, i) => [i % 3, ...values.subarray(8 * i, 8 * i + 8)].join(","));
    writeFileSync(file("digits.csv"), `${["label,a,b,c,d,e,f,g,h", ...rows].join("\n")}\n`);
  });

  const options = ["small.onnx", "--data", "digits.csv", "--times", "0,1h", "--chips", "3", "--threads", "1"];

  function crossohm(...words: string[]) {
    return spawnSync(process.execPath, [program, "evaluate", ...options, "--quiet", ...words], {
      cwd: folder,
      encoding: "utf8",
    });
  }

  function runPython(...words: string[]) {
    return spawnSync(python, words, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, CROSSOHM: `'${process.execPath}' '${program}'` },
    });
  }

  it("are read as docs/python/read_results.py reads them", () => {
    const [network, , data, ...rest] = options;
    const script = join(root, "docs/python/read_results.py");
    const { status, stdout, stderr } = runPython(script, network!, data!, ...rest, "--quiet");
    expect([status, stderr]).toEqual([0, ""]);
    crossohm("--json", "run.json");
    const result = JSON.parse(readFileSync(file("run.json"), "utf8"));
    expect(stdout).toContain(`Float accuracy ${result.floatAccuracy.toFixed(4)} on 81 images`);
    for (const { time, compensated, accuracy } of result.results) {
      expect(stdout).toMatch(
        new RegExp(
          `${compensated ? "True" : "False"} +${accuracy.mean.toFixed(4)} +${accuracy.standardDeviation.toFixed(4)} +3`,
        ),
      );
      expect(stdout).toContain(time === 0 ? "0 " : "3600");
    }
    // At the first reading cells have what programming left; an hour later a cell of nu 0.05 has (3620 / 20)^-0.05 of it.
    for (const { name } of result.network.layers) {
      const [first, later] = new RegExp(`^${name} +(\\S+) +(\\S+)$`, "m").exec(stdout)!.slice(1).map(Number);
      expect(first).toBe(1);
      expect(later).toBeGreaterThan(181 ** -0.1);
      expect(later).toBeLessThan(181 ** -0.03);
    }
  });

  it("are written by NumPy and loaded, in double precision and Fortran's order too", () => {
    expect(crossohm("--save-conductances", "cells.npz", "--json", "saved.json").status).toBe(0);
    const script = [
      "import numpy as np",
      "with np.load('cells.npz') as f:",
      "    cells = {name: f[name] for name in f.files if '.programmed.' in name}",
      "    assert f['network'].tobytes().decode() == '%s'",
      "    assert f['times'].tolist() == [0, 3600] and f['chips'].tolist() == [0, 1, 2]",
      "np.savez_compressed('again.npz', **{name: np.asfortranarray(a, dtype=np.float64) for name, a in cells.items()})",
      "np.savez('scaled.npz', **{name: 1e6 * a for name, a in cells.items()})",
    ];
    const { network, results } = JSON.parse(readFileSync(file("saved.json"), "utf8"));
    const { status, stderr } = runPython("-c", script.join("\n").replace("%s", network.checksum));
    expect([status, stderr]).toEqual([0, ""]);
    expect(crossohm("--load-conductances", "again.npz", "--json", "loaded.json").stderr).toBe("");
    expect(JSON.parse(readFileSync(file("loaded.json"), "utf8")).results).toEqual(results);
    const scaled = crossohm("--load-conductances", "scaled.npz", "--json", "scaled.json");
    expect(scaled.status).toBe(2);
    expect(scaled.stderr).toMatch(
      /^scaled\.npz:\/fc1\/Gemm_output_0\.programmed\.positive: .* S at \[0, \d, \d\], expected a conductance in S, from 0 to 1\n$/,
    );
  });
});
