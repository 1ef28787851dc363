import { networkTasks, type TaskTools } from "../../experiments/network/index.ts";
import { runStep } from "../../experiments/papers/index.ts";
import { runFloat } from "../../experiments/training/index.ts";
import { openEngine } from "../ground/kernels/index.ts";
import { openRuntime } from "./runtime.ts";
import { serve } from "./serve-tasks.ts";
import type { Tasks, TaskWatch } from "./task.ts";

async function tools(watch: TaskWatch): Promise<TaskTools> {
  const { progress, signal, keep } = watch;
  return { progress, signal, keep, openEngine, ort: await keep("ONNX Runtime", openRuntime) };
}

/** What a worker can be asked to do, by name: plain data in, plain data out. This module, built, is what a worker runs. */
export const tasks: Tasks = {
  evaluateStep: async (input, watch) => networkTasks.evaluateStep(input, await tools(watch)),
  trainFloat: (task, { progress, signal }) => runFloat(task, { progress, signal, openRuntime }),
  paperStep: (order, { progress, signal }) => runStep(order, { progress, signal, openEngine }),
};

serve(tasks);
