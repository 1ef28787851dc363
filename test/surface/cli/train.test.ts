import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpz } from "../../../src/ground/formats/npz.ts";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import type { World } from "../../../src/surface/cli/world.ts";
import { trainHere } from "../../../src/surface/train.ts";
import { numbers } from "../../onnx-graphs.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-train-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  writeFileSync(file("net.yaml"), "{layers: [6, 4, 2], activation: tanh}\n");
  const noise = numbers(6 * 50, 5, 0.3);
  const rows = Array.from({ length: 50 }, (_, i) => {
    const own = noise.subarray(6 * i, 6 * i + 6);
    return [i % 2, ...own.map((value, at) => value + (at < 3 === (i % 2 === 0) ? 0.8 : 0))].join(",");
  });
  writeFileSync(file("points.csv"), `label,a,b,c,d,e,f\n${rows.join("\n")}\n`);
});

/** @param stopAt  batches and parts of tests after which the user stops the run */
async function crossohm(words: readonly string[], stopAt = Infinity) {
  const [out, err]: string[][] = [[], []];
  const stopping = new AbortController();
  let steps = 0;
  const world: World = {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
    signal: stopping.signal,
    cores: 1,
    color: false,
    work: {
      ...noWork,
      train: (job, watch) =>
        trainHere(job, {
          ...watch,
          stage: (title, total) => {
            const stage = watch.stage(title, total);
            return {
              progress(amount) {
                stage.progress(amount);
                if (++steps === stopAt) stopping.abort();
              },
            };
          },
        }),
    },
  };
  const status = await runCommandLine(words, world);
  return { status, out: out.join(""), err: err.join("") };
}

const train = (words: readonly string[], stopAt?: number) =>
  crossohm(
    ["train", file("net.yaml"), "--data", file("points.csv"), "--batch", "5", "--threads", "1", ...words],
    stopAt,
  );

/** The result without what names the run itself. */
function resultIn(name: string) {
  const { arguments: _words, runtime: _runtime, ...result } = JSON.parse(readFileSync(file(name), "utf8"));
  return result;
}

