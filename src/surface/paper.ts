import { paperNamed, runPaper } from "../../experiments/papers/index.ts";
import type { Work } from "./cli/world.ts";
import { digitsChecksum, digitsFolder, readDigits } from "./digits.ts";
import { keptSteps } from "./kept-steps.ts";
import { workerPool } from "./pool.ts";
import { keeper } from "./task.ts";
import { tasks } from "./worker.ts";

/** A published system on this machine's cores. */
export const paperHere: Work["paper"] = async (job, { signal, stage, log }) => {
  const { name, quick, seed, resume, keep: place, data, threads } = job;
  const started = performance.now();
  const paper = paperNamed(name);
  const keep = keeper();
  const folder = () => digitsFolder(data);
  const kept = keptSteps(place, name, () => keep("checksum of digits", () => digitsChecksum(folder())));
  const asks = paper.steps(quick, seed).some((step) => step.digits && !(resume && kept.read(step) !== undefined));
  const digits = asks ? readDigits(folder()) : null;
  const pool = workerPool({ threads, tasks, worker: new URL("./worker.js", import.meta.url) });
  try {
    const { result, interrupted } = await runPaper(
      paper,
      { quick, seed },
      {
        ...{ pool, kept, resume, signal, digits, stage },
        finished: (step, number, of) => log(`${number} of ${of} done: ${step.name}`),
      },
    );
    const seconds = (performance.now() - started) / 1000;
    const peakMemory = process.resourceUsage().maxRSS * 1024;
    const warnings = result.claims
      .filter(({ held }) => held === false)
      .map(({ id, text }) => `claim ${id} is not held: ${text}`);
    return {
      result: { ...result, runtime: { seconds, threads, peakMemory } },
      interrupted,
      kernels: { engine: "webassembly" },
      warnings,
    };
  } finally {
    await pool.close();
  }
};
