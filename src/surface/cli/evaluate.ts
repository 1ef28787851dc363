import { type Command, Option } from "commander";
import { gpuNames, type Precision, precisions } from "../../../experiments/gpu-comparison/index.ts";
import type { EvaluateRequest } from "../../../experiments/network/index.ts";
import { InterruptedError } from "../../ground/errors.ts";
import { readDataSet } from "../data-set.ts";
import { readBytes } from "../files.ts";
import { progressTo } from "../progress.ts";
import { reportOf } from "../report/evaluation.ts";
import { summaryText } from "../report/summary.ts";
import { type ArrayOptions, chipOf, withArrayOptions } from "./array-options.ts";
import { countsOr, number, oneOf, someOf, wholeNumber, withCommonOptions } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { EvaluateJob, World } from "./world.ts";

interface EvaluateOptions extends ArrayOptions {
  readonly data: string;
  readonly compensation: EvaluateRequest["compensation"];
  readonly gpu: readonly string[];
  readonly batch: EvaluateRequest["batches"];
  readonly precision: Precision;
  readonly inferences: number;
  readonly images?: number;
  readonly split: "train" | "test";
  readonly inputScale?: number;
  readonly inputShift?: number;
}

/** `crossohm evaluate NETWORK.onnx --data DIR|FILE`. */
export function evaluateCommand(command: Command, words: readonly string[], world: World): Command {
  const itself = command
    .summary("accuracy, energy and latency of a network on emulated chips")
    .description(
      "Evaluates a trained network on emulated chips: accuracy over time, energy, latency, and the same on GPUs.",
    )
    .argument("<network.onnx>", "the network: products with constant weights go to tiles, the rest stays digital")
    .requiredOption(
      "--data <DIR|FILE>",
      "folder with MNIST's file names, IDX, npz (images, labels) or CSV (a column label)",
    );
  withArrayOptions(itself, { times: "0,1h,1d,30d,1y", chips: 5, window: "images x latency" })
    .addOption(
      new Option("--compensation <KIND>", "drift compensation: none, global, both")
        .argParser(oneOf("--compensation", ["none", "global", "both"]))
        .default("both"),
    )
    .option("--gpu <LIST>", `GPUs to compare with: ${gpuNames().join(", ")}`, someOf("--gpu", gpuNames()), [
      "a100",
      "orin",
    ])
    .option("--batch <LIST>", "their batch sizes", countsOr("--batch", "best"), [1, "best"])
    .option("--precision <KIND>", `their precision: ${precisions.join(", ")}`, oneOf("--precision", precisions), "fp16")
    .option(
      "--inferences <N>",
      "inferences that programming is spread over",
      number("--inferences", (n) => n >= 1, "a number from 1"),
      1e6,
    )
    .option("--images <N>", "only the first N images", wholeNumber("--images", 1, 1e9))
    .option("--split <PART>", "which part of a folder's images", oneOf("--split", ["train", "test"]), "test")
    .option(
      "--input-scale <X>",
      "what the network sees is value * scale + shift",
      number("--input-scale", (x) => x !== 0, "a number other than 0"),
    )
    .option(
      "--input-shift <X>",
      "see --input-scale (default: 1/255 and 0 for IDX and bytes, else 1 and 0)",
      number("--input-shift", () => true, "a number"),
    );
  return withCommonOptions(itself, world.cores).action((network: string, options: EvaluateOptions) =>
    evaluate(network, options, words, world),
  );
}

async function evaluate(
  network: string,
  options: EvaluateOptions,
  words: readonly string[],
  world: World,
): Promise<void> {
  checkOutputs(options);
  const job = jobOf(network, options);
  const progress = progressTo(world.err, options.quiet);
  try {
    const { result, interrupted, kernels, warnings } = await world.work.evaluate(job, {
      ...progress,
      signal: world.signal,
    });
    progress.close();
    const { name, title } = job.chip;
    const output = {
      ...headOf("evaluate", words, options.seed, { kernels, warnings }),
      chip: { name, title },
      ...result,
    };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => reportOf(output),
      text: () => summaryText(output, { color: world.color }),
    });
    if (interrupted)
      throw new InterruptedError(`stopped with ${result.finishedChips} of ${options.chips} chips finished`);
  } finally {
    progress.close();
  }
}

function jobOf(network: string, options: EvaluateOptions): EvaluateJob {
  const { data, times, chips, seed, compensation, readNoise, fidelity, without, precision, inferences, split } =
    options;
  const chip = chipOf(options);
  const bytes = readBytes(network, "a network (.onnx)");
  const images = readDataSet({
    data,
    split,
    images: options.images ?? null,
    calibrationImages: chip.calibration.images.value,
    inputScale: options.inputScale ?? null,
    inputShift: options.inputShift ?? null,
  });
  const request: EvaluateRequest = {
    data,
    times,
    chips,
    seed,
    compensation,
    readNoise,
    fidelity,
    readWindow: options.readWindow ?? null,
    without,
    gpus: options.gpu,
    batches: options.batch,
    precision,
    inferences,
  };
  return { request, network: { file: network, bytes }, chip, ...images, threads: options.threads };
}
