import { PulseTrace } from "../../circuits/index.ts";
import { imageCount } from "../../experiments/network/index.ts";
import {
  checkTrainingImages,
  DeviceTraining,
  type FloatEpoch,
  type FloatTask,
  openNetwork,
  plansOf,
  type TrainingResult,
  type TrainingState,
  trainingBytes,
} from "../../experiments/training/index.ts";
import { drawOf } from "../ground/draws/index.ts";
import { InterruptedError, inputError } from "../ground/errors.ts";
import { openEngine } from "../ground/kernels/index.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { TrainJob, Watch, Work } from "./cli/world.ts";
import { workerPool } from "./pool.ts";
import { percent } from "./report/numbers.ts";
import { tasks } from "./worker.ts";

/** ms of work between two breaths, in which the program hears its signals. */
const breath = 30;
/** ms from one checkpoint to the next, at least. */
const betweenCheckpoints = 60_000;
const mostTraced = 10_000_000;

/** Training on this thread's devices; the trainings in floating point beside it run on workers, or after it where there is one thread. */
export const trainHere: Work["train"] = async (job, watch) => {
  const { source, data, dataFile, settings, chip, learning, seed, threads, checkpoint, traces } = job;
  const started = performance.now();
  const openRuntime = async () => (await import("./runtime.ts")).openRuntime();
  const network = await openNetwork(source, drawOf(seed), openRuntime);
  for (const part of [data.train, data.test]) checkTrainingImages(dataFile, network, part);
  const engine = await openEngine(trainingBytes(plansOf(network), learning.arbitration.devices));
  const state = checkpoint?.resume ? readCheckpoint(checkpoint.file, checkpoint.identity) : null;
  if (checkpoint && state) checkEpochs(checkpoint.file, state.progress, settings.epochs);
  const devices = { ...learning, chip, window: settings.batch * chip.read.time.value };
  const request = { network, file: source.file, data, settings, devices, seed };
  watch.stage("writing the first weights", 0);
  await new Promise((resolve) => setImmediate(resolve));
  const learner = new DeviceTraining(engine, request);
  const { training } = learner;
  if (state) training.restore(state);
  const trace = traces ? new PulseTrace(mostTraced) : null;
  if (trace) learner.follow(trace);

  const beside = threads > 1 ? floors(job, watch.signal, true) : null;
  // A refusal in the workers is told when devices are done.
  beside?.catch(() => {});
  const images = imageCount(data.train) + imageCount(data.test);
  const left = settings.epochs * images - training.epochs.length * images - training.images;
  const stage = watch.stage("training", left);
  let [last, kept, told] = [performance.now(), performance.now(), training.epochs.length];
  const interrupted = await training.run({
    signal: watch.signal,
    progress(done) {
      stage.progress(done);
      if (performance.now() - last < breath) return;
      last = performance.now();
      return new Promise((resolve) => setImmediate(resolve));
    },
    due: () => checkpoint !== null && performance.now() - kept > betweenCheckpoints,
    keep(now) {
      if (checkpoint) writeCheckpoint(checkpoint.file, checkpoint.identity, now);
      kept = performance.now();
      const epoch = now.progress.epochs.at(-1);
      if (epoch && now.progress.epochs.length > told) {
        told = now.progress.epochs.length;
        watch.log(
          `epoch ${epoch.epoch} of ${settings.epochs}: accuracy ${percent(epoch.accuracy)} %, loss ${epoch.loss.toPrecision(3)}`,
        );
      }
    },
  });
  const floats = await (beside ?? floors(job, watch.signal, false, watch));
  const seconds = (performance.now() - started) / 1000;
  const shown = training.epochs.length * images + training.images;
  const result = learner.result(floats);
  return {
    result: {
      ...result,
      runtime: {
        seconds,
        perImage: seconds / Math.max(1, shown),
        threads,
        peakMemory: process.resourceUsage().maxRSS * 1024,
      },
    },
    interrupted: interrupted || floats.same === null || floats.linear === null,
    kernels: { engine: engine.name },
    warnings: [...learner.warnings(), ...warningsOf(trace), ...divergenceOf(result, settings.rate)],
    weights: learner.weights(),
    trace: trace?.csv() ?? null,
  };
};

/** A checkpoint that has begun more epochs than are asked for holds pulses that could not be taken back. */
function checkEpochs(file: string, { epochs, images }: TrainingState["progress"], asked: number): void {
  const begun = epochs.length + Math.sign(images);
  if (begun <= asked) return;
  throw inputError({ file: "--epochs", found: `${asked}`, expected: `at least the ${begun} that ${file} has begun` });
}

async function floors(
  { source, data, settings, seed, threads }: TrainJob,
  signal: AbortSignal,
  apart: boolean,
  watch?: Watch,
): Promise<{ same: FloatEpoch[] | null; linear: FloatEpoch[] | null }> {
  const asked = (["same", "linear"] as const).map((what): FloatTask => ({ what, source, data, settings, seed }));
  const finished: (FloatEpoch[] | null)[] = [null, null];
  const total = asked.length * settings.epochs * (imageCount(data.train) + imageCount(data.test));
  const stage = watch?.stage("training in floating point", total);
  const pool = workerPool({
    threads: apart ? threads - 1 : 1,
    apart,
    tasks,
    worker: new URL("./worker.js", import.meta.url),
  });
  try {
    await pool.map<FloatTask, FloatEpoch[]>("trainFloat", asked, {
      signal,
      done: (index, epochs) => {
        finished[index] = epochs;
      },
      progress: (amount) => stage?.progress(amount),
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  } finally {
    await pool.close();
  }
  return { same: finished[0]!, linear: finished[1]! };
}

/** A loss beyond all numbers says that weights are, too. */
function divergenceOf({ epochs, floatEpochs }: Pick<TrainingResult, "epochs" | "floatEpochs">, rate: number): string[] {
  const beyond = (losses: readonly { readonly loss: number }[]) => losses.some(({ loss }) => !Number.isFinite(loss));
  const where = [...(beyond(epochs) ? ["on the devices"] : []), ...(beyond(floatEpochs) ? ["in floating point"] : [])];
  return where.map((there) => `the loss ${there} grew beyond all numbers; the rate of ${rate} is too large`);
}

function warningsOf(trace: PulseTrace | null): string[] {
  return trace && trace.left > 0 ? [`the trace has the first ${mostTraced} pulses; ${trace.left} came after them`] : [];
}
