import type { Draw } from "../../src/ground/draws/index.ts";
import { InputError, namesNear } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { CountedRule } from "./counted.ts";
import { MixedPrecisionRule } from "./mixed-precision.ts";
import { StochasticRule } from "./stochastic.ts";
import { longestTrain } from "./trains.ts";
import type { PulseSteps, UpdateRule } from "./update-rule.ts";

/** What a rule is made for. */
export interface UpdateSetting {
  readonly engine: Engine;
  readonly rows: number;
  readonly columns: number;
  readonly steps: PulseSteps;
  /** Addresses all that the rule draws. */
  readonly draw: Draw;
}

/** A setting of a rule: a whole number within limits, a number within limits, or yes or no. */
export interface RuleOption {
  readonly name: string;
  readonly text: string;
  readonly usual: number | boolean;
  /** Limits of a number; absent: 1 and none. */
  readonly low?: number;
  readonly high?: number;
  /** Whether a number need not be a whole one. */
  readonly fraction?: true;
}

export type RuleOptions = Readonly<Record<string, number | boolean>>;

/** A kind of rule: its name, what it does, its options, and how one is made. */
export interface UpdateRuleKind {
  readonly name: string;
  readonly text: string;
  readonly options: readonly RuleOption[];
  /** @param options  all of them, checked */
  create(setting: UpdateSetting, options: RuleOptions): UpdateRule;
}

const trainOptions: readonly RuleOption[] = [
  { name: "trainLength", text: "slots of the longest train", usual: 31, low: 1, high: longestTrain },
  { name: "updateManagement", text: "let the largest input and the largest error pulse equally often", usual: true },
  { name: "lengthManagement", text: "make trains only as long as the largest product asks for", usual: true },
];

const trainsFrom = (options: RuleOptions) => ({
  trainLength: options.trainLength as number,
  updateManagement: options.updateManagement as boolean,
  lengthManagement: options.lengthManagement as boolean,
});

/** Every rule that turns a rank-1 step into pulses of one array. */
export const updateRules: readonly UpdateRuleKind[] = [
  {
    name: "stochastic",
    text: "one random train a line serves both signs; a cell is pulsed where the trains of its lines coincide",
    options: trainOptions,
    create: ({ engine, rows, columns, steps, draw }, options) =>
      new StochasticRule(engine, rows, columns, steps, draw, { ...trainsFrom(options), twoPass: false }),
  },
  {
    name: "stochastic-two-pass",
    text: "random trains of their own for growth and for fall, each sized by the device's step of that sign",
    options: trainOptions,
    create: ({ engine, rows, columns, steps, draw }, options) =>
      new StochasticRule(engine, rows, columns, steps, draw, { ...trainsFrom(options), twoPass: true }),
  },
  {
    name: "deterministic",
    text: "round(BL x d) pulses, x and d rounded to levels of their own, applied row by row",
    options: [
      ...trainOptions,
      { name: "inputLevels", text: "levels that the size of an input is rounded to", usual: 127, low: 1 },
      { name: "outputLevels", text: "levels that the size of an error is rounded to", usual: 127, low: 1 },
    ],
    create: ({ rows, columns, steps }, options) => {
      const [inputLevels, outputLevels] = [options.inputLevels as number, options.outputLevels as number];
      return new CountedRule("deterministic", rows, columns, steps, {
        ...trainsFrom(options),
        inputLevels,
        outputLevels,
      });
    },
  },
  {
    name: "mean-count",
    text: "as many pulses as random trains would give on average, rounded, applied row by row",
    options: trainOptions,
    create: ({ rows, columns, steps }, options) => {
      const levels = { inputLevels: Number.POSITIVE_INFINITY, outputLevels: Number.POSITIVE_INFINITY };
      return new CountedRule("mean-count", rows, columns, steps, { ...trainsFrom(options), ...levels });
    },
  },
  {
    name: "mixed-precision",
    text: "a digital accumulator a weight gathers steps; whole pulses are applied row by row, the rest is kept",
    options: [{ name: "double", text: "keep the accumulator in float64 instead of float32", usual: false }],
    create: ({ rows, columns, steps }, options) =>
      new MixedPrecisionRule(rows, columns, steps, options.double as boolean),
  },
];

/** The rule of a name. */
function updateRuleKind(name: string): UpdateRuleKind {
  const kind = updateRules.find((rule) => rule.name === name);
  if (kind) return kind;
  const names = updateRules.map((rule) => rule.name);
  throw new InputError(`no update rule "${name}"; near: ${namesNear(name, names).join(", ")}`);
}

/**
 * A rule with the options that were given and the usual ones for the rest.
 *
 * @param given  checked: names, kinds and limits
 */
export function updateRule(name: string, setting: UpdateSetting, given: RuleOptions = {}): UpdateRule {
  const { options, create } = updateRuleKind(name);
  return create(setting, ruleOptions(name, options, given));
}

/** All options of a rule: those that were given, checked, and the usual ones for the rest. */
export function ruleOptions(rule: string, options: readonly RuleOption[], given: RuleOptions): RuleOptions {
  for (const key of Object.keys(given)) {
    const names = options.map(({ name }) => name);
    if (!names.includes(key)) {
      const near = namesNear(key, names);
      const hint = near.length > 0 ? `; near: ${near.join(", ")}` : "";
      throw new InputError(`rule "${rule}" has no option "${key}", expected ${names.join(", ")}${hint}`);
    }
  }
  return Object.fromEntries(options.map((option) => [option.name, checked(rule, option, given[option.name])]));
}

function checked(rule: string, option: RuleOption, given: number | boolean | undefined): number | boolean {
  const { name, usual, low = 1, high = Number.MAX_SAFE_INTEGER, fraction } = option;
  if (given === undefined) return usual;
  if (typeof usual === "boolean") {
    if (typeof given === "boolean") return given;
    throw new InputError(`rule "${rule}": ${name} is ${given}, expected true or false`);
  }
  const number = Number(given);
  if (typeof given === "number" && (fraction || Number.isInteger(number)) && number >= low && number <= high)
    return given;
  const kind = fraction ? "number" : "whole number";
  const most = high === Number.MAX_SAFE_INTEGER ? "" : ` to ${high}`;
  throw new InputError(`rule "${rule}": ${name} is ${given}, expected a ${kind} from ${low}${most}`);
}
