import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SavedArrays } from "../../../experiments/network/index.ts";
import { readCsvTable } from "../../../src/ground/formats/csv-table.ts";
import { readNpz, writeNpz } from "../../../src/ground/formats/npz.ts";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import type { EvaluateJob, World } from "../../../src/surface/cli/world.ts";
import { bytesOf, node, weight } from "../../onnx-graphs.ts";
import { evaluationFixture } from "../report-fixture.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-arrays-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const values = Float32Array.of(1e-6, 25e-6, 0, 3e-6);
const saved: SavedArrays = {
  conductances: [["/fc.target.positive", { shape: [2, 2], values: [values.subarray(0, 2), values.subarray(2)] }]],
  outputs: [
    ["scores", { shape: [2, 2], values }],
    ["compensated", { shape: [2], values: Uint8Array.of(0, 1), boolean: true }],
  ],
};

beforeAll(() => {
  const nodes = [node("Gemm", ["x", "w"], ["y"])];
  writeFileSync(file("network.onnx"), bytesOf({ nodes, tensors: [weight("w", [4, 3])], input: ["batch", 4] }));
  const images = { shape: [40, 2, 2], values: Uint8Array.from({ length: 160 }, (_, i) => i) };
  const labels = { shape: [40], values: Int32Array.from({ length: 40 }, (_, i) => i % 3) };
  writeFileSync(file("images.npz"), writeNpz(Object.entries({ images, labels })));
  writeFileSync(file("cells.npz"), writeNpz(saved.conductances!));
  writeFileSync(file("words.npz"), "words");
  mkdirSync(file("folder"));
  symlinkSync(file("network.onnx"), file("link.onnx"));
});

async function evaluate(words: readonly string[], doing: { room?: [number, number]; interrupted?: boolean } = {}) {
  const [out, err]: string[][] = [[], []];
  let job: EvaluateJob | undefined;
  const { results, ...rest } = evaluationFixture;
  const loaded = { file: "folder/cells.npz", kind: "at", chips: [0] } as const;
  const world: World = {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
    signal: new AbortController().signal,
    cores: 1,
    color: false,
    work: {
      ...noWork,
      async evaluate(given) {
        job = given;
        const [conductances, outputs] = doing.room ?? [64, 64];
        given.room({ conductances, outputs });
        return {
          result: { results, ...rest, ...(given.conductances ? { conductances: loaded } : {}) },
          interrupted: doing.interrupted === true,
          kernels: {},
          warnings: [],
          chips: [0, 1, 3, 4, 7],
          chipsAsked: 9,
          saved,
        };
      },
    },
  };
  const status = await runCommandLine(
    ["evaluate", file("network.onnx"), "--data", file("images.npz"), ...words],
    world,
  );
  return { status, out: out.join(""), err: err.join(""), job };
}

