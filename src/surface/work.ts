import { multiply, multiplyBytes } from "../../experiments/multiply/index.ts";
import { evaluate, missedWarnings } from "../../experiments/network/index.ts";
import { openEngine } from "../ground/kernels/index.ts";
import type { Work } from "./cli/world.ts";
import { workerPool } from "./pool.ts";
import { openRuntime } from "./runtime.ts";
import { keeper } from "./task.ts";
import { tasks } from "./worker.ts";

/** The work behind the commands, on this machine's cores. */
export const work: Pick<Work, "evaluate" | "multiply"> = {
  async evaluate({ request, network, chip, test, calibration, conductances, room, threads }, { signal, stage }) {
    const started = performance.now();
    const ort = await openRuntime();
    const keep = keeper();
    const pool = workerPool({ threads, tasks, worker: new URL("./worker.js", import.meta.url), keep });
    try {
      const source = { file: network.file, bytes: shared(network.bytes), imageShapes: test.shapes };
      const supplies = { ort, openEngine, keep, source, chip, test, calibration, pool, signal, stage, room };
      const { evaluation, ...rest } = await evaluate(request, conductances ? { ...supplies, conductances } : supplies);
      const seconds = (performance.now() - started) / 1000;
      const readings = evaluation.images * evaluation.finishedChips * evaluation.results.length;
      const runtime = { seconds, perImage: seconds / Math.max(1, readings), threads, peakMemory: peakMemory() };
      return { ...rest, result: { ...evaluation, runtime }, kernels: kernelsOf(ort) };
    } finally {
      await pool.close();
    }
  },

  async multiply({ request, chip, weights, inputs }, { signal, stage }) {
    const engine = await openEngine(multiplyBytes(weights));
    const total = request.chips * request.times.length * request.repeats * inputs.rows;
    // A refusal comes before the first reading, and stands alone.
    let reading: { progress(amount: number): void } | undefined;
    const progress = (amount: number): Promise<void> => {
      reading ??= stage("reading the array", total);
      reading.progress(amount);
      // A breath, in which the program hears its signals.
      return new Promise((resolve) => setImmediate(resolve));
    };
    const { multiplication, interrupted } = await multiply(request, chip, weights, inputs, engine, {
      progress,
      signal,
    });
    return {
      result: multiplication,
      interrupted,
      kernels: { engine: engine.name },
      warnings: missedWarnings(multiplication.energy.writeVerify),
    };
  },
};

function kernelsOf(ort: object): Record<string, unknown> {
  const { env } = ort as { env?: { versions?: { web?: string } } };
  return { engine: "webassembly", digital: `onnxruntime-web ${env?.versions?.web ?? ""}`.trim() };
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Bytes of memory that the process had at its fullest. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
