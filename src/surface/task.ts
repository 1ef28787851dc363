import { InputError, InterruptedError, NotReachedError } from "../ground/errors.ts";

/** What a task is given beside its input. */
export interface TaskWatch {
  /**
   * Reports work done since the last call, in the task's own unit; also the moment at which an abort is noticed. A task awaits
   * it, so that a thread that serves its user too can breathe.
   */
  progress(amount: number): void | Promise<void>;
  /** Fires when the run is to stop; a task looks at it between batches and throws InterruptedError, or returns what it has. */
  readonly signal: AbortSignal;
  /** Makes a thing once per thread and keeps it for later tasks under that key: a network read, kernels loaded. */
  keep<T>(key: string, make: () => T): T;
}

/** Work with a name, given plain data (what structured cloning carries; SharedArrayBuffers are shared). */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds tasks of every input and output; `map` states the types.
export type Task = (input: any, watch: TaskWatch) => unknown;
export type Tasks = Readonly<Record<string, Task>>;

/** From the pool to a worker. */
export type Order =
  | { readonly kind: "run"; readonly task: string; readonly input: unknown }
  | { readonly kind: "stop" };

/** From a worker to the pool. */
export type Answer =
  | { readonly kind: "progress"; readonly amount: number }
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "failed"; readonly error: PackedError };

/** An error as plain data: cloning one between threads loses its class. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const carried = { InputError, NotReachedError, InterruptedError };

export function packError(error: unknown): PackedError {
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack };
  return { name: "Error", message: String(error), stack: undefined };
}

/** The same kind of error on this side, with the stack of where it happened. */
export function unpackError({ name, message, stack }: PackedError): Error {
  const known = Object.hasOwn(carried, name) ? carried[name as keyof typeof carried] : undefined;
  const error: Error = known ? new known(message) : new Error(message);
  if (!known) error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A thread's memory of things made once. What could not be made is not kept. */
export function keeper(): TaskWatch["keep"] {
  const kept = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (kept.has(key)) return kept.get(key) as T;
    const made = make();
    kept.set(key, made);
    if (made instanceof Promise) made.catch(() => kept.delete(key));
    return made;
  };
}
