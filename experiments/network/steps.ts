import { InterruptedError } from "../../src/ground/errors.ts";
import type { Pool } from "../../src/ground/jobs/pool.ts";
import type { ChipShare, ChipTask } from "./chip-task.ts";
import { type ImageData, imageCount } from "./images.ts";
import { type CheckResult, type CheckTask, joinChecks } from "./self-check.ts";
import type { NetworkSource, Step, StepResult } from "./tasks.ts";

/** What the steps of an evaluation are run with. */
export interface StepSupplies {
  readonly source: NetworkSource;
  readonly pool: Pool;
  readonly signal: AbortSignal;
  /** Told of every stage and of work done within it: total is in image readings. */
  readonly stage: (title: string, total: number) => { progress(amount: number): void };
}

/** A chip's task before it is cut into shares. */
export type WholeChip = Omit<ChipTask, "firstImage" | "endImage">;

/** The self-check, over all threads. Interrupted, it throws. */
export async function runCheck(
  task: Omit<CheckTask, "firstImage" | "endImage">,
  classes: number,
  { source, pool, signal, stage }: StepSupplies,
): Promise<CheckResult> {
  const images = imageCount(task.images);
  const steps = sharesOf(images, task.batchSize, pool.threads).map(
    ([firstImage, endImage]): Step => ({ source, check: { ...task, firstImage, endImage } }),
  );
  const watch = stage("float network and self-check", images);
  const done = await pool.map<Step, StepResult>("evaluateStep", steps, {
    done: () => {},
    progress: watch.progress,
    signal,
  });
  return joinChecks(
    done.map((result) => (result as { check: CheckResult & { firstImage: number } }).check),
    classes,
  );
}

/**
 * Chips over all threads: `tasks[i]` gives the shares at `[i]`, in the order of images; null where an interruption came before
 * the last of them.
 */
export async function runChips(
  title: string,
  tasks: readonly WholeChip[],
  { source, pool, signal, stage }: StepSupplies,
): Promise<{ shares: (readonly ChipShare[] | null)[]; interrupted: boolean }> {
  const owners: number[] = [];
  const steps: Step[] = [];
  for (const [index, task] of tasks.entries()) {
    // As many shares a chip as make the last round of steps a full one.
    const perChip = pool.threads / greatestCommonDivisor(tasks.length, pool.threads);
    for (const [firstImage, endImage] of sharesOf(imageCount(task.images), task.batchSize, perChip)) {
      owners.push(index);
      steps.push({ source, chip: { ...task, firstImage, endImage } });
    }
  }
  const finished = new Map<number, ChipShare>();
  let interrupted = false;
  const watch = stage(
    title,
    tasks.reduce((sum, { images, times, compensation }) => sum + readings(images, times, compensation), 0),
  );
  try {
    await pool.map<Step, StepResult>("evaluateStep", steps, {
      done: (step, result) => finished.set(step, (result as { chip: ChipShare }).chip),
      progress: watch.progress,
      signal,
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    interrupted = true;
  }
  const shares = tasks.map((_, index) => {
    const own = owners.flatMap((owner, step) => (owner === index ? [finished.get(step)] : []));
    return own.every((share) => share !== undefined) ? own : null;
  });
  return { shares, interrupted };
}

function readings(images: ImageData, times: readonly number[], compensation: readonly boolean[]): number {
  return imageCount(images) * times.length * compensation.length;
}

/** Spans of whole batches, at most `count` of them, as even as whole batches can be. */
function sharesOf(images: number, batchSize: number, count: number): [number, number][] {
  const batches = Math.ceil(images / batchSize);
  const spans = Math.min(count, batches);
  const bound = (k: number): number => Math.min(images, Math.round((k * batches) / spans) * batchSize);
  return Array.from({ length: spans }, (_, k) => [bound(k), bound(k + 1)]);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
