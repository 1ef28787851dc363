import { Argument, type Command } from "commander";
import { chipPresets, chipTree, presetTitle, printChip, readChip } from "../../../circuits/index.ts";
import { textIfThere } from "../files.ts";
import { chipReport, presetReport } from "./chip-report.ts";
import { type CommonOptions, withCommonOptions } from "./options.ts";
import { checkOutputs, headOf, writeOutputs } from "./output.ts";
import type { World } from "./world.ts";

/** `crossohm chip list`, `crossohm chip PRESET|FILE`. */
export function chipCommand(command: Command, words: readonly string[], { cores, out }: World): Command {
  const itself = withCommonOptions(command, cores)
    .summary("print a whole chip file, or list the presets")
    .description("Prints the whole chip file (YAML) of a preset, a device model or a file; `list` names the presets.")
    .addArgument(new Argument("<preset|file>", "preset, device model or chip file; or: list"));
  return itself.action((name: string, options: CommonOptions) => {
    checkOutputs(options);
    const head = headOf("chip", words, options.seed);
    if (name === "list") {
      const presets = chipPresets().map((preset) => ({ name: preset, title: presetTitle(preset) }));
      const width = Math.max(...presets.map((preset) => preset.name.length));
      writeOutputs(options, out, {
        json: () => ({ ...head, presets }),
        report: () => presetReport(presets, head),
        text: () => presets.map((preset) => `${preset.name.padEnd(width)}  ${preset.title}\n`).join(""),
      });
      return;
    }
    const chip = readChip({ chip: name, overrides: options.set ?? [], open: textIfThere });
    writeOutputs(options, out, {
      json: () => ({ ...head, ...chipTree(chip) }),
      report: () => chipReport(chip, head),
      text: () => printChip(chip),
    });
  });
}
