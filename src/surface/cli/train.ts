import type { Command } from "commander";
import {
  type ArbitrationPolicy,
  type Arrangement,
  arrangements,
  type Chip,
  learningRules,
  policies,
  readChip,
} from "../../../circuits/index.ts";
import { type Selection, selections } from "../../../crossbar/index.ts";
import { deviceModel, deviceModels } from "../../../devices/index.ts";
import { readSpec, type TrainingSource } from "../../../experiments/training/index.ts";
import { InterruptedError, inputError } from "../../ground/errors.ts";
import { npzPieces } from "../../ground/formats/npz.ts";
import { userTree } from "../../ground/written-tree.ts";
import { kindOf, readText, textIfThere, writeWhole } from "../files.ts";
import { progressTo } from "../progress.ts";
import { readTrainingSet } from "../training-set.ts";
import { type CiteOptions, chipSources, citeOutput, withCite, writeCitations } from "./cite.ts";
import {
  type CommonOptions,
  number,
  numbers,
  oneOf,
  optionOf,
  wholeNumber,
  withCommonOptions,
  withNeeded,
} from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import { epochCsv, identityOf, rulePart } from "./training-job.ts";
import type { TrainJob, World } from "./world.ts";

interface TrainOptions extends CommonOptions, CiteOptions {
  readonly data: string;
  readonly chip?: string;
  readonly parameters?: string;
  readonly rule: string;
  readonly devicesPerSynapse: number;
  readonly arrangement?: Arrangement;
  readonly increment: number;
  readonly potentiationCounter: number;
  readonly depressionCounter: number;
  readonly policy: ArbitrationPolicy;
  readonly selection?: Selection;
  readonly weightRange?: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly rateDecay: number;
  readonly images?: number;
  readonly testImages?: number;
  readonly inputScale?: readonly number[];
  readonly inputShift?: readonly number[];
  readonly checkpoint?: string;
  readonly resume?: boolean;
  readonly pulseTrace?: string;
  readonly saveWeights?: string;
  readonly csv?: string;
}

