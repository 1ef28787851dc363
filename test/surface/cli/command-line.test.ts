import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError, InterruptedError, NotReachedError } from "../../../src/ground/errors.ts";
import { writeNpz } from "../../../src/ground/formats/npz.ts";
import { writeModel } from "../../../src/ground/formats/onnx.ts";
import { onnxGraph, onnxModel, onnxNode, valueInfo } from "../../../src/ground/formats/onnx-nodes.ts";
import { characteriseHere } from "../../../src/surface/characterise.ts";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import type { EvaluateJob, MultiplyJob, Watch, World } from "../../../src/surface/cli/world.ts";
import type { Head } from "../../../src/surface/report/shapes.ts";
import { evaluationFixture, multiplicationFixture } from "../report-fixture.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-cli-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  // Its weights are not looked at here.
  const graph = onnxGraph("network", {
    nodes: [onnxNode("Flatten", ["x"], ["y"])],
    inputs: [valueInfo("x", 1, ["n", 2, 2])],
    outputs: [valueInfo("y", 1)],
  });
  writeFileSync(file("network.onnx"), writeModel(onnxModel(graph)));
  const images = { shape: [40, 2, 2], values: Uint8Array.from({ length: 160 }, (_, i) => i) };
  const labels = { shape: [40], values: Int32Array.from({ length: 40 }, (_, i) => i % 3) };
  writeFileSync(
    file("images.npz"),
    writeNpz([
      ["images", images],
      ["labels", labels],
    ]),
  );
  writeFileSync(file("weights.csv"), "1,2\n3,4\n5,6\n");
  writeFileSync(file("inputs.csv"), "0.1,0.2,0.3\n");
  writeFileSync(file("chip.yaml"), "tile: {rows: 128}\n");
});

/** A result as the floors give it: the head comes from the command. */
function headless<T extends object>({
  crossohm,
  command,
  arguments: words,
  seed,
  kernels,
  warnings,
  ...result
}: T & Head) {
  return result;
}

/** What a command line did, with work that is only noted down. */
async function crossohm(
  words: readonly string[],
  doing: { interrupted?: boolean; throws?: unknown; warnings?: string[] } = {},
) {
  const [out, err]: string[][] = [[], []];
  const jobs: { evaluate?: EvaluateJob; multiply?: MultiplyJob } = {};
  const stopping = new AbortController();
  const ended = async <T>(result: T, watch: Watch) => {
    watch.stage("working", 10).progress(10);
    if (doing.throws) throw doing.throws;
    return {
      result,
      interrupted: doing.interrupted === true,
      kernels: { engine: "webassembly" },
      warnings: doing.warnings ?? [],
    };
  };
  const world: World = {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
    signal: stopping.signal,
    cores: 4,
    color: false,
    work: {
      ...noWork,
      async evaluate(job, watch) {
        jobs.evaluate = job;
        const done = await ended(headless(evaluationFixture), watch);
        return {
          ...done,
          chips: [0, 1, 2, 3, 4],
          chipsAsked: job.request.chips,
          saved: { conductances: null, outputs: null },
        };
      },
      async multiply(job, watch) {
        jobs.multiply = job;
        return ended(headless(multiplicationFixture) as never, watch);
      },
      characterise: characteriseHere,
    },
  };
  const status = await runCommandLine(words, world);
  return { status, out: out.join(""), err: err.join(""), ...jobs };
}

const evaluate = (...words: string[]) =>
  crossohm(["evaluate", file("network.onnx"), "--data", file("images.npz"), ...words]);
const multiply = (...words: string[]) =>
  crossohm(["multiply", "--weights", file("weights.csv"), "--inputs", file("inputs.csv"), ...words]);

