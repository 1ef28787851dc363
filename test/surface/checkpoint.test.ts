import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { TrainingState } from "../../experiments/training/index.ts";
import { type Identity, readCheckpoint, writeCheckpoint } from "../../src/surface/checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "run.npz");

const identity: Identity = {
  chip: { shown: "pcm-accumulation", digest: "ab" },
  rule: { shown: "stochastic" },
  seed: { shown: "1" },
};
const state: TrainingState = {
  progress: { epochs: [], images: 12, loss: 0.1 + 0.2, events: [] },
  products: { "hidden.sum": Uint8Array.of(1, 2, 255), "scores.0": new Uint8Array(0) },
};

describe("a checkpoint", () => {
  it("gives back what was written, to the last bit", () => {
    writeCheckpoint(file, identity, state);
    expect(readCheckpoint(file, identity)).toEqual(state);
  });

  it.each([
    [{ chip: { shown: "pulse-response", digest: "cd" } }, "another chip (pcm-accumulation, not pulse-response)"],
    [{ chip: { shown: "pcm-accumulation", digest: "cd" } }, "another chip (pcm-accumulation, changed)"],
    [
      { rule: { shown: "mean-count" }, seed: { shown: "2" } },
      "another rule (stochastic, not mean-count) and another seed (1, not 2)",
    ],
  ])("of another training is refused by what differs: %j", (other, named) => {
    writeCheckpoint(file, identity, state);
    const before = readFileSync(file);
    expect(() => readCheckpoint(file, { ...identity, ...other } as Identity)).toThrow(named);
    expect(readFileSync(file)).toEqual(before);
  });

  it("that is none, or is damaged, is refused in one line", () => {
    const other = join(folder, "other.npz");
    writeFileSync(other, "no archive");
    expect(() => readCheckpoint(other, identity)).toThrow(/other\.npz.*expected/);
    writeCheckpoint(file, identity, state);
    const bytes = readFileSync(file);
    const at = bytes.indexOf("stochastic");
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(other, bytes);
    expect(() => readCheckpoint(other, identity)).toThrow(/checksum/);
  });
});
