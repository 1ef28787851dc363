import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keptSteps } from "../../src/surface/kept-steps.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noDigits = () => {
  throw new Error("not asked for");
};
const step = { name: "device: N=3 seed 2", input: { devices: 3, seed: 2 }, amount: 1 };

describe("steps that outlive a run", () => {
  it("are found again by all that they depend on, bit for bit", () => {
    const place = join(folder, "kept");
    const kept = keptSteps(place, "of-test", noDigits);
    expect(kept.read(step)).toBeUndefined();
    expect(existsSync(place)).toBe(false);
    const result = { auc: 0.1 + 0.2, list: [1e-300, 5e-324, 1 / 3] };
    kept.write(step, result);
    expect(keptSteps(place, "of-test", noDigits).read(step)).toEqual(result);
    // How much progress a step tells changes nothing of what it gives.
    expect(kept.read({ ...step, amount: 7 })).toEqual(result);
    expect(kept.read({ ...step, input: { devices: 3, seed: 3 } })).toBeUndefined();
    expect(kept.read({ ...step, name: "device: N=3" })).toBeUndefined();
    expect(keptSteps(place, "another", noDigits).read(step)).toBeUndefined();
    expect(readdirSync(place)).toEqual([expect.stringMatching(/^device-N=3-seed-2\.[0-9a-f]{16}\.json$/)]);
  });

  it("are others where digits are others, if they ask for digits", () => {
    const place = join(folder, "digits");
    const asking = { ...step, digits: true };
    keptSteps(place, "of-test", () => "one").write(asking, { value: 1 });
    expect(keptSteps(place, "of-test", () => "one").read(asking)).toEqual({ value: 1 });
    expect(keptSteps(place, "of-test", () => "two").read(asking)).toBeUndefined();
  });

  it("run again where their file was damaged", () => {
    const place = join(folder, "damaged");
    const kept = keptSteps(place, "of-test", noDigits);
    kept.write(step, { value: 1 });
    writeFileSync(join(place, readdirSync(place)[0]!), '{"result": {"val');
    expect(kept.read(step)).toBeUndefined();
  });

  it("are refused a place that cannot be a folder", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => keptSteps(join(folder, "file"), "of-test", noDigits)).toThrow(/--keep: ".*file", which is a file/);
    expect(() => keptSteps(join(folder, "no", "such"), "of-test", noDigits)).toThrow(/--keep: no folder ".*no"/);
  });
});
