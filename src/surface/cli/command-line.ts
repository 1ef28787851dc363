import { Command, CommanderError } from "commander";
import { InputError, InterruptedError, NotReachedError } from "../../ground/errors.ts";
import { version } from "../files.ts";
import { chipCommand } from "./chip.ts";
import { deviceCommand } from "./device.ts";
import { evaluateCommand } from "./evaluate.ts";
import { multiplyCommand } from "./multiply.ts";
import { paperCommand } from "./paper.ts";

import { synapseCommand } from "./synapse.ts";

import { trainCommand } from "./train.ts";

import type { World } from "./world.ts";

/** Exit statuses: 0 done, 1 a defect of ours, 2 the user's input, 3 not reached what was asked, 130 interrupted. */
export type ExitStatus = 0 | 1 | 2 | 3 | 130;

const commands = {
  chip: chipCommand,
  device: deviceCommand,
  evaluate: evaluateCommand,
  multiply: multiplyCommand,
  paper: paperCommand,
  synapse: synapseCommand,
  train: trainCommand,
};

/** Runs one command line and says how it ended; everything it prints goes to the world's streams. */
export async function runCommandLine(words: readonly string[], world: World): Promise<ExitStatus> {
  const program = new Command("crossohm")
    .description("Emulates memristive crossbar hardware: accuracy, energy and latency of networks on it.")
    .version(version(), "--version", "print the version")
    .helpCommand(false);
  for (const [name, define] of Object.entries(commands)) define(program.command(name), words.slice(1), world);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => world.out.write(text),
      writeErr: (text) => world.err.write(text),
      // Told once, in one line, below.
      outputError: () => {},
    });
  }
  try {
    if (words.length === 0) program.help({ error: true });
    await program.parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return statusOf(error, words[0] ?? "", world);
  }
}

function statusOf(error: unknown, command: string, { err, signal }: World): ExitStatus {
  const say = (line: string) => err.write(`${line}\n`);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== "commander.help") {
      const line = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
      say(`crossohm${command in commands ? ` ${command}` : ""}: ${line}`);
    }
    return 2;
  }
  if (error instanceof InterruptedError || (signal.aborted && (error as Error)?.name === "AbortError")) {
    say(`crossohm: ${(error as Error).message}`);
    return 130;
  }
  if (error instanceof InputError || error instanceof NotReachedError) {
    say(error.message);
    return error instanceof InputError ? 2 : 3;
  }
  say(`crossohm: a defect of ours: ${error instanceof Error ? error.stack : error}`);
  return 1;
}
