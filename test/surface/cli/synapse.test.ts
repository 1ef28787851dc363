import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/surface/cli/command-line.ts";
import { synapseHere } from "../../../src/surface/synapse.ts";
import { noWork } from "./no-work.ts";

const folder = mkdtempSync(join(tmpdir(), "crossohm-synapse-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A whole command, its work done here. */
async function synapse(words: readonly string[], { stopped = false } = {}) {
  const [out, err]: string[][] = [[], []];
  const stopping = new AbortController();
  const status = await runCommandLine(["synapse", ...words], {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
    signal: stopping.signal,
    cores: 2,
    color: false,
    work: {
      ...noWork,
      synapse: (job, watch) =>
        synapseHere(job, {
          ...watch,
          stage: (title, total) => {
            if (stopped) stopping.abort();
            return watch.stage(title, total);
          },
        }),
    },
  });
  return { status, out: out.join(""), err: err.join("") };
}

describe("crossohm synapse", () => {
  it("tells what was reached, how devices wear and what pulses cost", async () => {
    const { status, out, err } = await synapse(["--devices", "3", "--synapses", "10", "--updates", "300"]);
    expect([status, err]).toEqual([0, "pulsing synapses\n"]);
    expect(out).toContain("global-clock: 10 synapses of 3 devices (pcm-accumulation, nandakumar-2018), 300 requests");
    expect(out).toContain("Reached: at least 3 of 3 devices");
    expect(out).toContain("mean 10, standard deviation 0, 10 to 10; none was left out");
    expect(out).toContain("Energy of the pulses 1.50 nJ.");
    expect(out).not.toContain("Warning");
  });

  it("warns with the numbers where lengths leave devices and synapses out", async () => {
    const { status, out } = await synapse(["--devices", "5", "--synapses", "10", "--potentiation-counter", "2"]);
    expect(status).toBe(0);
    const words = out.replace(/\s+/g, " ");
    expect(words).toContain("Warning: dense scans reach 1 of the 5 devices of a synapse");
    expect(words).toContain("Warning: dense scans update 5 of 10 synapses and never the others");
  });

  it("writes a page with its figures inside, the comparison of policies among them", async () => {
    const words = ["--devices", "4", "--synapses", "15", "--compare", "--quiet", "--report", file("synapses.html")];
    expect(await synapse(words)).toMatchObject({ status: 0, err: "" });
    const page = readFileSync(file("synapses.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(3);
    for (const policy of ["global-clock", "random", "per-synapse", "least-used"]) expect(page).toContain(policy);
    expect(page).not.toMatch(/(src|href)="?https?:/);
  });

  it("takes another set and values of it, and cites what they rest on", async () => {
    const mean = async (...words: string[]) => {
      const { out } = await synapse([...words, "--synapses", "11", "--devices", "1", "--quiet", "--json", "-"]);
      return JSON.parse(out).conductance.standardDeviation.at(-1);
    };
    expect(await mean("--set", "spread=0")).toBe(0);
    expect(await mean()).toBeGreaterThan(1e-7);
    expect(await mean("--parameters", "nandakumar-2018-memoryless")).not.toBe(await mean());
    const { out } = await synapse(["--synapses", "3", "--quiet", "--cite"]);
    expect(out).toContain("nandakumar");
  });

  it("ends with status 130 where it was stopped, and writes what was asked so far", async () => {
    const words = ["--devices", "2", "--updates", "100000", "--json", file("stopped.json")];
    const { status, err } = await synapse(words, { stopped: true });
    expect(status).toBe(130);
    expect(err).toContain("stopped before all requests were made");
    const { requested } = JSON.parse(readFileSync(file("stopped.json"), "utf8"));
    expect(requested.potentiation).toBe(2000);
  });
});
