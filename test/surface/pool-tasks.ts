import { isMainThread } from "node:worker_threads";
import { InputError, InterruptedError } from "../../src/ground/errors.ts";
import type { Tasks, TaskWatch } from "../../src/surface/task.ts";

/** Small tasks on which the pool is tested, with nothing of the emulator in them. */
export const toyTasks: Tasks = {
  square(input: number, watch: TaskWatch): number {
    watch.progress(1);
    return input * input;
  },
  /** Later inputs finish first. */
  async countdown({ index, of }: { index: number; of: number }): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 15 * (of - index)));
    return index;
  },
  /** How often this thread made the thing it keeps. */
  kept(_input: number, watch: TaskWatch): number {
    let made = 0;
    watch.keep("counter", () => {
      made++;
      return {};
    });
    return made;
  },
  refuse(input: number): number {
    if (input === 2) throw new InputError("chip.yaml:3: tile.rows is 512 uS, expected a whole number from 1 to 4096");
    return input;
  },
  break(input: number): number {
    if (input === 2) throw new RangeError("the toy broke");
    return input;
  },
  async die(input: number): Promise<number> {
    // Thrown outside the task's own promise, as a defect in a callback is.
    if (!isMainThread) setTimeout(() => throwAside("the worker itself broke"));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return input;
  },
  leave(input: number): number {
    if (!isMainThread) process.exit(7);
    return input;
  },
  /** Runs until told to stop; yields between batches, or, where `deaf`, only reports. Input 0 finishes at once. */
  async endless({ index, deaf }: { index: number; deaf: boolean }, watch: TaskWatch): Promise<number> {
    if (index === 0) return 0;
    for (;;) {
      watch.progress(1);
      if (watch.signal.aborted) throw new InterruptedError("interrupted");
      if (!deaf) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  mark({ shared, index }: { shared: Int32Array; index: number }): void {
    Atomics.store(shared, index, 1);
  },
  uncloneable(): unknown {
    return () => 0;
  },
};

function throwAside(message: string): never {
  throw new Error(message);
}