/** `crossohm train NETWORK.onnx|SPEC.yaml --data DIR|FILE`. */
export function trainCommand(command: Command, words: readonly string[], world: World): Command {
  const rules = learningRules.map(({ name }) => name);
  const count = (option: string, high = 1_000_000) => wholeNumber(option, 1, high);
  const above = (option: string) => number(option, (n) => n > 0, "a number above 0");
  const itself = command
    .summary("train a network on devices, by pulses")
    .description(
      "Trains a network on emulated devices: read forward and transposed, updated by pulses; the same in floating point beside it.",
    )
    .argument(
      "<network>",
      "an ONNX graph to start from, or a YAML spec: {layers: [784, 250, 10], activation, bias, loss}",
    );
  withNeeded(
    itself,
    "--data <DIR|FILE>",
    "folder of MNIST's or CIFAR's files, IDX, npz (images, labels) or CSV (a column label)",
  );
  itself
    .option("--chip <CHIP>", "preset, device model or chip file (default: pulse-response with the set constant)")
    .option("--parameters <SET|FILE>", "parameter set instead of the chip's")
    .addOption(
      optionOf("--rule <NAME>", `how steps become pulses: ${rules.join(", ")}`, oneOf("--rule", rules), "stochastic"),
    )
    .addOption(
      optionOf(
        "--devices-per-synapse <N>",
        "devices in parallel, in each of a pair's sets",
        count("--devices-per-synapse", 1000),
        "1",
      ),
    )
    .addOption(
      optionOf(
        "--arrangement <KIND>",
        `of a weight's devices: ${arrangements.join(", ")} (default: what suits the device)`,
        oneOf("--arrangement", arrangements),
      ),
    )
    .addOption(
      optionOf(
        "--policy <NAME>",
        `which device of a synapse is pulsed: ${policies.join(", ")}`,
        oneOf("--policy", policies),
        "global-clock",
      ),
    )
    .addOption(optionOf("--increment <N>", "of the selection counter with every request", count("--increment"), "1"))
    .addOption(
      optionOf(
        "--potentiation-counter <L>",
        "every so many-th request to grow is let through",
        count("--potentiation-counter"),
        "1",
      ),
    )
    .addOption(
      optionOf(
        "--depression-counter <L>",
        "every so many-th request to fall is let through",
        count("--depression-counter"),
        "1",
      ),
    )
    .addOption(
      optionOf(
        "--selection <KIND>",
        `how other cells are kept from a pulse: ${selections.join(", ")} (default: half, or transistor where single devices of a synapse are pulsed)`,
        oneOf("--selection", selections),
      ),
    )
    .addOption(
      optionOf(
        "--weight-range <W>",
        "weight that the range of conductances stands for (default: 1, or a layer's largest where larger)",
        above("--weight-range"),
      ),
    )
    .addOption(optionOf("--epochs <N>", "times that every image is shown", count("--epochs"), "1"))
    .addOption(optionOf("--batch <N>", "images read with the same weights", count("--batch"), "10"))
    .addOption(optionOf("--rate <X>", "weights step by rate x input x error, image by image", above("--rate"), "0.1"))
    .addOption(optionOf("--rate-decay <X>", "factor on the rate from epoch to epoch", above("--rate-decay"), "1"))
    .addOption(optionOf("--images <N>", "only the first N images train", count("--images", 1e9)))
    .addOption(optionOf("--test-images <N>", "only the first N images test", count("--test-images", 1e9)))
    .addOption(
      optionOf(
        "--input-scale <X,...>",
        "the network sees value * scale + shift; one number, or one a channel",
        numbers("--input-scale", (x) => x !== 0, "numbers other than 0, such as 1/255"),
      ),
    )
    .addOption(
      optionOf(
        "--input-shift <X,...>",
        "(default: 1/255 and 0 for IDX, CIFAR and bytes, else 1 and 0)",
        numbers("--input-shift", () => true, "numbers, such as -0.5"),
      ),
    )
    .option("--checkpoint <FILE>", "keep the state there: after every epoch, every minute and on a stop")
    .option("--resume", "go on from --checkpoint, bit for bit")
    .option("--csv <FILE>", "a row for each epoch")
    .option("--pulse-trace <FILE.csv>", "every pulse as it was applied, the first ten million")
    .option("--save-weights <FILE.npz>", "weights at the end, by layer");
  return withCommonOptions(withCite(itself), world.cores).action((network: string, options: TrainOptions) =>
    train(network, options, words, world),
  );
}

async function train(network: string, options: TrainOptions, words: readonly string[], world: World): Promise<void> {
  const { csv, pulseTrace, saveWeights, checkpoint, resume = false, seed } = options;
  checkOutputs(
    options,
    [
      { option: "--csv", file: csv },
      { option: "--pulse-trace", file: pulseTrace },
      { option: "--save-weights", file: saveWeights },
      { option: "--checkpoint", file: checkpoint },
      citeOutput(options),
    ],
    [
      { option: "the network", file: network },
      { option: "--data", file: options.data },
      { option: "--parameters", file: options.parameters },
      { option: "--chip", file: options.chip },
    ],
  );
  checkCheckpoint(checkpoint, resume);
  const job = await jobOf(network, options);
  const progress = progressTo(world.err, options.quiet === true);
  try {
    // A line an epoch would end the bar of a terminal.
    const log = world.err.isTTY ? () => {} : progress.log;
    const done = await world.work.train(job, { stage: progress.stage, log, signal: world.signal });
    progress.close();
    // Drawing takes long to load, and refusals should not wait for it.
    const [{ trainingReportOf }, { trainingText }] = await Promise.all([
      import("../report/training.ts"),
      import("../report/training-text.ts"),
    ]);
    const { result, kernels, warnings, interrupted, weights, trace } = done;
    const output = { ...headOf("train", words, seed, { kernels, warnings }), ...result };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => trainingReportOf(output),
      text: () => (options.cite === true ? "" : trainingText(output, { color: world.color })),
    });
    writeCitations(options, () => chipSources(job.chip), world.out);
    if (csv !== undefined) writeWhole(csv, epochCsv(result));
    if (saveWeights !== undefined) {
      const arrays = weights.map(
        ({ name, rows, columns, values }) => [name, { shape: [rows, columns], values }] as const,
      );
      writeWhole(saveWeights, npzPieces(arrays));
    }
    if (pulseTrace !== undefined && trace !== null) writeWhole(pulseTrace, trace);
    if (interrupted) {
      const kept = checkpoint === undefined ? "" : `; --resume goes on from ${checkpoint}`;
      throw new InterruptedError(`stopped with ${result.epochs.length} of ${options.epochs} epochs finished${kept}`);
    }
  } finally {
    progress.close();
  }
}

