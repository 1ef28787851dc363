import { paperNamed, runPaper } from "../../experiments/papers/index.ts";
import type { Work } from "./cli/world.ts";
import { readDigits } from "./digits.ts";
import { keptSteps } from "./kept-steps.ts";
import { workerPool } from "./pool.ts";
import { tasks } from "./worker.ts";

/** A published system on this machine's cores. */
export const paperHere: Work["paper"] = async (job, { signal, stage, log }) => {
  const { name, quick, seed, resume, keep, data, threads } = job;
  const started = performance.now();
  const paper = paperNamed(name);
  const kept = keptSteps(keep, name);
  const asks = paper.steps(quick, seed).some((step) => step.digits && !(resume && kept.read(step) !== undefined));
  const digits = asks ? readDigits(data ?? undefined) : null;
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
