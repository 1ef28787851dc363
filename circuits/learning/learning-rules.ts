import { type RuleOption, type RuleOptions, ruleOptions, updateRule, updateRules } from "../../crossbar/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import { InputError, namesNear } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { LearningLayer } from "./layer.ts";
import type { LearningLayerOptions } from "./layer-options.ts";
import { TransferLearning, type TransferOptions } from "./transfer.ts";

/** A way to learn on devices, as a user names it. */
export interface LearningRule {
  readonly name: string;
  readonly text: string;
  readonly options: readonly RuleOption[];
}

/** A rule with a fast array: what makes its kind. */
interface TransferRule extends LearningRule {
  /** How the slow array takes what was read. */
  readonly slow: "stochastic" | "mixed-precision";
  readonly dynamicReference: boolean;
}

const fractionFrom0 = { low: 0, fraction: true } as const;

/** Options that all rules with a fast array have, with what is usual for each of them. */
const transferOptions = (usual: { gamma: number; chopping: number; symmetryPairs: number }): readonly RuleOption[] => [
  { name: "every", text: "updates from a transfer to the next", usual: 2 },
  { name: "fastRate", text: "factor on the learning rate of the fast array", usual: 1, ...fractionFrom0 },
  { name: "transferRate", text: "factor on the learning rate of what is read from it", usual: 1, ...fractionFrom0 },
  { name: "gamma", text: "weight of the fast array in products", usual: usual.gamma, ...fractionFrom0 },
  {
    name: "chopping",
    text: "probability that a line's sign turns after a transfer",
    usual: usual.chopping,
    high: 1,
    ...fractionFrom0,
  },
  {
    name: "symmetryPairs",
    text: "pairs of alternating pulses that bring the fast array to its symmetry points at first; 0: it starts in the middle of its range",
    usual: usual.symmetryPairs,
    low: 0,
    high: 100_000,
  },
];

const transferRules: readonly TransferRule[] = [
  {
    name: "tiki-taka",
    text: "a fast array learns by random trains; its rows, read in turn, are added to a slow array by random trains",
    options: transferOptions({ gamma: 1, chopping: 0, symmetryPairs: 1000 }),
    slow: "stochastic",
    dynamicReference: false,
  },
  {
    name: "tiki-taka-2",
    text: "tiki-taka with a digital buffer between both arrays, out of which whole pulses go to the slow one",
    options: transferOptions({ gamma: 0, chopping: 0, symmetryPairs: 1000 }),
    slow: "mixed-precision",
    dynamicReference: false,
  },
  {
    name: "chopped",
    text: "tiki-taka-2 with signs of the fast array's lines that turn at random",
    options: transferOptions({ gamma: 0, chopping: 0.05, symmetryPairs: 0 }),
    slow: "mixed-precision",
    dynamicReference: false,
  },
  {
    name: "agad",
    text: "chopped, and what a row read on average before its sign turned is taken away from what it reads",
    options: transferOptions({ gamma: 0, chopping: 0.05, symmetryPairs: 0 }),
    slow: "mixed-precision",
    dynamicReference: true,
  },
];

/** Every way to learn on devices. */
export const learningRules: readonly LearningRule[] = [...updateRules, ...transferRules];

/** The rule of a name; an unknown one is refused with the names near it. */
function learningRule(name: string): LearningRule {
  const rule = learningRules.find((candidate) => candidate.name === name);
  if (rule) return rule;
  const names = learningRules.map((candidate) => candidate.name);
  const near = namesNear(name, names);
  throw new InputError(`no rule "${name}"${near.length > 0 ? `; near: ${near.join(", ")}` : ""}`);
}

/**
 * Weights on devices that learn by a rule.
 *
 * @param weights  where they start, [rows][columns]
 * @param rule  a name of `learningRules`, and `given` those of its options that are not as usual
 * @param options  of its arrays, but for the rule
 */
export function learningProduct(
  engine: Engine,
  name: string,
  rows: number,
  columns: number,
  weights: Float32Array,
  options: Omit<LearningLayerOptions, "rule">,
  rule: string,
  given: RuleOptions,
  draw: Draw,
): LearningLayer | TransferLearning {
  const make = (own: string, place: Draw, values: Float32Array, ruleOptionsOf: RuleOptions = {}) =>
    new LearningLayer(
      engine,
      name,
      rows,
      columns,
      values,
      { ...options, rule: (setting) => updateRule(own, setting, ruleOptionsOf) },
      place,
    );
  const { options: known } = learningRule(rule);
  const kind = transferRules.find((candidate) => candidate.name === rule);
  if (!kind) return make(rule, draw, weights, given);
  const { symmetryPairs, ...transfer } = ruleOptions(rule, known, given);
  const slow = make(kind.slow, at(draw, "slow"), weights);
  const fast = make("stochastic", at(draw, "fast"), new Float32Array(rows * columns));
  if (Number(symmetryPairs) > 0) fast.shiftToSymmetry(Number(symmetryPairs));
  const { dynamicReference } = kind;
  return new TransferLearning(fast, slow, { ...(transfer as unknown as TransferOptions), dynamicReference }, draw);
}
