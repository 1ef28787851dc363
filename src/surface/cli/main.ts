#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { runCommandLine } from "./command-line.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130);
    process.stderr.write("\ncrossohm: stopping; once more to stop at once\n");
    stopping.abort();
  });
}
// A reader that has seen enough, as in `crossohm chip pcm | head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopping.signal,
  cores: availableParallelism(),
  color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  // Networks and kernels take long to load, and refusals should not wait for them.
  work: {
    evaluate: async (...job) => (await import("../work.ts")).work.evaluate(...job),
    multiply: async (...job) => (await import("../work.ts")).work.multiply(...job),
    characterise: async (...job) => (await import("../characterise.ts")).characteriseHere(...job),
    train: async (...job) => (await import("../train.ts")).trainHere(...job),
    paper: async (...job) => (await import("../paper.ts")).paperHere(...job),
    synapse: async (...job) => (await import("../synapse.ts")).synapseHere(...job),
  },
});
