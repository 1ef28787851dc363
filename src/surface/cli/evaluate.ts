import type { Command } from "commander";
import { gpuNamed, gpuNames, type Precision, precisions } from "../../../experiments/gpu-comparison/index.ts";
import type { EvaluateRequest } from "../../../experiments/network/index.ts";
import { InterruptedError } from "../../ground/errors.ts";
import { readDataSet } from "../data-set.ts";
import { writeWhole } from "../files.ts";
import { progressTo } from "../progress.ts";
import { accuracyCsv } from "./accuracy-csv.ts";
import {
  type ArrayFileOptions,
  arrayOutputs,
  conductanceFile,
  roomFor,
  withArrayFiles,
  writeArrays,
} from "./array-files.ts";
import { type ArrayOptions, chipOf, withArrayOptions } from "./array-options.ts";
import { type CiteOptions, chipSources, citeOutput, withCite, writeCitations } from "./cite.ts";
import {
  counts,
  countsOr,
  number,
  numbers,
  oneOf,
  optionOf,
  someOf,
  wholeNumber,
  withCommonOptions,
  withNeeded,
} from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { EvaluateJob, World } from "./world.ts";

interface EvaluateOptions extends ArrayOptions, ArrayFileOptions, CiteOptions {
  readonly data: string;
  readonly compensation: EvaluateRequest["compensation"];
  readonly gpu: readonly string[];
  readonly batch: EvaluateRequest["batches"];
  readonly precision: Precision;
  readonly inferences: number;
  readonly causes?: boolean;
  readonly top: readonly number[];
  readonly images?: number;
  readonly split: "train" | "test";
  readonly inputScale?: readonly number[];
  readonly inputShift?: readonly number[];
}

const compensations = ["none", "global", "both"] as const;

/** `crossohm evaluate NETWORK.onnx --data DIR|FILE`. */
export function evaluateCommand(command: Command, words: readonly string[], world: World): Command {
  const gpus = gpuNames();
  const inferences = number("--inferences", (n) => n >= 1, "a number from 1");
  const scale = numbers("--input-scale", (x) => x !== 0, "numbers other than 0, such as 1/255");
  const shift = numbers("--input-shift", () => true, "numbers, such as -0.5");
  const itself = command
    .summary("accuracy, energy and latency of a network on emulated chips")
    .description(
      "Evaluates a trained network on emulated chips: accuracy over time, energy, latency, and the same on GPUs.",
    )
    .argument("<network.onnx>", "the network: products with constant weights go to tiles, the rest stays digital");
  const data = "folder of MNIST's or CIFAR's files, IDX, npz (images, labels) or CSV (a column label)";
  withNeeded(itself, "--data <DIR|FILE>", data);
  withArrayOptions(itself, { times: "0,1h,1d,30d,1y", chips: 5, window: "images x latency" })
    .addOption(
      optionOf("--compensation <KIND>", "of drift: none, global, both", oneOf("--compensation", compensations), "both"),
    )
    .addOption(optionOf("--gpu <LIST>", `GPUs to compare with: ${gpus.join(", ")}`, someOf("--gpu", gpus), "a100,orin"))
    .addOption(optionOf("--batch <LIST>", "their batch sizes", countsOr("--batch", "best"), "1,best"))
    .addOption(
      optionOf(
        "--precision <KIND>",
        `their precision: ${precisions.join(", ")}`,
        oneOf("--precision", precisions),
        "fp16",
      ),
    )
    .addOption(optionOf("--inferences <N>", "programming is spread over so many", inferences, "1e6"))
    .option("--causes", "run the same chips with each cause alone and each removed, and each of the worst layers exact")
    .addOption(optionOf("--top <LIST>", "images with the label among the first so many classes", counts("--top"), "5"))
    .addOption(optionOf("--images <N>", "only the first N images", wholeNumber("--images", 1, 1e9)))
    .addOption(optionOf("--split <PART>", "part of a folder's images", oneOf("--split", ["train", "test"]), "test"))
    .addOption(
      optionOf("--input-scale <X,...>", "the network sees value * scale + shift; one number, or one a channel", scale),
    )
    .addOption(
      optionOf("--input-shift <X,...>", "(default: 1/255 and 0 for IDX, CIFAR and bytes, else 1 and 0)", shift),
    );
  return withCommonOptions(withCite(withArrayFiles(itself)), world.cores).action(
    (network: string, options: EvaluateOptions) =>
      evaluate(network, options, (option) => itself.getOptionValueSource(option) === "cli", words, world),
  );
}

async function evaluate(
  network: string,
  options: EvaluateOptions,
  given: Given,
  words: readonly string[],
  world: World,
): Promise<void> {
  checkOutputs(
    options,
    [...arrayOutputs(options), citeOutput(options)],
    [
      { option: "the network", file: network },
      { option: "--data", file: options.data },
      { option: "--load-conductances", file: options.loadConductances },
    ],
  );
  const progress = progressTo(world.err, options.quiet === true);
  const job = await jobOf(network, options, given, progress.log);
  try {
    const { result, interrupted, kernels, warnings, chips, chipsAsked, saved } = await world.work.evaluate(job, {
      ...progress,
      signal: world.signal,
    });
    progress.close();
    // Drawing takes long to load, and refusals should not wait for it.
    const [{ reportOf }, { summaryText }] = await Promise.all([
      import("../report/evaluation.ts"),
      import("../report/summary.ts"),
    ]);
    const { name, title } = job.chip;
    const output = {
      ...headOf("evaluate", words, options.seed, { kernels, warnings }),
      chip: { name, title },
      ...result,
    };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => reportOf(output),
      text: () => (options.cite === true ? "" : summaryText(output, { color: world.color })),
    });
    const gpus = options.gpu.map((name) => gpuNamed(name).values);
    writeCitations(options, () => chipSources(job.chip, ...gpus), world.out);
    if (options.csv !== undefined) writeWhole(options.csv, accuracyCsv(result.results, chips));
    writeArrays(options, saved);
    if (interrupted) throw new InterruptedError(`stopped with ${chips.length} of ${chipsAsked} chips finished`);
  } finally {
    progress.close();
  }
}

/** Whether an option stands on the command line. */
type Given = (option: "times" | "chips") => boolean;

async function jobOf(
  file: string,
  options: EvaluateOptions,
  given: Given,
  log: (line: string) => void,
): Promise<EvaluateJob> {
  const { data, times, chips, seed, compensation, readNoise, fidelity, without, precision, inferences, split } =
    options;
  const chip = chipOf(options);
  const conductances = conductanceFile(options, given);
  // ONNX takes long to load, and refusals of options should not wait for it.
  const { readNetworkFile } = await import("../network-file.ts");
  const network = readNetworkFile(file);
  const images = readDataSet({
    data,
    split,
    inputs: network.inputs,
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
    without: without ?? new Set(),
    causes: options.causes ?? false,
    top: [...options.top].sort((a, b) => a - b),
    gpus: options.gpu,
    batches: options.batch,
    precision,
    inferences,
    saves: { conductances: options.saveConductances !== undefined, outputs: options.saveOutputs !== undefined },
  };
  const room = roomFor(options, log);
  return { request, network, chip, ...images, conductances, room, threads: options.threads };
}
