import { setFlagsFromString } from "node:v8";
import type { Ort } from "../../experiments/network/index.ts";

// V8 compiles WebAssembly functions again, optimised, once they have run for a while. ONNX Runtime has thousands that are warm for
// a moment: at the default of 1.8 million, compiling them takes 150 MB and the cores that the chips need for seconds. Kernels
// pass ten times that budget within milliseconds. Set before the first module is opened; it holds for all threads.
setFlagsFromString("--wasm-tiering-budget=20000000");

/** ONNX Runtime on one thread of the caller's: its bits do not depend on how many there are, and our tasks fill the cores. */
export async function openRuntime(): Promise<Ort> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ort as unknown as Ort;
}