describe("files of arrays", () => {
  it("are written as they are asked for, whole, and nothing else is", async () => {
    const before = readdirSync(folder);
    const words = ["--save-outputs", file("scores.npz"), "--save-conductances", file("saved.npz"), "--quiet"];
    const { status, err, job } = await evaluate(words);
    expect([status, err]).toEqual([0, ""]);
    expect(job?.request.saves).toEqual({ conductances: true, outputs: true });
    expect(readNpz(readFileSync(file("saved.npz")), "saved.npz").get("/fc.target.positive")).toEqual({
      shape: [2, 2],
      values,
    });
    const scores = readNpz(readFileSync(file("scores.npz")), "scores.npz");
    expect([...scores.keys()]).toEqual(["scores", "compensated"]);
    expect(readdirSync(folder).sort()).toEqual([...before, "saved.npz", "scores.npz"].sort());
  });

  it("are written of what finished before an interruption", async () => {
    const words = ["--save-conductances", file("part.npz"), "--csv", file("part.csv"), "--quiet"];
    const { status, err } = await evaluate(words, { interrupted: true });
    expect([status, err]).toEqual([130, "crossohm: stopped with 5 of 9 chips finished\n"]);
    expect(existsSync(file("part.npz")) && existsSync(file("part.csv"))).toBe(true);
  });

  it("of accuracies have a row for each chip, time and setting, and numbers that read back the same", async () => {
    await evaluate(["--csv", file("accuracy.csv"), "--quiet"]);
    const text = readFileSync(file("accuracy.csv"), "utf8");
    const [header, ...lines] = text.trimEnd().split("\n");
    expect(header).toBe("chip,time,sinceProgramming,compensated,accuracy");
    const expected = [0, 1, 3, 4, 7].flatMap((chip, index) =>
      evaluationFixture.results.map(({ time, sinceProgramming, compensated, accuracy }) => [
        chip,
        time,
        sinceProgramming,
        compensated ? 1 : 0,
        accuracy.chips[index],
      ]),
    );
    const numbers = text.replaceAll("true", "1").replaceAll("false", "0");
    expect([...readCsvTable(numbers, "accuracy.csv").values]).toEqual(expected.flat());
    expect(lines[0]).toMatch(/^0,0,20,(true|false),0\.\d+$/);
  });

  it("loaded bring their chips and times, unless those stand on the command line", async () => {
    const load = ["--load-conductances", file("cells.npz"), "--quiet"];
    const own = (await evaluate(load)).job!.conductances!;
    expect([own.file, own.times, own.chips, own.archive.names]).toEqual([
      file("cells.npz"),
      null,
      null,
      ["/fc.target.positive"],
    ]);
    const told = (await evaluate([...load, "--times", "1d,0", "--chips", "2"])).job!.conductances!;
    expect([told.times, told.chips]).toEqual([[0, 86_400], 2]);
    const { out } = await evaluate([...load, "--report", file("loaded.html")]);
    expect(out).toContain("5 chips with the conductances of cells.npz (those of each time), seed 1");
    const page = readFileSync(file("loaded.html"), "utf8");
    expect(page).toContain("5 chips with the conductances of cells.npz (those of each time).");
    expect(page).not.toContain("independently drawn");
  });

  it("that are large are announced; those that their disk has no room for are refused before the chips run", async () => {
    const words = ["--save-conductances", file("large.npz"), "--save-outputs", file("more.npz")];
    const { status, err } = await evaluate(words, { room: [2.5e9, 1e9] });
    expect(status).toBe(0);
    expect(err).toBe(`--save-conductances: 2.5 GB in memory until the end, and as much in "${file("large.npz")}"\n`);
    const full = await evaluate(words, { room: [1e3, 1e18] });
    expect(full.status).toBe(2);
    expect(full.err).toMatch(
      /^--save-outputs: 1000000000\.0 GB of arrays, expected no more than the .* GB that are free where ".*more\.npz" is to be\n$/,
    );
  });

  it.each([
    [["--csv", "folder"], '--csv: "FOLDER/folder" is a folder, expected a file'],
    [["--csv", "absent/a.csv"], '--csv: no folder "FOLDER/absent"'],
    [["--csv=-"], '--csv: "-", expected a file: --json alone goes to standard output'],
    [
      ["--save-outputs", "a.npz", "--save-conductances", "a.npz"],
      '--save-conductances: "FOLDER/a.npz", the file of --save-outputs, expected another file',
    ],
    [["--json", "a", "--csv", "folder/../a"], '--csv: "FOLDER/folder/../a", the file of --json, expected another file'],
    [
      ["--save-conductances", "cells.npz", "--load-conductances", "cells.npz"],
      '--save-conductances: "FOLDER/cells.npz", the file of --load-conductances',
    ],
    [["--csv", "images.npz"], '--csv: "FOLDER/images.npz", the file of --data'],
    [["--report", "link.onnx"], '--report: "FOLDER/link.onnx", the file of the network'],
    [
      ["--load-conductances", "cels.npz"],
      "FOLDER/cels.npz: no such file, expected conductances (.npz); near: cells.npz",
    ],
    [["--load-conductances", "folder"], "FOLDER/folder: a folder, expected conductances (.npz)"],
    [["--load-conductances", "words.npz"], "FOLDER/words.npz:byte 0: another magic, expected a NumPy archive (zip)"],
  ])("are refused before the run starts: %j", async (words, message) => {
    const before = readdirSync(folder);
    const given = words.map((word) => (word.startsWith("--") ? word : `${folder}/${word}`));
    const { status, err, out, job } = await evaluate(given);
    expect([status, out, job]).toEqual([2, "", undefined]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err.replaceAll(folder, "FOLDER")).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });
});
