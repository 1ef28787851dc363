import { createHash } from "node:crypto";
import { type Chip, chipTree, learningRules, type Override } from "../../../circuits/index.ts";
import { type RuleOptions, ruleOptions } from "../../../crossbar/index.ts";
import type { ImageData } from "../../../experiments/network/index.ts";
import type { TrainingResult, TrainingSettings } from "../../../experiments/training/index.ts";
import { InputError, inputError } from "../../ground/errors.ts";
import type { Identity } from "../checkpoint.ts";
import { version } from "../files.ts";
import type { Learning } from "./world.ts";

/** Keys of `--set` that begin with "rule." are the rule's, and it takes them; the rest goes to the chip. */
export function rulePart(
  rule: string,
  all: readonly Override[],
): {
  readonly ruleOptions: RuleOptions;
  readonly overrides: readonly Override[];
} {
  const own = all.filter(({ key }) => key.startsWith("rule."));
  const given = Object.fromEntries(own.map(({ key, value }) => [key.slice("rule.".length), ruleValue(key, value)]));
  const known = learningRules.find(({ name }) => name === rule)?.options ?? [];
  try {
    ruleOptions(rule, known, given);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw inputError({ file: "--set", found: error.message, expected: "" });
  }
  return { ruleOptions: given, overrides: all.filter((one) => !own.includes(one)) };
}

function ruleValue(key: string, value: string): number | boolean {
  if (value === "true" || value === "false") return value === "true";
  const read = Number(value);
  if (Number.isFinite(read)) return read;
  throw inputError({ file: "--set", found: `${key} is ${value}`, expected: "a number, true or false" });
}

/** What a training must share with a checkpoint that it goes on from. More epochs may be asked for. */
export function identityOf({
  source,
  chip,
  images,
  settings,
  learning,
  seed,
}: {
  readonly source: { readonly file: string; readonly spec?: unknown; readonly bytes?: Uint8Array };
  readonly chip: Chip;
  readonly images: { readonly train: ImageData; readonly test: ImageData };
  readonly settings: TrainingSettings;
  readonly learning: Learning;
  readonly seed: number;
}): Identity {
  const { rule, ruleOptions, arrangement, arbitration, selection, weightRange } = learning;
  const { batch, rate, decay } = settings;
  const words = (values: object) => Object.entries(values).map(([key, value]) => `${key} ${value}`);
  const { train, test } = images;
  return {
    version: { shown: version() },
    network: { shown: source.file, digest: digestOf(source.bytes ?? JSON.stringify(source.spec)) },
    chip: {
      shown: `${chip.name} with ${chip.device.model.value} ${chip.device.parameters.value}`,
      digest: digestOf(JSON.stringify(chipTree(chip))),
    },
    rule: { shown: [rule, ...words(ruleOptions)].join(" ") },
    synapse: { shown: words({ arrangement, ...arbitration, selection, range: weightRange }).join(", ") },
    step: { shown: words({ batch, rate, decay }).join(", ") },
    seed: { shown: `${seed}` },
    data: {
      shown: `${train.labels.length} and ${test.labels.length} images`,
      digest: digestOf(
        ...[train, test].flatMap(({ values, labels, scale, shift }) => [
          values,
          labels,
          Float64Array.from([...scale, ...shift]),
        ]),
      ),
    },
  };
}

function digestOf(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(typeof part === "string" ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest("hex");
}

/** A row for each epoch; every number reads back the same. */
export function* epochCsv({ epochs, floatEpochs }: TrainingResult): Generator<string> {
  yield "epoch,accuracy,loss,rate,pulses,energy,wearMean,wearMaximum,floatAccuracy\n";
  for (const { epoch, accuracy, loss, rate, pulses, energy, wear } of epochs) {
    const float = floatEpochs[epoch - 1]?.accuracy ?? "";
    yield `${[epoch, accuracy, loss, rate, pulses, energy, wear.mean, wear.maximum, float].join(",")}\n`;
  }
}
