import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { characteriseHere } from "../../../src/surface/characterise.ts";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-device-"));
const file = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(file(name), "utf8");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A whole command, its work done here. `stopAfter`: the user presses Ctrl-C after so many rows. */
async function device(words: readonly string[], { stopAfter = Number.POSITIVE_INFINITY, terminal = false } = {}) {
  const [out, err]: string[][] = [[], []];
  const stopping = new AbortController();
  let rows = 0;
  const status = await runCommandLine(["device", ...words], {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text), isTTY: terminal },
    signal: stopping.signal,
    cores: 2,
    color: false,
    work: {
      ...noWork,
      characterise: (job, watch) =>
        characteriseHere(job, {
          ...watch,
          stage: (title, total) => {
            const stage = watch.stage(title, total);
            return {
              progress(amount) {
                stage.progress(amount);
                rows += amount;
                if (rows >= stopAfter) stopping.abort();
              },
            };
          },
        }),
    },
  });
  return { status, out: out.join(""), err: err.join("") };
}

beforeAll(() => {
  writeFileSync(file("measured.csv"), "sample,current (uA),voltage [mV]\n1,0,0\n2,105,100\n3,-52,-50\n");
  writeFileSync(file("staircase.csv"), "pulse,conductance (mS)\n0,1\n1,1.1\n");
  writeFileSync(file("decay.csv"), "time (h),conductance (uS)\n1,12\n2,11\n");
  writeFileSync(file("wrong-unit.csv"), "voltage (A),current\n1,2\n");
  writeFileSync(file("unnamed.csv"), "1,2\n3,4\n");
  writeFileSync(file("others.csv"), "a,b\n3,4\n");
  writeFileSync(file("words.csv"), "voltage,current\n1,--\n");
  writeFileSync(file("train.yaml"), "steps:\n  - pulse: {voltage: 0.3 V, width: 100 ps, count: 3}\n  - read: {}\n");
});

