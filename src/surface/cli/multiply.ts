import type { Command } from "commander";
import type { Multiplication, MultiplyRequest } from "../../../experiments/multiply/index.ts";
import { InterruptedError } from "../../ground/errors.ts";
import { formatDuration } from "../../ground/quantities/index.ts";
import { readMatrix } from "../matrix-file.ts";
import { progressTo } from "../progress.ts";
import { percent, quantity } from "../report/numbers.ts";
import { type ArrayOptions, chipOf, withArrayOptions } from "./array-options.ts";
import { type CiteOptions, chipSources, citeOutput, withCite, writeCitations } from "./cite.ts";
import { number, optionOf, wholeNumber, withCommonOptions, withNeeded } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { MultiplyJob, World } from "./world.ts";

interface MultiplyOptions extends ArrayOptions, CiteOptions {
  readonly weights: string;
  readonly inputs: string;
  readonly tensor?: string;
  readonly transpose?: boolean;
  readonly weightRange?: number;
  readonly inputRange?: number;
  readonly outputRange?: number;
  readonly repeats: number;
  readonly conductances?: boolean;
}

/** `crossohm multiply --weights FILE --inputs FILE`. */
export function multiplyCommand(command: Command, words: readonly string[], world: World): Command {
  const range = (option: string) => number(option, (x) => x > 0, "a number above 0");
  const itself = command
    .summary("drive one array: y = x W")
    .description(
      "Drives one logical array on tiles: y = x W, with the chip's device, noise and converters, and nothing else.",
    );
  withNeeded(itself, "--weights <FILE>", "W as CSV, npy, npz or safetensors; rows are inputs (word lines)");
  withNeeded(itself, "--inputs <FILE>", "vectors x, one a row")
    .option("--tensor <NAME>", "which array of the weights' file, where it has several (default: weights)")
    .option("--transpose", "the weights' file has a row for every output, as PyTorch's Linear keeps them")
    .addOption(
      optionOf(
        "--weight-range <R>",
        "|w| = R is the top target (default: the largest of what --scale spans)",
        range("--weight-range"),
      ),
    )
    .addOption(optionOf("--input-range <R>", "full scale of the input converter (default: 1)", range("--input-range")))
    .addOption(
      optionOf(
        "--output-range <R>",
        "full scale of the output converters (default: by the chip's rule)",
        range("--output-range"),
      ),
    )
    .addOption(optionOf("--repeats <N>", "how often each input is read", wholeNumber("--repeats", 1, 1_000_000), "1"))
    .option("--conductances", "add conductances and targets to the JSON");
  withArrayOptions(itself, { times: "0", chips: 1, window: "vectors x repeats x latency of one" });
  return withCommonOptions(withCite(itself), world.cores).action((options: MultiplyOptions) =>
    multiply(options, words, world),
  );
}

async function multiply(options: MultiplyOptions, words: readonly string[], world: World): Promise<void> {
  checkOutputs(options, [citeOutput(options)]);
  const job = jobOf(options);
  const progress = progressTo(world.err, options.quiet === true);
  try {
    const { result, interrupted, kernels, warnings } = await world.work.multiply(job, {
      ...progress,
      signal: world.signal,
    });
    progress.close();
    // Drawing takes long to load, and refusals should not wait for it.
    const { multiplyReportOf } = await import("../report/multiply.ts");
    const output = { ...headOf("multiply", words, options.seed, { kernels, warnings }), ...result };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => multiplyReportOf(output),
      text: () => (options.cite === true ? "" : textOf(job, result, warnings)),
    });
    writeCitations(options, () => chipSources(job.chip), world.out);
    if (interrupted) throw new InterruptedError("stopped before all was read");
  } finally {
    progress.close();
  }
}

function jobOf(options: MultiplyOptions): MultiplyJob {
  const { weights, inputs, repeats, chips, seed, times, fidelity, readNoise, without, conductances } = options;
  const request: MultiplyRequest = {
    weights,
    inputs,
    weightRange: options.weightRange ?? null,
    inputRange: options.inputRange ?? null,
    outputRange: options.outputRange ?? null,
    repeats,
    chips,
    seed,
    times,
    fidelity,
    readNoise,
    readWindow: options.readWindow ?? null,
    without: without ?? new Set(),
    conductances: conductances === true,
  };
  return {
    request,
    chip: chipOf(options),
    weights: readMatrix(weights, { name: "weights", tensor: options.tensor, transpose: options.transpose === true }),
    inputs: readMatrix(inputs, { name: "inputs", vectors: true }),
    threads: options.threads,
  };
}

function textOf({ weights, inputs, chip }: MultiplyJob, result: Multiplication, warnings: readonly string[]): string {
  const { relativeError, energy, latency, clipping, devices, tiles } = result;
  const lines = [
    `${weights.rows} x ${weights.columns} weights on ${chip.name}: ${devices} devices, ${tiles === 1 ? "1 tile" : `${tiles} tiles`}; ${inputs.rows === 1 ? "1 vector" : `${inputs.rows} vectors`}`,
    ...relativeError.map(
      ({ time, plain, bestScalar }) =>
        `${time === 0 ? "At the first reading" : `After ${formatDuration(time)}`}: relative error ${percent(plain)} %, ${percent(bestScalar)} % with the best common factor taken out`,
    ),
    `One vector: ${quantity(energy.perVector, "J")}, ${quantity(latency.perVector, "s")}`,
    `Clipped: weights ${percent(clipping.weights)} %, inputs ${percent(clipping.inputs)} %, outputs ${percent(clipping.outputs)} %`,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
  return `${lines.join("\n")}\n`;
}
