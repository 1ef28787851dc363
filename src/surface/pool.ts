import { Worker } from "node:worker_threads";
import { InterruptedError } from "../ground/errors.ts";
import type { Pool } from "../ground/jobs/pool.ts";
import { type Answer, keeper, type Order, type Tasks, unpackError } from "./task.ts";

export interface PoolOptions {
  /** At most so many tasks run at once. */
  readonly threads: number;
  /** What can be asked for, by name. */
  readonly tasks: Tasks;
  /** The JavaScript module that a worker runs; it calls `serve` with the same tasks. */
  readonly worker: URL;
}

type Watch = Parameters<Pool["map"]>[2];

/**
 * A pool over Node's worker threads. Workers start when first needed and are kept, so that what a task keeps is made once
 * per worker. One thread, or one input, needs no worker and runs here.
 */
export function workerPool({ threads, tasks, worker }: PoolOptions): Pool {
  const idle = new Set<Worker>();
  const busy = new Set<Worker>();
  const keep = keeper();

  function hire(): Worker {
    const [waiting] = idle;
    const hired = waiting ?? start();
    idle.delete(hired);
    busy.add(hired);
    hired.ref();
    return hired;
  }

  function start(): Worker {
    const started = new Worker(worker, { workerData: { startedBy: "crossohm pool" } });
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

  async function mapHere(task: string, inputs: readonly unknown[], watch: Watch): Promise<unknown[]> {
    const work = tasks[task];
    if (!work) throw new Error(`no task "${task}" in the pool`);
    const outputs: unknown[] = [];
    for (const [index, input] of inputs.entries()) {
      throwIfStopped(watch);
      outputs[index] = await work(input, { progress: watch.progress, signal: watch.signal, keep });
      watch.done(index, outputs[index]);
      // Between tasks the program hears its signals.
      await new Promise((resolve) => setImmediate(resolve));
    }
    throwIfStopped(watch);
    return outputs;
  }

  async function mapOnWorkers(task: string, inputs: readonly unknown[], watch: Watch): Promise<unknown[]> {
    const outputs: unknown[] = new Array(inputs.length);
    const failures: unknown[] = [];
    const hands = new Set<Worker>();
    let next = 0;

    const lane = async () => {
      while (next < inputs.length && failures.length === 0 && !watch.signal.aborted) {
        const index = next++;
        const hired = hire();
        hands.add(hired);
        try {
          outputs[index] = await perform(hired, { kind: "run", task, input: inputs[index] }, watch);
          watch.done(index, outputs[index]);
        } catch (error) {
          if (!(watch.signal.aborted && error instanceof InterruptedError)) failures.push(error);
        }
        hands.delete(hired);
        release(hired);
        // The map has failed; what the others are doing is of no use. After a stop they end by themselves.
        if (failures.length > 0 && !watch.signal.aborted) await Promise.all([...hands].map((hand) => hand.terminate()));
      }
    };
    await Promise.all(Array.from({ length: Math.min(threads, inputs.length) }, lane));
    if (failures.length > 0) throw failures[0];
    throwIfStopped(watch);
    return outputs;
  }

  return {
    threads,
    async map<Input, Output>(task: string, inputs: readonly Input[], watch: MapWatch<Output>): Promise<Output[]> {
      const here = threads <= 1 || inputs.length <= 1;
      return (await (here ? mapHere : mapOnWorkers)(task, inputs, watch as Watch)) as Output[];
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

function throwIfStopped(watch: Watch): void {
  if (watch.signal.aborted) throw new InterruptedError("interrupted");
}
