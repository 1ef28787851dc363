import { Argument, type Command } from "commander";
import {
  type Characterisation,
  columnsOf,
  listModels,
  readDevice,
  resolved,
} from "../../../experiments/characterisation/index.ts";
import { InterruptedError } from "../../ground/errors.ts";
import { textIfThere, writeWhole } from "../files.ts";
import { readOverlay } from "../overlay.ts";
import { progressTo } from "../progress.ts";
import type { DeviceOutput } from "../report/shapes.ts";
import { type CiteOptions, citeOutput, withCite, writeCitations } from "./cite.ts";
import { type CommonOptions, optionOf, wholeNumber, withCommonOptions } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { World } from "./world.ts";

interface DeviceOptions extends CommonOptions, CiteOptions {
  readonly parameters?: string;
  readonly protocol?: string;
  readonly devices?: number;
  readonly overlay?: string;
  readonly csv?: string;
}

/** `crossohm device list`, `crossohm device NAME`. */
export function deviceCommand(command: Command, words: readonly string[], world: World): Command {
  const itself = command
    .summary("put one device through a protocol, or list the models")
    .description(
      "Puts devices of one model through a protocol of pulses, sweeps, reads, waits and light; `list` names the models with their parameter sets and protocols.",
    )
    .addArgument(new Argument("<name>", "device model; or: list"))
    .option("--parameters <SET|FILE>", "parameter set (default: the model's first)")
    .option("--protocol <NAME|FILE>", "what is done to it (default: what shows what the model is known for)")
    .addOption(
      optionOf(
        "--devices <N>",
        "how many, each of its own (default: the protocol's, else 1)",
        devicesFrom("--devices"),
      ),
    )
    .option("--overlay <FILE.csv>", "measured points over the matching figure of the report")
    .option("--csv <FILE>", "the columns as a table");
  return withCommonOptions(withCite(itself), world.cores).action((name: string, options: DeviceOptions) =>
    name === "list" ? list(options, words, world) : device(name, options, words, world),
  );
}

const devicesFrom = (option: string) => wholeNumber(option, 1, 1_000_000);

async function list(options: DeviceOptions, words: readonly string[], { out, color }: World): Promise<void> {
  checkOutputs(options);
  const head = headOf("device", words, options.seed);
  const [models, { deviceListReport, deviceListText }] = await Promise.all([
    listModels(),
    import("../report/device-list.ts"),
  ]);
  writeOutputs(options, out, {
    json: () => ({ ...head, models }),
    report: () => deviceListReport(models, head),
    text: () => deviceListText(models, { color }),
  });
}

async function device(name: string, options: DeviceOptions, words: readonly string[], world: World): Promise<void> {
  const { parameters, protocol, devices, set: overrides, seed, overlay: measured } = options;
  checkOutputs(
    options,
    [{ option: "--csv", file: options.csv }, citeOutput(options)],
    [
      { option: "--parameters", file: parameters },
      { option: "--protocol", file: protocol },
      { option: "--overlay", file: measured },
    ],
  );
  const subject = await readDevice({ model: name, parameters, protocol, devices, overrides, open: textIfThere });
  const overlay = measured === undefined ? undefined : readOverlay(measured, subject.protocol);
  const progress = progressTo(world.err, options.quiet === true);
  try {
    const done = await world.work.characterise({ subject, seed }, { ...progress, signal: world.signal });
    progress.close();
    // Drawing takes long to load, and refusals should not wait for it.
    const [{ deviceReportOf }, { deviceText }] = await Promise.all([
      import("../report/device.ts"),
      import("../report/device-text.ts"),
    ]);
    const { kernels, warnings, result } = done;
    const output: DeviceOutput = { ...headOf("device", words, seed, { kernels, warnings }), ...result, overlay };
    writeOutputs(options, world.out, {
      json: () => jsonOf(output),
      report: () => deviceReportOf(output),
      text: () => (options.cite === true ? "" : deviceText(output, { color: world.color })),
    });
    if (options.csv !== undefined) writeWhole(options.csv, tableOf(result));
    writeCitations(options, () => result.sources, world.out);
    if (done.interrupted) throw new InterruptedError("stopped before the protocol's end");
  } finally {
    progress.close();
  }
}

/** The result as scripts read it. */
function jsonOf({ model, set, protocol, course, overlay, ...rest }: DeviceOutput): object {
  const { crossohm, command, arguments: words, seed, kernels, warnings, ...result } = rest;
  return {
    ...{ crossohm, command, arguments: words, seed, kernels, warnings },
    ...{ model: model.name, title: model.title, kind: model.kind, parameterSet: set.name },
    protocol: resolved(protocol),
    columns: columnsOf(course),
    ...result,
    covers: set.covers,
    notCovered: set.notCovered,
    parameters: set.parameters,
    overlay,
  };
}

/** The columns as a table, a line a row. */
function* tableOf({ course }: Characterisation): Generator<string> {
  const columns = columnsOf(course);
  yield `${Object.keys(columns).join(",")}\n`;
  const entries = Object.values(columns).map((column) => column[Symbol.iterator]());
  for (;;) {
    const row = entries.map((entry) => entry.next());
    if (row[0]!.done) return;
    yield `${row.map(({ value }) => value).join(",")}\n`;
  }
}
