import type { Command } from "commander";
import { type ArbitrationPolicy, policies, readChip } from "../../../circuits/index.ts";
import { checkSynapses, mostDevices, type SynapseRequest } from "../../../experiments/synapses/index.ts";
import { InterruptedError } from "../../ground/errors.ts";
import { textIfThere } from "../files.ts";
import { progressTo } from "../progress.ts";
import type { SynapseOutput } from "../report/shapes.ts";
import { type CiteOptions, chipSources, citeOutput, withCite, writeCitations } from "./cite.ts";
import { type CommonOptions, number, oneOf, optionOf, wholeNumber, withCommonOptions } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { SynapseJob, World } from "./world.ts";

interface SynapseOptions extends CommonOptions, CiteOptions {
  readonly chip: string;
  readonly parameters?: string;
  readonly devices: number;
  readonly differential?: boolean;
  readonly increment: number;
  readonly synapses: number;
  readonly updates?: number;
  readonly depressionShare: number;
  readonly potentiationCounter: number;
  readonly depressionCounter: number;
  readonly policy: ArbitrationPolicy;
  readonly compare?: boolean;
}

/** Requests for each synapse where nobody says how many. */
const usualUpdates = 20;
const mostUpdates = 1e9;
const longestCounter = 1e6;

/** `crossohm synapse`. */
export function synapseCommand(command: Command, words: readonly string[], world: World): Command {
  const count = (option: string, most: number) => wholeNumber(option, 1, most);
  const share = number("--depression-share", (x) => x >= 0 && x <= 1, "a number from 0 to 1");
  const itself = command
    .summary("synapses of several devices: which of them takes which update")
    .description(
      "Puts requested updates to synapses of several devices under one arbitration clock: which devices are reached, how they wear, what the synapses conduct.",
    )
    .option("--chip <CHIP>", "device model, preset or chip file", "pcm-accumulation")
    .option("--parameters <SET|FILE>", "parameter set instead of the chip's")
    .addOption(optionOf("--devices <N>", "devices of a synapse", count("--devices", mostDevices), "7"))
    .option("--differential", "half of the devices for each sign: a depression potentiates the negative half")
    .addOption(
      optionOf("--increment <N>", "of the selection counter, with every request", count("--increment", 1e6), "1"),
    )
    .addOption(optionOf("--synapses <S>", "synapses of the array", count("--synapses", mostDevices), "1000"))
    .addOption(
      optionOf(
        "--updates <K>",
        `requested updates in scan order (default: ${usualUpdates} for each synapse)`,
        count("--updates", mostUpdates),
      ),
    )
    .addOption(optionOf("--depression-share <X>", "of the requests, drawn one by one", share, "0"))
    .addOption(
      optionOf(
        "--potentiation-counter <L>",
        "its length: every L-th potentiation is let through",
        count("--potentiation-counter", longestCounter),
        "1",
      ),
    )
    .addOption(
      optionOf(
        "--depression-counter <L>",
        "the same of depressions",
        count("--depression-counter", longestCounter),
        "1",
      ),
    )
    .addOption(
      optionOf(
        "--policy <POLICY>",
        `which device takes an update: ${policies.join(", ")}`,
        oneOf("--policy", policies),
        "global-clock",
      ),
    )
    .option("--compare", "put the same requests to every policy");
  return withCommonOptions(withCite(itself), world.cores).action((options: SynapseOptions) =>
    synapse(options, words, world),
  );
}

async function synapse(options: SynapseOptions, words: readonly string[], world: World): Promise<void> {
  checkOutputs(options, [citeOutput(options)], [{ option: "--parameters", file: options.parameters }]);
  const job = jobOf(options);
  const progress = progressTo(world.err, options.quiet === true);
  try {
    const done = await world.work.synapse(job, { ...progress, signal: world.signal });
    progress.close();
    const { kernels, warnings, result, interrupted } = done;
    // Drawing takes long to load, and refusals should not wait for it.
    const [{ synapseReportOf }, { synapseText }] = await Promise.all([
      import("../report/synapse.ts"),
      import("../report/synapse-text.ts"),
    ]);
    const { seed, ...request } = job.request;
    const output: SynapseOutput = { ...headOf("synapse", words, seed, { kernels, warnings }), request, ...result };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => synapseReportOf(output),
      text: () => (options.cite === true ? "" : synapseText(output, { color: world.color })),
    });
    writeCitations(options, () => chipSources(job.chip), world.out);
    if (interrupted) throw new InterruptedError("stopped before all requests were made");
  } finally {
    progress.close();
  }
}

function jobOf(options: SynapseOptions): SynapseJob {
  const { chip, parameters, set: overrides, devices, increment, synapses, depressionShare, policy, seed } = options;
  const request: SynapseRequest = {
    devices,
    differential: options.differential === true,
    increment,
    synapses,
    updates: options.updates ?? usualUpdates * synapses,
    depressionShare,
    potentiationCounter: options.potentiationCounter,
    depressionCounter: options.depressionCounter,
    policy,
    compare: options.compare === true,
    seed,
  };
  checkSynapses(request);
  return { request, chip: readChip({ chip, parameters, overrides, open: textIfThere, pulsedOnly: true }) };
}
