/**
 * The hot paths, timed on one thread: a 512 x 512 tile, batches of 128 vectors and single ones. Run with `npm run bench` or, after
 * it, `node dist/bench/kernels.js`.
 *
 * Every repetition runs all cases in turn, so that a machine's other load falls on all alike; what counts is the ratio to the
 * reference, a plain float32 product of the same size in the same run.
 */
import { fileURLToPath } from "node:url";
import { openEngine } from "../src/ground/kernels/index.ts";
import { type Case, casesOn } from "./cases.ts";

/** s for one of what the case does. */
export interface KernelTime extends Pick<Case, "name" | "each" | "over"> {
  readonly median: number;
  readonly best: number;
}

/** Times every case; the first is the reference. @param repetitions interleaved, after the engine has compiled everything well */
export async function timeKernels(repetitions = 60): Promise<KernelTime[]> {
  const cases = casesOn(await openEngine(1 << 29));
  const seconds = cases.map(() => [] as number[]);
  const repeat = (times: number, keep: boolean) => {
    for (let r = 0; r < times; r++) {
      for (const [index, one] of cases.entries()) {
        // Once untimed: the peers are timed case by case too, with what a case works on in the caches.
        one.run();
        const start = performance.now();
        one.run();
        if (keep) seconds[index]!.push((performance.now() - start) / 1000 / one.count);
      }
    }
  };
  // The engine compiles hot code in the background: run, wait, run again.
  for (let round = 0; round < 4; round++) {
    repeat(15, false);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  repeat(repetitions, true);
  return cases.map(({ name, each, over }, index) => ({
    name,
    each,
    ...(over ? { over } : {}),
    median: middle(seconds[index]!),
    best: Math.min(...seconds[index]!),
  }));
}

export function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** A time with its unit. */
export function quantity(seconds: number): string {
  if (seconds < 1e-7) return `${(seconds * 1e9).toFixed(2)} ns`;
  return seconds < 1e-3 ? `${(seconds * 1e6).toFixed(2)} us` : `${(seconds * 1e3).toFixed(2)} ms`;
}

/** One line a case: time each, best and median, and the ratio of medians to the reference. */
export function tableOf(times: readonly KernelTime[]): string {
  const lines = times.map(({ name, each, over, median, best }) => {
    const other = over ? times.find((one) => one.name === over)! : times[0]!;
    const ratio = over || each === "vector" ? (median / other.median).toPrecision(3) : "";
    return `${name.padEnd(42)}${quantity(best).padStart(11)}${quantity(median).padStart(11)}${ratio.padStart(8)}  a ${each}`;
  });
  const head = `${"512 x 512, one thread".padEnd(42)}${"best".padStart(11)}${"median".padStart(11)}${"ratio".padStart(8)}`;
  return [head, ...lines].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(tableOf(await timeKernels()));
