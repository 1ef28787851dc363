import type { Ort } from "../../experiments/network/index.ts";

/** ONNX Runtime on one thread of the caller's: its bits do not depend on how many there are, and our tasks fill the cores. */
export async function openRuntime(): Promise<Ort> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ort as unknown as Ort;
}
