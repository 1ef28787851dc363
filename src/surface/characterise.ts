import { characterisationBytes, characterise, rowsOf } from "../../experiments/characterisation/index.ts";
import { openEngine } from "../ground/kernels/index.ts";
import type { Work } from "./cli/world.ts";

/** ms of work between two breaths, in which the program hears its signals. */
const breath = 30;

/** Characterisation of a device on this thread: apart from the other work, since it needs no ONNX. */
export const characteriseHere: Work["characterise"] = async ({ subject, seed }, { signal, stage }) => {
  const { devices, steps } = subject.protocol;
  const engine = await openEngine(characterisationBytes(devices));
  // A refusal comes before the first row, and stands alone.
  let running: { progress(amount: number): void } | undefined;
  let last = performance.now();
  const progress = (rows: number): void | Promise<void> => {
    running ??= stage("running the protocol", rowsOf(steps));
    running.progress(rows);
    if (performance.now() - last < breath) return;
    last = performance.now();
    return new Promise((resolve) => setImmediate(resolve));
  };
  const { characterisation, interrupted, warnings } = await characterise(subject, seed, engine, { progress, signal });
  return { result: characterisation, interrupted, kernels: { engine: engine.name }, warnings };
};
