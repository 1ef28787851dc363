import { Worker } from "node:worker_threads";
import { InterruptedError } from "../ground/errors.ts";
import type { Pool } from "../ground/jobs/pool.ts";
import { type Answer, keeper, type Order, type Tasks, type TaskWatch, unpackError } from "./task.ts";

export interface PoolOptions {
  /** At most so many tasks run at once. */
  readonly threads: number;
  /** What can be asked for, by name. */
  readonly tasks: Tasks;
  /** The JavaScript module that a worker runs; it calls `serve` with the same tasks. */
  readonly worker: URL;
  /** All tasks run on workers: the caller's thread has other work. n threads are then n workers. */
  readonly apart?: boolean;
  /** What the caller's thread has made already. */
  readonly keep?: TaskWatch["keep"];
}

/** Tasks make few small objects: a young generation of this size is collected as fast and takes less memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

type Watch = Parameters<Pool["map"]>[2];

/**
 * A pool over Node's worker threads and the caller's own, which takes a share: n threads are n - 1 workers. Workers start when
 * first needed and are kept, so that what a task keeps is made once per thread.
 */
export function workerPool({ threads, tasks, worker, apart = false, keep = keeper() }: PoolOptions): Pool {
  const idle = new Set<Worker>();
  const busy = new Set<Worker>();

  function hire(): Worker {
    const [waiting] = idle;
    const hired = waiting ?? start();
    idle.delete(hired);
    busy.add(hired);
    hired.ref();
    return hired;
  }

  function start(): Worker {
    const started = new Worker(worker, { workerData: { startedBy: "crossohm pool" }, resourceLimits });
    const forget = () => {
      idle.delete(started);
      busy.delete(started);
    };
    return started.on("error", forget).on("exit", forget);
  }

  function release(hired: Worker): void {
    // A worker that died is in neither set.
    if (!busy.delete(hired)) return;
    idle.add(hired);
    // An idle worker keeps no program alive.
    hired.unref();
  }

  /** A task on the caller's thread, which hears its user and its workers whenever the task reports progress. */
  async function runHere(task: string, input: unknown, watch: Watch): Promise<unknown> {
    const work = tasks[task];
    if (!work) throw new Error(`no task "${task}" in the pool`);
    await new Promise((resolve) => setImmediate(resolve));
    const progress = (amount: number): Promise<void> => {
      watch.progress(amount);
      return new Promise((resolve) => setImmediate(resolve));
    };
    return work(input, { progress, signal: watch.signal, keep });
  }

  async function runOnWorker(task: string, input: unknown, watch: Watch): Promise<unknown> {
    const hired = hire();
    try {
      return await perform(hired, { kind: "run", task, input }, watch);
    } finally {
      release(hired);
    }
  }

  async function map(task: string, inputs: readonly unknown[], watch: Watch): Promise<unknown[]> {
    const outputs: unknown[] = new Array(inputs.length);
    const failures: unknown[] = [];
    let next = 0;
    const lane = async (run: typeof runHere): Promise<void> => {
      while (next < inputs.length && failures.length === 0 && !watch.signal.aborted) {
        const index = next++;
        try {
          outputs[index] = await run(task, inputs[index], watch);
          watch.done(index, outputs[index]);
        } catch (error) {
          if (!(watch.signal.aborted && error instanceof InterruptedError)) failures.push(error);
          // The map has failed; what the others are doing is of no use. After a stop they end by themselves.
          if (!watch.signal.aborted) await Promise.all([...busy].map((hand) => hand.terminate()));
        }
      }
    };
    const lanes = Math.min(threads, inputs.length);
    // This thread takes the first input; it pauses before the work, so that workers are given theirs.
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index === 0 && !apart ? runHere : runOnWorker)));
    if (failures.length > 0) throw failures[0];
    if (watch.signal.aborted) throw new InterruptedError("interrupted");
    return outputs;
  }

  return {
    threads,
    async map<Input, Output>(task: string, inputs: readonly Input[], watch: MapWatch<Output>): Promise<Output[]> {
      return (await map(task, inputs, watch as Watch)) as Output[];
    },
    async close() {
      await Promise.all([...idle, ...busy].map((one) => one.terminate()));
    },
  };
}

interface MapWatch<Output> {
  done(index: number, output: Output): void;
  progress(amount: number): void;
  readonly signal: AbortSignal;
}

/** One order to one worker, until it is answered or the worker is gone. */
function perform(worker: Worker, order: Order, watch: Watch): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = () => worker.postMessage({ kind: "stop" } satisfies Order);
    const settle = (finish: () => void) => {
      worker.off("message", hear).off("error", fail).off("exit", leave);
      watch.signal.removeEventListener("abort", stop);
      finish();
    };
    const hear = (answer: Answer) => {
      if (answer.kind === "progress") watch.progress(answer.amount);
      else if (answer.kind === "done") settle(() => resolve(answer.output));
      else settle(() => reject(unpackError(answer.error)));
    };
    const fail = (error: unknown) => settle(() => reject(error));
    const leave = (status: number) => settle(() => reject(new Error(`a worker ended with exit status ${status}`)));
    worker.on("message", hear).on("error", fail).on("exit", leave);
    watch.signal.addEventListener("abort", stop);
    try {
      worker.postMessage(order);
    } catch (error) {
      // An input that cannot be cloned; the worker has heard nothing.
      fail(error);
    }
  });
}
