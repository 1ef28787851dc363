import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type Answer, keeper, type Order, packError, type Tasks } from "./task.ts";

/** Answers the pool's orders one after another; does nothing where no pool started this thread. */
export function serve(known: Tasks): void {
  if (isMainThread || parentPort === null || workerData?.startedBy !== "crossohm pool") return;
  const port = parentPort;
  const keep = keeper();
  let running: AbortController | undefined;
  const answer = (message: Answer) => port.postMessage(message);

  const run = async ({ task, input }: Order & { kind: "run" }) => {
    const controller = new AbortController();
    running = controller;
    const watch = {
      progress: (amount: number) => {
        // A task that never yields to the event loop hears of a stop here.
        const waiting = receiveMessageOnPort(port)?.message as Order | undefined;
        if (waiting?.kind === "stop") controller.abort();
        answer({ kind: "progress", amount });
      },
      signal: controller.signal,
      keep,
    };
    try {
      const work = known[task];
      if (!work) throw new Error(`no task "${task}" in the worker`);
      answer({ kind: "done", output: await work(input, watch) });
    } catch (error) {
      answer({ kind: "failed", error: packError(error) });
    } finally {
      running = undefined;
    }
  };
  port.on("message", (order: Order) => {
    if (order.kind === "stop") running?.abort();
    else void run(order);
  });
}
