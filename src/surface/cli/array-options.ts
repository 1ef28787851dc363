import type { Command } from "commander";
import { type Cause, type Chip, causes, type Fidelity, fidelities, readChip } from "../../../circuits/index.ts";
import type { EvaluateRequest } from "../../../experiments/network/index.ts";
import { textIfThere } from "../files.ts";
import { type CommonOptions, oneOf, optionOf, positiveQuantity, someOf, timeList, wholeNumber } from "./options.ts";

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
  readonly without?: ReadonlySet<Cause>;
}

/** Causes that this chip model has; `all` is every one there ever will be. */
const causesNow = causes.filter((cause) => cause !== "wires" && cause !== "faults");

const spans = ["column", "tile", "layer"] as const;
const readNoiseModes = ["process", "held", "perRead"] as const satisfies readonly EvaluateRequest["readNoise"][];

export function withArrayOptions(
  command: Command,
  defaults: { readonly times: string; readonly chips: number; readonly window: string },
): Command {
  const window = `what process calls the run (default: ${defaults.window})`;
  return command
    .option("--chip <CHIP>", "preset, device model or chip file", "pcm")
    .option("--parameters <SET|FILE>", "parameter set instead of the chip's")
    .addOption(
      optionOf("--times <LIST>", "since the first reading after programming", timeList("--times"), defaults.times),
    )
    .addOption(
      optionOf("--chips <N>", "independently drawn chips", wholeNumber("--chips", 1, 100_000), `${defaults.chips}`),
    )
    .addOption(
      optionOf(
        "--scale <SPAN>",
        `what one conductance range spans: ${spans.join(", ")} (default: the chip's)`,
        oneOf("--scale", spans),
      ),
    )
    .addOption(
      optionOf(
        "--read-noise <MODE>",
        "process: noise slower than the run is held; held: all of it; perRead: none of it",
        oneOf("--read-noise", readNoiseModes),
        "process",
      ),
    )
    .addOption(optionOf("--read-window <TIME>", window, positiveQuantity("--read-window", "s")))
    .addOption(
      optionOf(
        "--fidelity <KIND>",
        "statistical: noise folded into each output; sampled: every cell read",
        oneOf("--fidelity", fidelities),
        "statistical",
      ),
    )
    .addOption(optionOf("--without <CAUSES>", `causes switched off: ${causesNow.join(", ")}, or all`, causesOff));
}

/** The chip that the options ask for; `--scale` is a word for its `tile.scale`. */
export function chipOf({ chip, parameters, scale, set = [] }: ArrayOptions): Chip {
  const span = scale === undefined ? [] : [{ key: "tile.scale", value: scale }];
  return readChip({ chip, parameters, overrides: [...span, ...set], open: textIfThere });
}

function causesOff(text: string): ReadonlySet<Cause> {
  const named = someOf("--without", [...causesNow, "all"])(text);
  return new Set(named.includes("all") ? causes : (named as Cause[]));
}
