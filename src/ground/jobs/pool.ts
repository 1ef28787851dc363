/**
 * Where work is spread. The surface hands down a pool of workers or one that runs everything on the caller's thread; the
 * floors only name a task and give it plain data.
 */
export interface Pool {
  readonly threads: number;
  /**
   * Runs the named task on every input, results in the order of inputs; `done` is told as each finishes. On abort,
   * running tasks stop at their next batch and the promise rejects with InterruptedError.
   */
  map<Input, Output>(
    task: string,
    inputs: readonly Input[],
    watch: { done(index: number, output: Output): void; progress(amount: number): void; readonly signal: AbortSignal },
  ): Promise<Output[]>;
  close(): Promise<void>;
}