describe("crossohm device", () => {
  it("prints where the protocol left the devices, and tells progress on standard error", async () => {
    const { status, out, err } = await device(["vteam", "--devices", "3"]);
    expect([status, err]).toEqual([0, "running the protocol\n"]);
    for (const part of ["vteam: Voltage-threshold", "protocol default, 3 devices", "0 sweep", "Energy", "Law: dw/dt"]) {
      expect(out).toContain(part);
    }
    expect((await device(["vteam", "--quiet"])).err).toBe("");
  });

  it("writes JSON whose columns are of one length, and nothing else on standard output", async () => {
    const words = ["vteam", "--protocol", file("train.yaml"), "--devices", "2", "--seed", "7", "--json", "-"];
    const { status, out } = await device(words);
    expect(status).toBe(0);
    const result = JSON.parse(out);
    expect(Object.keys(result).slice(0, 6)).toEqual([
      ...["crossohm", "command", "arguments", "seed", "kernels", "warnings"],
    ]);
    expect(result).toMatchObject({
      command: "device",
      arguments: words,
      seed: 7,
      model: "vteam",
      parameterSet: "kvatinsky-2015",
      protocol: {
        name: file("train.yaml"),
        devices: 2,
        steps: [
          { step: 0, pulse: { width: 1e-10, period: 2e-10, count: 3 } },
          { step: 1, read: { count: 1 } },
        ],
      },
    });
    expect(result.columns.device).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    for (const column of Object.values(result.columns)) expect(column).toHaveLength(10);
  });

  it("writes the same columns as a table", async () => {
    await device(["vteam", "--protocol", file("train.yaml"), "--csv", file("rows.csv"), "--json", file("rows.json")]);
    const [header, ...rows] = read("rows.csv").trim().split("\n");
    const { columns } = JSON.parse(read("rows.json"));
    expect(header).toBe(Object.keys(columns).join(","));
    const values = rows.map((row) => row.split(",").map(Number));
    for (const [index, column] of Object.values(columns).entries()) {
      expect(values.map((row) => row[index])).toEqual(column);
    }
  });

  it("cites what the set rests on, one valid entry a work", async () => {
    const { out } = await device(["vteam", "--quiet", "--cite"]);
    const entries = out.split(/\n(?=@)/);
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(entry).toMatch(/^@(article|misc)\{[\w.-]+,\n( {2}\w+ = \{.*\},?\n)+\}\n?$/);
    expect(out).toContain("doi = {10.1109/TCSII.2015.2433536}");
    expect(out).toContain("author = {Kvatinsky and others}");
    await device(["vteam", "--quiet", "--cite", file("vteam.bib")]);
    expect(read("vteam.bib")).toBe(out);
    expect(await device(["vteam", "--cite", "--json", "-"])).toMatchObject({ status: 2 });
  });

  it("lists the models for people and for scripts", async () => {
    const { out } = await device(["list"]);
    expect(out).toMatch(/vteam +dynamic/);
    expect(out).toMatch(/iv-sweep .*vteam/);
    const { models } = JSON.parse((await device(["list", "--json", "-"])).out);
    expect(Object.keys(models[0])).toEqual(["name", "title", "kind", "parameterSets", "protocols", "sources"]);
    await device(["list", "--report", file("list.html")]);
    expect(read("list.html")).toContain("kvatinsky-2015");
  });

  it("stopped, writes what was finished and ends with 130", async () => {
    const { status, err } = await device(["vteam", "--json", file("stopped.json")], { stopAfter: 50 });
    expect(status).toBe(130);
    expect(err).toContain("stopped before the protocol's end");
    expect(JSON.parse(read("stopped.json")).columns.time).toHaveLength(50);
  });

  it.each([
    [["vtaem"], 'device: no model "vtaem"'],
    [["vteam", "--protocol", "absent.yaml"], 'no protocol or file "absent.yaml" for vteam'],
    [["vteam", "--devices", "0"], '--devices: "0", expected a whole number from 1'],
    [["vteam", "--set", "devices=1.5"], "--set: devices is 1.5"],
    [["vteam", "--devices", "1000000"], "default: a table of 401,000,000 rows"],
    [["vteam", "--parameters", "absent.yaml"], '--parameters: no parameter set or file "absent.yaml"'],
  ])("refuses %j in one line, status 2, and writes nothing", async (words, message) => {
    const { status, out, err } = await device([...words, "--json", file("refused.json"), "--report", file("r.html")]);
    expect([status, out]).toEqual([2, ""]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toContain(message);
    expect(existsSync(file("refused.json")) || existsSync(file("r.html"))).toBe(false);
  });
});

describe("measured points over a figure", () => {
  it("are read by their columns' names, in SI", async () => {
    await device([
      "vteam",
      "--overlay",
      file("measured.csv"),
      "--json",
      file("over.json"),
      "--report",
      file("over.html"),
    ]);
    const { overlay } = JSON.parse(read("over.json"));
    expect(overlay).toMatchObject({ figure: "loop", x: [0, 0.1, -0.05] });
    for (const [k, amperes] of [0, 105e-6, -52e-6].entries()) expect(overlay.y[k]).toBeCloseTo(amperes, 15);
    expect(read("over.html")).toContain("measured.csv, measured.");
    const train = ["vteam", "--protocol", "pulse-train", "--overlay", file("staircase.csv"), "--json", "-"];
    expect(JSON.parse((await device(train)).out).overlay.figure).toBe("staircase");
    const drift = ["pcm", "--overlay", file("decay.csv"), "--json", "-"];
    expect(JSON.parse((await device(drift)).out).overlay).toMatchObject({ figure: "decay", x: [3600, 7200] });
  });

  it.each([
    ["wrong-unit.csv", 'wrong-unit.csv:1: column "voltage (A)" has the unit A, expected a voltage such as 0.2 V'],
    ["unnamed.csv", "unnamed.csv: no header, expected columns named voltage and current"],
    ["others.csv", "others.csv:1: the columns a, b, expected voltage and current, pulse and conductance"],
    ["staircase.csv", "staircase.csv: pulse and conductance, expected a protocol with a pulse"],
    ["words.csv", 'words.csv:2: column "current" holds "--", expected a number'],
    ["absent.csv", "absent.csv: no such file"],
  ])("are refused in one line: %s", async (name, message) => {
    const { status, err } = await device(["vteam", "--overlay", file(name)]);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});
