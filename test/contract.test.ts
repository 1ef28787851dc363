import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesOf, node, numbers, weight } from "./onnx-graphs.ts";
import { evaluationFixture, multiplicationFixture } from "./surface/report-fixture.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "dist/src/surface/cli/main.js");
const page = readFileSync(join(root, "docs/contract.md"), "utf8");
const commands = ["chip", "device", "evaluate", "multiply", "paper", "synapse", "train"] as const;
type Command = (typeof commands)[number];

const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
const schemaOf = (command: Command) => JSON.parse(readFileSync(join(root, `docs/schemas/${command}.json`), "utf8"));
const validators = Object.fromEntries(commands.map((command) => [command, ajv.compile(schemaOf(command))]));

/** What is wrong with a result, as "/path message". */
function complaints(command: Command, result: unknown): string[] {
  const validate = validators[command]!;
  return validate(result) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The options that a section of the page names, and those of all commands. */
function optionsOnPage(command: Command): Set<string> {
  const sections = page.split(/^## /m);
  const relevant = sections.filter((section) => section.startsWith("All commands") || section.startsWith(command));
  return new Set(
    relevant.flatMap((section) => [...section.matchAll(/(?<=[`\s])--[a-z][a-z-]*/g)].map(([option]) => option)),
  );
}

describe("the schemas", () => {
  it("accept results of the right shape", () => {
    expect(complaints("evaluate", evaluationFixture)).toEqual([]);
  });

  it("refuse a missing field, a percentage for a share, and a number that is none", () => {
    const { devices: _devices, ...missing } = evaluationFixture;
    expect(complaints("evaluate", missing).join()).toContain("devices");
    expect(complaints("evaluate", { ...evaluationFixture, floatAccuracy: 98.4 }).join()).toContain("/floatAccuracy");
    expect(complaints("evaluate", { ...evaluationFixture, tiles: Number.NaN }).join()).toContain("/tiles");
    expect(complaints("multiply", { ...multiplicationFixture, ideal: [1] }).join()).toContain("/ideal");
  });
});

// The command as it is built; `npm test` builds first.
describe.skipIf(!existsSync(program))("the command line (skipped where dist/ is not built)", () => {
  const folder = mkdtempSync(join(tmpdir(), "crossohm-contract-"));
  const file = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function crossohm(...words: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { status, stdout, stderr };
  }
  const small = ["--times", "0,1h,1y", "--chips", "2", "--threads", "1", "--seed", "3"];

  beforeAll(() => {
    // Eight inputs, two layers, three classes; the labels are whatever the float network does not say, accuracy is not the matter.
    const nodes = [
      node("Gemm", ["x", "w1", "b1"], ["h"]),
      node("Relu", ["h"], ["r"]),
      node("Gemm", ["r", "w2", "b2"], ["y"]),
    ];
    const tensors = [weight("w1", [8, 6]), weight("b1", [6]), weight("w2", [6, 3]), weight("b2", [3])];
    writeFileSync(file("small.onnx"), bytesOf({ nodes, tensors, input: ["batch", 8] }));
    const values = numbers(8 * 60, 11).map(Math.abs);
    const rows = Array.from({ length: 60 }, (_, i) => [i % 3, ...values.subarray(8 * i, 8 * i + 8)].join(","));
    const header = ["label", ...Array.from({ length: 8 }, (_, i) => `x${i}`)].join(",");
    writeFileSync(file("net.yaml"), "{layers: [8, 4, 3], activation: tanh, loss: mean-squared}\n");
    writeFileSync(file("digits.csv"), `${[header, ...rows].join("\n")}\n`);
    const matrix = (height: number, width: number, seed: number) => {
      const all = numbers(height * width, seed);
      return `${Array.from({ length: height }, (_, i) => all.subarray(i * width, (i + 1) * width).join(",")).join("\n")}\n`;
    };
    writeFileSync(file("weights.csv"), matrix(6, 4, 5));
    writeFileSync(file("inputs.csv"), matrix(3, 6, 6));
  });

  it.each([
    ["chip", ["pcm"]],
    ["chip", ["ideal"]],
    ["chip", ["pcm-hermes", "--set", "read.phases=1"]],
    ["device", ["list"]],
    ["paper", ["list"]],
    ["synapse", ["--devices", "3", "--synapses", "10", "--potentiation-counter", "2"]],
    [
      "synapse",
      ["--devices", "4", "--differential", "--compare", "--depression-share", "0.4", "--updates", "99", "--seed", "4"],
    ],
    ["synapse", ["--chip", "pulse-response", "--synapses", "5", "--policy", "least-used"]],
    ["device", ["vteam"]],
    ["device", ["pcm", "--devices", "3", "--protocol", "program-and-verify", "--seed", "2"]],
    ["evaluate", ["small.onnx", "--data", "digits.csv", "--chip", "pcm-hermes", ...small]],
    ["multiply", ["--weights", "weights.csv", "--inputs", "inputs.csv", "--chip", "pcm-hermes", ...small]],
    ["evaluate", ["small.onnx", "--data", "digits.csv", ...small]],
    ["multiply", ["--weights", "weights.csv", "--inputs", "inputs.csv", "--conductances", ...small]],
    ["train", ["small.onnx", "--data", "digits.csv", "--epochs", "2", "--rate", "0.02", "--threads", "2"]],
    ["train", ["net.yaml", "--data", "digits.csv", "--chip", "pcm-accumulation", "--threads", "1"]],
  ] as const)("writes what the schema of %s says: %j", (command, words) => {
    const { status, stdout, stderr } = crossohm(command, ...words, "--json", "-");
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    const result = JSON.parse(stdout);
    expect(complaints(command, result)).toEqual([]);
    expect(result.arguments).toEqual([...words, "--json", "-"]);
  });

  it("writes what the schema says of conductances that were saved before", () => {
    const words = ["small.onnx", "--data", "digits.csv", ...small, "--chip", "pcm-hermes"];
    crossohm("evaluate", ...words, "--save-conductances", "cells.npz", "--json", "own.json");
    const { stdout } = crossohm("evaluate", ...words, "--load-conductances", "cells.npz", "--json", "-");
    const result = JSON.parse(stdout);
    expect(complaints("evaluate", result)).toEqual([]);
    expect(result.conductances).toEqual({ file: "cells.npz", kind: "programmed", chips: [0, 1] });
    expect(result.results).toEqual(JSON.parse(readFileSync(file("own.json"), "utf8")).results);
  });

  it("writes what the schema says of a paper that its user stopped, and keeps the steps that ended", async () => {
    const words = [
      "paper",
      "run",
      "multi-memristive",
      "--quick",
      "--threads",
      "2",
      "--keep",
      "kept",
      "--json",
      "p.json",
    ];
    const running = spawn(process.execPath, [program, ...words], { cwd: folder });
    let told = "";
    let stopped = false;
    const status = await new Promise((resolve) => {
      running.stderr.on("data", (text) => {
        told += text;
        // Once: a second time stops the program at once.
        if (!stopped && /1 of \d+ done/.test(told)) stopped = running.kill("SIGINT");
      });
      running.on("exit", resolve);
    });
    expect([status, told]).toEqual([130, expect.stringMatching(/stopped with \d+ of \d+ steps finished/)]);
    const result = JSON.parse(readFileSync(file("p.json"), "utf8"));
    expect(complaints("paper", result)).toEqual([]);
    expect(result.claims.some(({ held }: { held: boolean | null }) => held === null)).toBe(true);
    const { all, notRun } = result.steps;
    expect(readdirSync(file("kept"))).toHaveLength(all - notRun.length);
  });

  it("makes parts that sum to their whole", () => {
    crossohm("evaluate", "small.onnx", "--data", "digits.csv", ...small, "--json", "sums.json");
    const { energy, latency, gpus } = JSON.parse(readFileSync(file("sums.json"), "utf8"));
    const sum = (parts: Record<string, number>) => Object.values(parts).reduce((total, part) => total + part, 0);
    for (const whole of [energy, latency]) {
      // Sums of a dozen doubles.
      expect(sum(whole.byComponent) / whole.perInference).toBeCloseTo(1, 12);
      expect(sum(whole.byLayer) / whole.perInference).toBeCloseTo(1, 12);
    }
    for (const gpu of gpus) {
      expect(sum(gpu.terms) / gpu.energyPerInference).toBeCloseTo(1, 12);
      const chip = energy.perInference + energy.programming / energy.inferences;
      expect((gpu.ratio * chip) / gpu.energyPerInference).toBeCloseTo(1, 12);
    }
  });

  it("writes the same result for any number of threads, and another for another seed", () => {
    const resultOf = (...words: string[]) => {
      const { stdout } = crossohm(
        "evaluate",
        "small.onnx",
        "--data",
        "digits.csv",
        "--times",
        "0,1y",
        "--chips",
        "3",
        ...words,
        "--json",
        "-",
      );
      const { runtime: _runtime, arguments: _arguments, ...result } = JSON.parse(stdout);
      return result;
    };
    const one = resultOf("--threads", "1");
    expect(resultOf("--threads", "3")).toEqual(one);
    expect(resultOf("--seed", "2").results).not.toEqual(one.results);
  });

  it("trains to the same bits on any number of threads", () => {
    const resultOf = (threads: string) => {
      const words = ["net.yaml", "--data", "digits.csv", "--epochs", "2", "--threads", threads, "--json", "-"];
      const { runtime: _runtime, arguments: _arguments, ...result } = JSON.parse(crossohm("train", ...words).stdout);
      return result;
    };
    expect(resultOf("3")).toEqual(resultOf("1"));
  });

  it("writes reports beside the JSON", () => {
    crossohm(
      "evaluate",
      "small.onnx",
      "--data",
      "digits.csv",
      ...small,
      "--report",
      "evaluation.html",
      "--json",
      "evaluation.json",
    );
    expect(readFileSync(file("evaluation.html"), "utf8")).toContain("</html>");
    crossohm("multiply", "--weights", "weights.csv", "--inputs", "inputs.csv", "--report", "multiplication.html");
    expect(readFileSync(file("multiplication.html"), "utf8")).toContain("</html>");
    // Nothing is left of the names they were written under.
    expect(readdirSync(folder).filter((name) => /tmp|part|~|\.\d+$/.test(name))).toEqual([]);
  });

  it.each([
    ["no file", ["evaluate", "absent.onnx", "--data", "digits.csv"], "absent.onnx"],
    ["no network", ["evaluate", "digits.csv", "--data", "digits.csv"], "digits.csv"],
    ["a directory", ["evaluate", ".", "--data", "digits.csv"], "."],
    ["an unknown chip", ["evaluate", "small.onnx", "--data", "digits.csv", "--chip", "pmc"], "pcm"],
    ["a negative time", ["evaluate", "small.onnx", "--data", "digits.csv", "--times=-1h"], "-1h"],
    ["an unknown device model", ["device", "vtaem"], "near: vteam"],
    ["an unknown protocol", ["device", "vteam", "--protocol", "iv-swep"], "near: iv-sweep"],
    ["a synapse of no devices", ["synapse", "--devices", "0"], "--devices"],
    ["a counter of no length", ["synapse", "--depression-counter", "0"], "--depression-counter"],
    ["half a device for each sign", ["synapse", "--devices", "7", "--differential"], "even number"],
    ["an unknown policy", ["synapse", "--policy", "global-clok"], "near: global-clock"],
    ["synapses of an unknown model", ["synapse", "--chip", "pcm-acumulation"], "near: pcm-accumulation"],
    ["synapses of a model without pulses", ["synapse", "--chip", "pcm"], "pcm: this device model has no pulses"],
    ["more devices than there is room for", ["synapse", "--synapses", "1000000"], "at most 2000000 devices"],
    ["more updates than anybody waits for", ["synapse", "--updates", "1e12"], "--updates"],
    ["a share above 1", ["synapse", "--depression-share", "30"], "--depression-share"],
    [
      "no device for a synapse",
      ["train", "net.yaml", "--data", "digits.csv", "--devices-per-synapse", "0"],
      "--devices-per",
    ],
    [
      "a counter of no length in training",
      ["train", "net.yaml", "--data", "x", "--depression-counter", "0"],
      "--depression",
    ],
    ["an unknown rule", ["train", "net.yaml", "--data", "digits.csv", "--rule", "stocastic"], "near: stochastic"],
    [
      "learning by a model without pulses",
      ["train", "net.yaml", "--data", "digits.csv", "--chip", "pcm"],
      "pulse-response",
    ],
    [
      "an option that a rule has not",
      ["train", "net.yaml", "--data", "digits.csv", "--set", "rule.trainLenth=3"],
      "trainLength",
    ],
    [
      "learning into the file it reads",
      ["train", "net.yaml", "--data", "digits.csv", "--checkpoint", "digits.csv"],
      "--data",
    ],
    [
      "going on from nothing",
      ["train", "net.yaml", "--data", "digits.csv", "--checkpoint", "no.npz", "--resume"],
      "no.npz",
    ],
    ["an unknown paper", ["paper", "run", "multi-memristve"], "near: multi-memristive"],
    ["a paper without its name", ["paper", "run"], "run NAME"],
    ["an unknown action", ["paper", "lst"], "near: list"],
    ["a value set in a paper", ["paper", "run", "multi-memristive", "--set", "spread=0"], "--set"],
    ["a file for a folder", ["paper", "run", "multi-memristive", "--keep", "digits.csv"], "digits.csv"],
    ["an unknown command", ["evalute", "small.onnx"], "evaluate"],
    ["an unknown option", ["evaluate", "small.onnx", "--data", "digits.csv", "--chps", "2"], "--chps"],
    ["matrices that do not fit", ["multiply", "--weights", "weights.csv", "--inputs", "weights.csv"], "weights.csv"],
  ])("refuses %s with exit status 2, in one line, and writes nothing", (_what, words, named) => {
    const { status, stdout, stderr } = crossohm(
      ...words,
      "--quiet",
      "--json",
      "refused.json",
      "--report",
      "refused.html",
    );
    expect(status).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(named);
    expect(stdout).toBe("");
    expect(readdirSync(folder).filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  it.each(commands)("has the options that the page names for %s, and the page all that it has", (command) => {
    const { status, stdout } = crossohm(command, "--help");
    expect(status).toBe(0);
    const known = new Set([...stdout.matchAll(/(?<=[\s,])--[a-z][a-z-]*/g)].map(([option]) => option));
    const named = optionsOnPage(command);
    // The page says of multiply that some are "as for evaluate", and of all commands what chip has no use for.
    if (command === "chip") expect([...known].filter((option) => !named.has(option))).toEqual([]);
    else {
      const all = new Set([...named, "--version"]);
      expect([...known].filter((option) => !all.has(option))).toEqual([]);
      expect([...named].filter((option) => option !== "--version" && !known.has(option))).toEqual([]);
    }
  });
});
