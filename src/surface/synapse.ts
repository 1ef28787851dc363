import { exerciseSynapses, synapseBytes } from "../../experiments/synapses/index.ts";
import { openEngine } from "../ground/kernels/index.ts";
import type { Work } from "./cli/world.ts";

/** Synapses by themselves on this thread: requests follow each other, so there is nothing to divide. */
export const synapseHere: Work["synapse"] = async ({ request, chip }, { signal, stage }) => {
  const engine = await openEngine(synapseBytes(request));
  const total = request.updates * (request.compare ? 5 : 1);
  // A refusal comes before the first request, and stands alone.
  let running: { progress(amount: number): void } | undefined;
  const progress = (requests: number): Promise<void> => {
    running ??= stage("pulsing synapses", total);
    running.progress(requests);
    // A breath, in which the program hears its signals.
    return new Promise((resolve) => setImmediate(resolve));
  };
  const { result, interrupted, warnings } = await exerciseSynapses(request, chip, engine, { progress, signal });
  return { result, interrupted, kernels: { engine: engine.name }, warnings };
};
