import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import type { PaperDone, PaperJob } from "../../../src/surface/cli/world.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-paper-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const claim = { unit: "1", low: 0.9, high: null, howKnown: "paper" } as const;
const held = { ...claim, id: "3.j", text: "AUC", value: 0.9372, held: true };
const failed = {
  ...held,
  id: "3.d",
  text: "Mean after a pulse",
  unit: "S",
  value: 2.5e-6,
  low: 2e-6,
  high: 2.1e-6,
  held: false,
};
const notRun = {
  ...claim,
  id: "3.k",
  text: "Devices",
  low: 7,
  high: 7,
  value: null,
  held: null,
  reason: "a quick run has fewer",
};
const x = [1, 2, 3];

/** Every mark and axis that a figure can have. */
const figures: PaperDone["figures"] = [
  {
    name: "lines",
    title: "Lines",
    caption: "Lines & a band.",
    x: { label: "pulses", unit: "1" },
    y: { label: "conductance", unit: "S" },
    series: [
      { name: "mean <of all>", mark: "line", x, y: [1e-6, 2e-6, 3e-6], low: [0, 1e-6, 2e-6], high: [2e-6, 3e-6, 4e-6] },
      { name: "law", mark: "line", x, y: [1e-6, 2e-6, 3e-6], reference: true },
      { name: "range", mark: "band", x, y: x, low: [0, 0, 0], high: [4e-6, 4e-6, 4e-6] },
    ],
  },
  {
    name: "decades",
    title: "Decades",
    caption: "Points.",
    x: { label: "time", unit: "s", scale: "log" },
    y: { label: "spread", unit: "1", scale: "log" },
    series: [
      { name: "spread", mark: "points", x: [0, 1, 1e4], y: [1, 1, 1e-3], low: [0.5, 0.5, 0], high: [2, 2, 2e-3] },
    ],
  },
  {
    name: "bars",
    title: "Bars",
    caption: "Bars.",
    x: { label: "case", unit: "1", names: ["first", "second", "third"] },
    y: { label: "share", unit: "1" },
    series: [
      { name: "dense", mark: "bars", x: [0, 1, 2], y: [0.2, 1, 0] },
      { name: "sparse", mark: "bars", x: [0, 1, 2], y: [0.9, 1, 0.5], low: [0.8, 1, 0.4], high: [1, 1, 0.6] },
      { name: "expected", mark: "line", x: [0, 1, 2], y: [0.2, 1, 0.1], reference: true },
    ],
  },
  // One place, and nothing to spread over.
  {
    name: "one",
    title: "One point",
    caption: "One.",
    x: { label: "N", unit: "1" },
    y: { label: "accuracy", unit: "1" },
    series: [{ name: "accuracy", mark: "points", x: [1], y: [0] }],
  },
];

function doneOf(claims: PaperDone["claims"], left: readonly string[] = []): PaperDone {
  return {
    paper: "multi-memristive",
    title: "A paper",
    source: "Somebody (2018)",
    quick: true,
    claims,
    figures,
    tables: [{ title: "Cases", columns: ["case", "devices"], rows: [["S 5, N 5", 1]] }],
    energy: { total: 3e-9, byComponent: { pulses: 2e-9, reads: 1e-9 } },
    standIns: ["digits are others"],
    steps: { all: 5, kept: 1, notRun: left },
    runtime: { seconds: 12, threads: 2, peakMemory: 2e8 },
  };
}

async function paper(words: readonly string[], done = doneOf([held]), { interrupted = false, terminal = false } = {}) {
  const [out, err]: string[][] = [[], []];
  let job: PaperJob | undefined;
  const status = await runCommandLine(["paper", ...words], {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text), isTTY: terminal },
    signal: new AbortController().signal,
    cores: 2,
    color: false,
    work: {
      ...noWork,
      async paper(given, watch) {
        job = given;
        watch.log("1 of 5 done: first");
        return { result: done, interrupted, kernels: {}, warnings: [] };
      },
    },
  });
  return { status, out: out.join(""), err: err.join(""), job };
}

