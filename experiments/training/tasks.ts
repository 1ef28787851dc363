import { drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Ort } from "../network/index.ts";
import { floatTraining, linearTraining } from "./float-training.ts";
import { openNetwork, type TrainingSource } from "./source.ts";
import type { TrainingData, TrainingSettings } from "./training.ts";

/** A training in float32 beside that of the devices, as plain data that workers can be sent. */
export interface FloatTask {
  /** "same": the network itself; "linear": softmax regression. */
  readonly what: "same" | "linear";
  readonly source: TrainingSource;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

export interface FloatEpoch {
  readonly accuracy: number;
  readonly loss: number;
}

/** What the surface gives it, on whatever thread it runs. */
export interface FloatTools {
  progress(images: number): void | Promise<void>;
  readonly signal: AbortSignal;
  openRuntime(): Promise<Ort>;
}

export async function runFloat(task: FloatTask, { progress, signal, openRuntime }: FloatTools): Promise<FloatEpoch[]> {
  const { what, source, data, settings, seed } = task;
  const draw = drawOf(seed);
  const network = await openNetwork(source, draw, openRuntime);
  const training =
    what === "same"
      ? floatTraining(network, data, settings, draw)
      : linearTraining(data, network.classes, settings.epochs, draw);
  const stopped = await training.run({ progress, signal });
  if (stopped) throw new InterruptedError("interrupted");
  return training.epochs.map(({ accuracy, loss }) => ({ accuracy, loss }));
}