function checkCheckpoint(checkpoint: string | undefined, resume: boolean): void {
  if (checkpoint === undefined) {
    if (resume) throw inputError({ file: "--resume", found: "no --checkpoint", expected: "one to go on from" });
    return;
  }
  const there = kindOf(checkpoint) !== "none";
  if (resume && !there) {
    throw inputError({ file: "--checkpoint", found: `no file "${checkpoint}"`, expected: "the one to go on from" });
  }
  if (!resume && there) {
    const expected = "another file, or --resume to go on from it";
    throw inputError({ file: "--checkpoint", found: `"${checkpoint}", which is there already`, expected });
  }
}

async function jobOf(file: string, options: TrainOptions): Promise<TrainJob> {
  const { data, seed, epochs, batch, rate, rateDecay, rule, checkpoint, resume = false } = options;
  const { ruleOptions, overrides } = rulePart(rule, options.set ?? []);
  const chip = chipOf(options, overrides);
  const source = await sourceOf(file);
  const images = readTrainingSet({
    data,
    inputs: "spec" in source ? [{ name: "image", type: "float32" }] : source.inputs,
    images: options.images ?? null,
    testImages: options.testImages ?? null,
    inputScale: options.inputScale ?? null,
    inputShift: options.inputShift ?? null,
  });
  const settings = { epochs, batch, rate, decay: rateDecay };
  const { devicesPerSynapse: devices, policy, increment, potentiationCounter, depressionCounter } = options;
  const learning = {
    rule,
    ruleOptions,
    arrangement: options.arrangement ?? null,
    arbitration: { devices, policy, increment, potentiationCounter, depressionCounter },
    selection: options.selection ?? null,
    weightRange: options.weightRange ?? null,
  };
  return {
    source: "spec" in source ? source : { ...source, imageShapes: images.train.shapes },
    dataFile: data,
    data: images,
    chip,
    settings,
    learning,
    seed,
    threads: options.threads,
    traces: options.pulseTrace !== undefined,
    checkpoint:
      checkpoint === undefined
        ? null
        : { file: checkpoint, resume, identity: identityOf({ source, chip, images, settings, learning, seed }) },
  };
}

/** Devices of equal steps up and down between hard limits, with spread and noise: what learning by pulses is first tried on. */
const usualChip = { chip: "pulse-response", parameters: "constant" } as const;

function chipOf({ chip: name, parameters }: TrainOptions, overrides: TrainOptions["set"]): Chip {
  const asked = name === undefined ? { ...usualChip, ...(parameters && { parameters }) } : { chip: name, parameters };
  const chip = readChip({ ...asked, overrides, open: textIfThere, pulsedOnly: true });
  const model = deviceModel(chip.device.model.value);
  if (model.kind !== "programmed") return chip;
  const able = deviceModels.filter(({ kind }) => kind === "pulsed" || kind === "dynamic").map((other) => other.name);
  throw inputError({
    file: "--chip",
    found: `the device model ${model.name}, which is programmed by published statistics and has no pulses to learn by`,
    expected: `one of ${able.join(", ")}`,
  });
}

/** A YAML spec by its name, an ONNX graph otherwise. */
async function sourceOf(
  file: string,
): Promise<
  | Extract<TrainingSource, { spec: unknown }>
  | { file: string; bytes: Uint8Array; inputs: readonly { name: string; type: string }[] }
> {
  if (/\.ya?ml$/i.test(file))
    return { file, spec: readSpec(userTree(readText(file, "a network's spec (.yaml)"), file, file)) };
  // ONNX takes long to load, and refusals of options should not wait for it.
  const { readNetworkFile } = await import("../network-file.ts");
  return readNetworkFile(file);
}
