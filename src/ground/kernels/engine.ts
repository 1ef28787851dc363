import type { KernelExports } from "./exports.ts";
import { kernelModule } from "./generated/kernels.ts";
import { KernelMemory } from "./memory.ts";

/** What computes the hot loops: WebAssembly kernels on one memory, or their twins in TypeScript. */
export interface Engine {
  readonly name: EngineName;
  readonly memory: KernelMemory;
  /** null: the twins. */
  readonly kernels: KernelExports | null;
}

export type EngineName = "webassembly" | "typescript";

const pageBytes = 65536;
let compiled: Promise<WebAssembly.Module> | null = null;

/**
 * An engine with memory of its own, one for each thread.
 *
 * @param bytes size of its memory, 1 page to 4 GiB; fixed, and taken from the system only where it is touched
 */
export async function openEngine(bytes: number, name: EngineName = "webassembly"): Promise<Engine> {
  if (name === "typescript") return { name, memory: new KernelMemory(new ArrayBuffer(bytes)), kernels: null };
  const pages = Math.ceil(bytes / pageBytes);
  const shared = new WebAssembly.Memory({ initial: pages, maximum: pages });
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(kernelModule), (character) => character.charCodeAt(0)));
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory: shared } });
  const kernels = exports as unknown as KernelExports;
  return { name, memory: new KernelMemory(shared.buffer, kernels.heapBase()), kernels };
}