describe("crossohm paper run", () => {
  it("prints every claim with number, band and verdict, and what stands in for what", async () => {
    const { status, out, job } = await paper(
      ["run", "multi-memristive", "--quick", "--seed", "3"],
      doneOf([held, notRun]),
    );
    expect(status).toBe(0);
    expect(job).toEqual({
      ...{ name: "multi-memristive", quick: true, seed: 3, resume: false, keep: "crossohm-paper-multi-memristive" },
      ...{ data: null, threads: 2 },
    });
    expect(out).toContain("3.j  held     0.9372  at least 0.9\n     AUC.\n");
    expect(out).toContain("3.k  not run       –  exactly 7\n     Devices. (a quick run has fewer)\n");
    expect(out).toContain("1 held, none failed, 1 not run.");
    expect(out).toContain("Energy 3.00 nJ: pulses 2.00 nJ, reads 1.00 nJ.");
    expect(out).toContain("Stand-in: digits are others.");
  });

  it("ends with status 3 where a claim is not held, which stays printed and written", async () => {
    const words = ["run", "multi-memristive", "--json", file("failed.json")];
    const { status, out, err } = await paper(words, doneOf([failed, held]));
    expect(status).toBe(3);
    expect(out).toContain("3.d  FAILED  2.50 µS  2.00 µS to 2.10 µS\n");
    expect(err).toContain("crossohm paper: 1 of 2 claims of multi-memristive not held: 3.d\n");
    expect(JSON.parse(readFileSync(file("failed.json"), "utf8")).claims[0]).toEqual(failed);
  });

  it("ends with status 130 where it was stopped, and says what was not run and how to go on", async () => {
    const words = ["run", "multi-memristive", "--keep", "kept", "--json", file("stopped.json")];
    const { status, err } = await paper(words, doneOf([notRun], ["second", "third"]), { interrupted: true });
    expect(status).toBe(130);
    expect(err).toContain("stopped with 3 of 5 steps finished; they are kept in kept, --resume goes on from them");
    expect(JSON.parse(readFileSync(file("stopped.json"), "utf8")).steps.notRun).toEqual(["second", "third"]);
  });

  it("draws each figure of the page from its data, dashed where it is a reference", async () => {
    const { status } = await paper(["run", "multi-memristive", "--report", file("paper.html")], doneOf([held, notRun]));
    expect(status).toBe(0);
    const page = readFileSync(file("paper.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(figures.length);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page.match(/stroke-dasharray="5 4"/g)).toHaveLength(2);
    for (const part of ["mean &lt;of all&gt;", "conductance (µS)", "10⁴", "second", "Lines &amp; a band."]) {
      expect(page).toContain(part);
    }
    expect(page).toContain("a quick run has fewer");
    expect(page).not.toMatch(/(src|href)="?https?:/);
  });

  it("tells steps as they end, a line each, except where a bar stands", async () => {
    const words = ["run", "multi-memristive"];
    expect((await paper(words)).err).toBe("1 of 5 done: first\n");
    expect((await paper(words, doneOf([held]), { terminal: true })).err).toBe("");
    expect((await paper([...words, "--quiet"])).err).toBe("");
  });
});

describe("crossohm paper list", () => {
  it("names the papers for people, for scripts and on a page", async () => {
    expect((await paper(["list"])).out).toMatch(/multi-memristive +Neuromorphic computing/);
    const { out } = await paper(["list", "--json", "-", "--report", file("list.html")]);
    expect(JSON.parse(out).papers[0]).toMatchObject({
      name: "multi-memristive",
      source: expect.stringContaining("doi:10.1038/s41467-018-04933-y"),
    });
    expect(readFileSync(file("list.html"), "utf8")).toContain("multi-memristive");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