describe("the command line", () => {
  it("prints help and version on standard output, status 0", async () => {
    for (const words of [["--help"], ["chip", "--help"], ["evaluate", "--help"], ["multiply", "--help"]]) {
      const { status, out, err } = await crossohm(words);
      expect([status, err]).toEqual([0, ""]);
      expect(out).toContain("Usage: crossohm");
    }
    for (const words of [["--version"], ["chip", "--version"]]) {
      expect(await crossohm(words)).toMatchObject({ status: 0, out: "0.1.0\n", err: "" });
    }
  });

  it("without a command prints help on standard error, status 2", async () => {
    const { status, out, err } = await crossohm([]);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain("Usage: crossohm");
  });

  // Options of what does not exist yet are refused like any other bad word.
  it.each([
    [["evalute"], "crossohm: unknown command 'evalute' (Did you mean evaluate?)"],
    [["evaluate", "--data", "d"], "crossohm evaluate: missing required argument 'network.onnx'"],
    [["evaluate", "a.onnx"], "crossohm evaluate: required option '--data <DIR|FILE>' not specified"],
    [["evaluate", "a.onnx", "--chps", "2"], "unknown option '--chps' (Did you mean --chips?)"],
    [["multiply", "--weights", "w.csv"], "crossohm multiply: required option '--inputs <FILE>' not specified"],
    [["multiply", "--inputs", "x.csv"], "crossohm multiply: required option '--weights <FILE>' not specified"],
    [["multiply", "--weights", "w.csv", "--imputs", "x.csv"], "unknown option '--imputs' (Did you mean --inputs?)"],
    [["evaluate", "a.onnx", "b.onnx", "--data", "d"], "too many arguments"],
    [["evaluate", "a.onnx", "--data", "d", "--chps", "2"], "unknown option '--chps' (Did you mean --chips?)"],
    [["evaluate", "a.onnx", "--data", "d", "--why"], "unknown option '--why'"],
    [["evaluate", "a.onnx", "--data", "d", "--json"], "option '--json <FILE>' argument missing"],
    [["chip"], "crossohm chip: missing required argument"],
    [["chip", "pcm", "--seed", "-1"], '--seed: "-1", expected a whole number from 0'],
    [["chip", "pcm", "--seed", "1.5"], '--seed: "1.5"'],
    [["chip", "pcm", "--threads", "0"], '--threads: "0", expected a whole number from 1 to 1024'],
    [["chip", "pcm", "--set", "tile.rows"], '--set: "tile.rows", expected KEY=VALUE'],
    [["chip", "pmc"], 'chip: no preset, device model or file "pmc", expected ideal, pcm, pcm-hermes, '],
  ])("refuses %j in one line, status 2", async (words, message) => {
    const { status, out, err } = await crossohm(words);
    expect([status, out]).toEqual([2, ""]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toContain(message);
  });

  it.each([
    [new InputError("net.onnx:node 3: Foo, expected an operator"), 2, "net.onnx:node 3: Foo, expected an operator\n"],
    [new NotReachedError("solver: 3e-3 after 100 steps"), 3, "solver: 3e-3 after 100 steps\n"],
    [
      new InterruptedError("interrupted before the first chip was finished"),
      130,
      "crossohm: interrupted before the first chip was finished\n",
    ],
  ])("tells %s in one line, status %i", async (thrown, status, line) => {
    const words = [
      "evaluate",
      file("network.onnx"),
      "--data",
      file("images.npz"),
      "--quiet",
      "--json",
      file("none.json"),
    ];
    expect(await crossohm(words, { throws: thrown })).toMatchObject({ status, err: line, out: "" });
    expect(existsSync(file("none.json"))).toBe(false);
  });

  it("shows a defect of ours with its stack, status 1", async () => {
    const { status, err } = await crossohm(["evaluate", file("network.onnx"), "--data", file("images.npz")], {
      throws: new TypeError("x is undefined"),
    });
    expect(status).toBe(1);
    expect(err).toMatch(/^working\ncrossohm: a defect of ours: TypeError: x is undefined\n +at /);
  });
});

describe("chip", () => {
  it("lists the presets", async () => {
    const { status, out } = await crossohm(["chip", "list"]);
    expect(status).toBe(0);
    expect(out.split("\n").map((line) => line.split(" ")[0])).toEqual(["ideal", "pcm", "pcm-hermes", ""]);
    const { presets } = JSON.parse((await crossohm(["chip", "list", "--json", "-"])).out);
    expect(presets.map(({ name }: { name: string }) => name)).toEqual(["ideal", "pcm", "pcm-hermes"]);
  });

  it("prints a chip file that reads back to the same one", async () => {
    const printed = (await crossohm(["chip", file("chip.yaml"), "--set", "read.voltage=150 mV"])).out;
    expect(printed).toContain('rows: {value: 128, unit: "1", howKnown: assumed, source: chip file}');
    expect(printed).toContain("voltage: {value: 150, unit: mV, howKnown: assumed, source: set by the user}");
    writeFileSync(file("printed.yaml"), printed);
    expect((await crossohm(["chip", file("printed.yaml")])).out).toBe(printed);
  });

  it("gives the same tree as JSON, with the head that every JSON has", async () => {
    const { status, out, err } = await crossohm(["chip", "ideal", "--json", "-", "--seed", "7"]);
    expect([status, err]).toEqual([0, ""]);
    const chip = JSON.parse(out);
    expect(Object.keys(chip).slice(0, 6)).toEqual(["crossohm", "command", "arguments", "seed", "kernels", "warnings"]);
    expect(chip).toMatchObject({
      command: "chip",
      arguments: ["ideal", "--json", "-", "--seed", "7"],
      seed: 7,
      inputConverter: { bits: { value: "Infinity", unit: "1" } },
      device: { range: { value: 25e-6, unit: "S" } },
    });
  });

  it("writes a report", async () => {
    expect((await crossohm(["chip", "pcm", "--report", file("chip.html")])).status).toBe(0);
    const page = readFileSync(file("chip.html"), "utf8");
    for (const text of ["</html>", "readNoise.reference", "25 uS", "joshi-2020", "secondary"])
      expect(page).toContain(text);
  });
});

describe("evaluate", () => {
  it("asks for what the contract says unless told otherwise", async () => {
    const { status, evaluate: job } = await evaluate();
    expect(status).toBe(0);
    expect(job?.request).toEqual({
      data: file("images.npz"),
      times: [0, 3600, 86_400, 30 * 86_400, 365 * 86_400],
      chips: 5,
      seed: 1,
      compensation: "both",
      readNoise: "process",
      fidelity: "statistical",
      readWindow: null,
      without: new Set(),
      causes: false,
      top: [5],
      gpus: ["a100", "orin"],
      batches: [1, "best"],
      precision: "fp16",
      inferences: 1e6,
      saves: { conductances: false, outputs: false },
    });
    expect(job?.conductances).toBeNull();
    expect(job?.chip.name).toBe("pcm");
    expect(job?.threads).toBe(4);
    expect(Buffer.from(job!.network.bytes).equals(readFileSync(file("network.onnx")))).toBe(true);
    // A tenth of the archive calibrates.
    expect([job?.calibration.labels.length, job?.test.labels.length]).toEqual([4, 36]);
  });

  it("takes every option, in SI", async () => {
    const words =
      "--chip ideal --times 1h,0,20,1h --chips 3 --seed 9 --threads 2 --compensation global --scale layer --read-noise held";
    const more =
      "--fidelity sampled --read-window 5ms --without drift,clipping --gpu h100 --batch 64 --precision int8 --inferences 2.5e3";
    const rest = "--images 10 --input-scale 0.5 --input-shift -1 --set tile.rows=64 --set inputConverter.bits=6";
    const { evaluate: job } = await evaluate(...`${words} ${more} ${rest}`.split(" "));
    expect(job?.request).toMatchObject({
      times: [0, 20, 3600],
      chips: 3,
      seed: 9,
      compensation: "global",
      readNoise: "held",
      fidelity: "sampled",
      readWindow: 0.005,
      without: new Set(["drift", "clipping"]),
      gpus: ["h100"],
      batches: [64],
      precision: "int8",
      inferences: 2500,
    });
    expect(job?.threads).toBe(2);
    expect(job?.chip).toMatchObject({
      name: "ideal",
      tile: { scale: { value: "layer" }, rows: { value: 64 } },
      inputConverter: { bits: { value: 6 } },
    });
    expect(job?.test).toMatchObject({ scale: [0.5], shift: [-1] });
    expect(job?.test.labels).toHaveLength(10);
  });

  it("takes scales and shifts as lists and as quotients", async () => {
    const { evaluate: job } = await evaluate("--input-scale", "1/255", "--input-shift", "-0.5/0.25,0, 50 %");
    expect(job?.test).toMatchObject({ scale: [1 / 255], shift: [-2, 0, 0.5] });
  });

  it("switches all causes off with `all`, and lets --set beat --scale", async () => {
    const { evaluate: job } = await evaluate("--without", "all", "--scale", "tile", "--set", "tile.scale=layer");
    expect([...(job?.request.without ?? [])]).toEqual(
      expect.arrayContaining([
        "programmingNoise",
        "drift",
        "readNoise",
        "inputConverter",
        "outputConverter",
        "clipping",
      ]),
    );
    expect(job?.chip.tile.scale.value).toBe("layer");
  });

  it.each([
    [["--times", "-1h"], '--times: "-1h", expected times from 0, such as 0,1h,1d,30d,1y'],
    [["--times", "1h,soon"], '--times: "soon"'],
    [["--times", ""], "--times: nothing"],
    [["--times", "1h,"], "--times: nothing"],
    [["--times", "Infinity"], '--times: "Infinity"'],
    [["--times", "1 uS"], '--times: "1 uS"'],
    [["--chips", "0"], '--chips: "0", expected a whole number from 1'],
    [["--chips", "1e9"], '--chips: "1e9"'],
    [["--compensation", "all"], '--compensation: "all", expected none or global or both'],
    [["--scale", "row"], '--scale: "row", expected column or tile or layer'],
    [["--read-noise", "perread"], '--read-noise: "perread", expected process or held or perRead; near: perRead'],
    [["--read-window", "0"], '--read-window: "0", expected a time such as 20s, 1h, 30d or 1y, above 0'],
    [["--fidelity", "nodal"], '--fidelity: "nodal", expected statistical or sampled'],
    [["--without", "drif"], "near: drift"],
    [["--without", "wires"], '--without: "wires"'],
    [["--gpu", "a1000"], "near: a100"],
    [["--batch", "0"], '--batch: "0"'],
    [["--batch", "most"], '--batch: "most"'],
    [["--precision", "fp8"], '--precision: "fp8", expected fp32 or fp16 or int8'],
    [["--inferences", "0.5"], '--inferences: "0.5", expected a number from 1'],
    [["--inferences", "1 s"], '--inferences: "1 s"'],
    [["--images", "0"], '--images: "0"'],
    [["--images", "50"], "--images: 50, expected at most the 36"],
    [["--split", "validation"], '--split: "validation"'],
    [["--input-scale", "0"], '--input-scale: "0", expected numbers other than 0, such as 1/255'],
    [["--input-scale", "1,,2"], "--input-scale: nothing"],
    [["--input-scale", "1/0"], '--input-scale: "1/0"'],
    [["--input-scale", "1/"], '--input-scale: "1/"'],
    [["--input-shift", "a/2"], '--input-shift: "a/2", expected numbers'],
    [["--input-scale", "NaN"], '--input-scale: "NaN"'],
    [["--chip", "pmc"], "near: pcm"],
    [["--parameters", "joshi"], '--parameters: no parameter set or file "joshi" of the model pcm'],
    [["--set", "tile.row=5"], "near: tile.rows"],
    [["--json", "/none/of/these/result.json"], '--json: no folder "/none/of/these"'],
    [["--report", tmpdir()], `--report: "${tmpdir()}" is a folder`],
  ])("refuses %j before any work", async (words, message) => {
    const { status, out, err, evaluate: job } = await evaluate(...words);
    expect([status, out, job]).toEqual([2, "", undefined]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toContain(message);
  });

  it("refuses a network that is not there, or is a folder", async () => {
    const at = (network: string) => crossohm(["evaluate", network, "--data", file("images.npz")]);
    expect((await at(file("netwrk.onnx"))).err).toContain(
      "no such file, expected a network (.onnx); near: network.onnx",
    );
    expect((await at(folder)).err).toContain(": a folder, expected a network (.onnx)");
  });

  it("refuses one file for JSON and report", async () => {
    expect((await evaluate("--json", file("same"), "--report", file("same"))).err).toContain("expected another file");
  });

  it("writes JSON, report and summary; with --json - nothing but JSON on standard output", async () => {
    const both = await evaluate("--json", file("result.json"), "--report", file("result.html"));
    expect(both).toMatchObject({ status: 0, err: "working\n" });
    expect(both.out).toContain("GPU");
    const result = JSON.parse(readFileSync(file("result.json"), "utf8"));
    expect(Object.keys(result).slice(0, 6)).toEqual([
      "crossohm",
      "command",
      "arguments",
      "seed",
      "kernels",
      "warnings",
    ]);
    expect(result).toMatchObject({ command: "evaluate", kernels: { engine: "webassembly" }, chip: { name: "pcm" } });
    expect(readFileSync(file("result.html"), "utf8")).toContain("</html>");
    const alone = await evaluate("--json", "-");
    expect(JSON.parse(alone.out).results).toEqual(JSON.parse(JSON.stringify(result.results)));
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("is silent when quiet", async () => {
    expect(await evaluate("--quiet", "--json", "-")).toMatchObject({ status: 0, err: "" });
  });

  it("when interrupted writes what was finished, status 130", async () => {
    const words = ["evaluate", file("network.onnx"), "--data", file("images.npz"), "--json", file("part.json")];
    const { status, err } = await crossohm(words, { interrupted: true });
    expect(status).toBe(130);
    expect(err).toContain(`stopped with ${evaluationFixture.finishedChips} of 5 chips finished`);
    expect(JSON.parse(readFileSync(file("part.json"), "utf8")).finishedChips).toBe(evaluationFixture.finishedChips);
  });
});

describe("multiply", () => {
  it("asks for what the contract says unless told otherwise", async () => {
    const { status, multiply: job } = await multiply();
    expect(status).toBe(0);
    expect(job?.request).toEqual({
      weights: file("weights.csv"),
      inputs: file("inputs.csv"),
      weightRange: null,
      inputRange: null,
      outputRange: null,
      repeats: 1,
      chips: 1,
      seed: 1,
      times: [0],
      fidelity: "statistical",
      readNoise: "process",
      readWindow: null,
      without: new Set(),
      conductances: false,
    });
    expect(job?.weights).toEqual({ rows: 3, columns: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(job?.inputs).toEqual({ rows: 1, columns: 3, values: Float32Array.of(0.1, 0.2, 0.3) });
  });

  it("takes every option", async () => {
    const words =
      "--weight-range 2 --input-range 0.5 --output-range 3 --repeats 4 --chips 2 --times 1d --without all --conductances";
    const { multiply: job } = await multiply(...words.split(" "));
    expect(job?.request).toMatchObject({
      weightRange: 2,
      inputRange: 0.5,
      outputRange: 3,
      repeats: 4,
      chips: 2,
      times: [86_400],
      conductances: true,
    });
  });

  it("turns W over, and takes the tensor that is named", async () => {
    const { multiply: job } = await multiply("--transpose");
    expect(job?.weights).toEqual({ rows: 2, columns: 3, values: Float32Array.of(1, 3, 5, 2, 4, 6) });
    const { status, err } = await multiply("--tensor", "fc.weight");
    expect([status, err]).toEqual([
      2,
      expect.stringContaining('an array without a name, expected npz or safetensors with "fc.weight"'),
    ]);
  });

  it.each([
    [["--weight-range", "0"], '--weight-range: "0", expected a number above 0'],
    [["--input-range", "-1"], '--input-range: "-1"'],
    [["--output-range", "1 S"], '--output-range: "1 S"'],
    [["--repeats", "0"], '--repeats: "0"'],
    [["--images", "3"], "unknown option '--images'"],
    [["--gpu", "a100"], "unknown option '--gpu'"],
    [["--save-conductances", "f.npz"], "unknown option '--save-conductances'"],
  ])("refuses %j", async (words, message) => {
    const { status, err, multiply: job } = await multiply(...words);
    expect([status, job]).toEqual([2, undefined]);
    expect(err).toContain(message);
  });

  it("prints what came of it, and writes JSON and report", async () => {
    const { status, out } = await multiply("--json", file("product.json"), "--report", file("product.html"));
    expect(status).toBe(0);
    expect(out).toContain("relative error");
    expect(JSON.parse(readFileSync(file("product.json"), "utf8")).command).toBe("multiply");
    expect(readFileSync(file("product.html"), "utf8")).toContain("</html>");
  });
});
