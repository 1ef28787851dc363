import type { Command } from "commander";
import { type Cause, type Chip, causes, type Fidelity, fidelities, readChip } from "../../../circuits/index.ts";
import type { EvaluateRequest } from "../../../experiments/network/index.ts";
import { textIfThere } from "../files.ts";
import { type CommonOptions, oneOf, positiveQuantity, someOf, timeList, wholeNumber } from "./options.ts";

/** What `evaluate` and `multiply` share: which chip, when it is read, and how. */
export interface ArrayOptions extends CommonOptions {
  readonly chip: string;
  readonly parameters?: string;
  readonly times: readonly number[];
  readonly chips: number;
  readonly scale?: string;
  readonly readNoise: EvaluateRequest["readNoise"];
  readonly readWindow?: number;
  readonly fidelity: Fidelity;
  readonly without: ReadonlySet<Cause>;
}

/** Causes that this chip model has; `all` is every one there ever will be. */
const causesNow = causes.filter((cause) => cause !== "wires" && cause !== "faults");

const readNoiseModes = ["process", "held", "perRead"] as const satisfies readonly EvaluateRequest["readNoise"][];

export function withArrayOptions(
  command: Command,
  defaults: { readonly times: string; readonly chips: number; readonly window: string },
): Command {
  const times = timeList("--times");
  return command
    .option("--chip <CHIP>", "preset, device model or chip file", "pcm")
    .option("--parameters <SET|FILE>", "parameter set instead of the chip's")
    .option(
      "--times <LIST>",
      `since the first reading after programming (default: ${defaults.times})`,
      times,
      times(defaults.times),
    )
    .option("--chips <N>", "independently drawn chips", wholeNumber("--chips", 1, 100_000), defaults.chips)
    .option(
      "--scale <SPAN>",
      "what one conductance range spans: column, tile, layer (default: the chip's)",
      oneOf("--scale", ["column", "tile", "layer"]),
    )
    .option(
      "--read-noise <MODE>",
      "process: noise slower than the run is held; held: all of it; perRead: none of it",
      oneOf("--read-noise", readNoiseModes),
      "process",
    )
    .option(
      "--read-window <TIME>",
      `what process calls the run (default: ${defaults.window})`,
      positiveQuantity("--read-window", "s"),
    )
    .option(
      "--fidelity <KIND>",
      "statistical: noise folded into each output; sampled: every cell read",
      oneOf("--fidelity", fidelities),
      "statistical",
    )
    .option("--without <CAUSES>", `causes switched off: ${causesNow.join(", ")}, or all`, causesOff, new Set());
}

/** The chip that the options ask for; `--scale` is a word for its `tile.scale`. */
export function chipOf({ chip, parameters, scale, set }: ArrayOptions): Chip {
  const spans = scale === undefined ? [] : [{ key: "tile.scale", value: scale }];
  return readChip({ chip, parameters, overrides: [...spans, ...set], open: textIfThere });
}

function causesOff(text: string): ReadonlySet<Cause> {
  const named = someOf("--without", [...causesNow, "all"])(text);
  return new Set(named.includes("all") ? causes : (named as Cause[]));
}