describe("crossohm train", () => {
  it("goes on bit for bit from a stop in the middle of an epoch, and into more epochs", async () => {
    await train(["--epochs", "3", "--json", file("whole.json")]);

    // 45 images are nine batches an epoch, and one part of a test.
    const stopped = await train(["--epochs", "2", "--checkpoint", file("run.npz"), "--json", file("part.json")], 14);
    expect([stopped.status, stopped.err]).toEqual([130, expect.any(String)]);
    expect(stopped.err).toContain("stopped with 1 of 2 epochs finished; --resume goes on from");
    expect(resultIn("part.json").epochs).toHaveLength(1);
    const words = ["--checkpoint", file("run.npz"), "--resume"];
    expect((await train(["--epochs", "2", ...words])).status).toBe(0);
    expect((await train(["--epochs", "3", ...words, "--json", file("resumed.json")])).status).toBe(0);

    const whole = resultIn("whole.json");
    expect(whole.epochs).toHaveLength(3);
    expect(resultIn("resumed.json")).toEqual(whole);
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("refuses a checkpoint of another training and leaves it as it was", async () => {
    const kept = file("other.npz");
    await train(["--checkpoint", kept]);
    const before = readFileSync(kept);
    for (const [words, named] of [
      [["--seed", "2"], "another seed (1, not 2)"],
      [["--rule", "mean-count"], "another rule (stochastic, not mean-count)"],
      [["--parameters", "soft-bounds"], "another chip (pulse-response with pulse-response constant"],
      [["--rate", "0.2"], "another step (rate 0.1, not rate 0.2)"],
      [["--images", "20"], "another data"],
      [["--set", "rule.trainLength=8"], "another rule (stochastic, not stochastic trainLength 8)"],
      [["--devices-per-synapse", "2"], "another synapse (devices 1, not devices 2)"],
    ] as const) {
      const { status, err } = await train(["--checkpoint", kept, "--resume", "--quiet", ...words]);
      expect([status, err.trim().split("\n").length]).toEqual([2, 1]);
      expect(err).toContain(named);
    }
    const { status, err } = await train(["--checkpoint", kept, "--quiet"]);
    expect([status, err]).toEqual([2, expect.stringContaining("which is there already")]);
    expect(readFileSync(kept)).toEqual(before);
  });

  it("refuses fewer epochs than its checkpoint has begun", async () => {
    const words = ["--checkpoint", file("begun.npz")];
    await train(["--epochs", "3", ...words, "--quiet"], 14);
    const { status, err } = await train(["--epochs", "1", ...words, "--resume", "--quiet"]);
    expect([status, err]).toEqual([2, `--epochs: 1, expected at least the 2 that ${file("begun.npz")} has begun\n`]);
  });

  it("learns with pulses alone where a model has no targets to be programmed to", async () => {
    const { status, err } = await train(["--chip", "pcm-thermal", "--images", "5", "--json", file("thermal.json")]);
    expect([status, err]).toEqual([0, expect.any(String)]);
    expect(resultIn("thermal.json").epochs[0].wear.maximum).toBeGreaterThan(0);
  });

  it("warns where one pulse is more than a weight's whole range", async () => {
    await train(["--chip", "sky130", "--images", "5", "--json", file("coarse.json")]);
    const { warnings, network } = resultIn("coarse.json");
    expect(network.layers[0].steps.growing).toBeGreaterThan(1);
    expect(warnings[0]).toMatch(/^hidden\.sum: a pulse moves a weight by 1\.6 up and 0\.34 down, .* range of 1\.\d;/);
    await train(["--images", "5", "--json", file("fine.json")]);
    expect(resultIn("fine.json").warnings).toEqual([]);
  });

  it("says so where floating point numbers do not suffice for the rate", async () => {
    const words = ["--rate", "1e300", "--epochs", "2", "--images", "5", "--json", file("beyond.json")];
    const { status, out } = await train(words);
    expect([status, out]).toEqual([0, expect.not.stringContaining("NaN")]);
    const { warnings, floatEpochs } = resultIn("beyond.json");
    expect(floatEpochs[1].loss).toBeNull();
    expect(warnings.at(-1)).toMatch(/^the loss in floating point grew beyond all numbers; the rate of 1e\+300/);
  });

  it("names the options that a rule has where one is unknown", async () => {
    const { status, err } = await train(["--set", "rule.zzz=1", "--quiet"]);
    const rule = 'rule "stochastic" has no option "zzz", expected trainLength, updateManagement, lengthManagement';
    expect([status, err]).toEqual([2, `--set: ${rule}\n`]);
  });

  it("refuses a checkpoint that is one of its outputs", async () => {
    const words = ["--checkpoint", file("both.json"), "--json", file("both.json")];
    const { status, err } = await train([...words, "--quiet"]);
    expect([status, err]).toEqual([2, expect.stringContaining("the file of --json")]);
    expect(existsSync(file("both.json"))).toBe(false);
  });

  it("writes epochs, weights and the trace of every pulse", async () => {
    const outputs = ["--csv", file("e.csv"), "--save-weights", file("w.npz"), "--pulse-trace", file("p.csv")];
    await train(["--epochs", "2", ...outputs, "--json", file("t.json"), "--report", file("t.html")]);
    const { epochs } = resultIn("t.json");
    const [header, ...rows] = readFileSync(file("e.csv"), "utf8").trim().split("\n");
    expect(header).toBe("epoch,accuracy,loss,rate,pulses,energy,wearMean,wearMaximum,floatAccuracy");
    expect(rows.map((row) => Number(row.split(",")[2]))).toEqual(epochs.map(({ loss }: { loss: number }) => loss));
    const weights = readNpz(readFileSync(file("w.npz")), "w.npz");
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([
      ["hidden.sum", [7, 4]],
      ["scores", [5, 2]],
    ]);
    const traced = readFileSync(file("p.csv"), "utf8").trim().split("\n").length - 1;
    expect(traced).toBe(epochs.reduce((sum: number, { pulses }: { pulses: number }) => sum + pulses, 0));
    expect(readFileSync(file("t.html"), "utf8")).toContain("</html>");
  });

  it("says which models have pulses where one has none", async () => {
    const { status, err } = await train(["--chip", "ideal", "--quiet"]);
    expect([status, err.trim().split("\n").length]).toEqual([2, 1]);
    expect(err).toMatch(
      /the device model ideal, .*no pulses to learn by, expected one of .*pcm-accumulation.*pulse-response/,
    );
  });
});
