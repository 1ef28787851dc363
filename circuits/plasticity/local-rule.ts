import type { Known } from "../../src/ground/known.ts";
import type { RequestedChanges } from "./requested-changes.ts";

/** What a rule may see, by name, and where in the array it is known. */
export const signals = {
  "pre spikes": "row",
  "pre rates": "row",
  "pre membrane": "row",
  "post spikes": "column",
  "post rates": "column",
  "post membrane": "column",
  desire: "column",
  "third factor": "array",
  weights: "synapse",
} as const;
export type Signal = keyof typeof signals;

/** What there is to see in one step. Inputs are rows, neurons columns, synapse input * neurons + neuron. */
export interface Seen {
  /** Not 0 where a spike is, [inputs] and [neurons]. */
  readonly "pre spikes"?: ArrayLike<number>;
  readonly "post spikes"?: ArrayLike<number>;
  /** Activities, dimensionless. */
  readonly "pre rates"?: ArrayLike<number>;
  readonly "post rates"?: ArrayLike<number>;
  /** Membranes, in units of the neuron's threshold above its rest; inputs' [inputs], neurons' [neurons]. */
  readonly "pre membrane"?: ArrayLike<number>;
  readonly "post membrane"?: ArrayLike<number>;
  /** -1, 0 or 1 for each neuron: in which direction its output should go, [neurons]. */
  readonly desire?: ArrayLike<number>;
  /** One number for the whole array: reward, its prediction error, light. */
  readonly "third factor"?: number;
  /** Weights as they were read last, 1 the largest, [inputs][neurons]. */
  readonly weights?: ArrayLike<number>;
}

/** What rule and array stand in. */
export interface RuleSetting {
  readonly inputs: number;
  readonly neurons: number;
  /** s from a step to the next. */
  readonly step: number;
}

/** A number or a word that a rule is set by, with its unit and how it is known. */
export interface Parameter extends Known<number | string> {
  readonly text: string;
  /** Of a number: its limits, 0 and Infinity unless said. */
  readonly low?: number;
  readonly high?: number;
  /** Of a word: what it can be. */
  readonly words?: readonly string[];
}

/** A rule's parameters by name, checked. */
export interface ParameterValues {
  number(name: string): number;
  word(name: string): string;
}

/** How many numbers a rule keeps, and where: what its locality costs. */
export interface Locality {
  readonly row: number;
  readonly column: number;
  readonly synapse: number;
  readonly array: number;
}

/** The working part of a rule: what it keeps, and what it asks for. */
export interface RuleCore {
  /** All that later steps depend on. */
  readonly state: readonly (Float64Array | Int32Array)[];
  /** One step. @param asked  empty before; receives changes of weights (1 is the largest weight), or whole signed pulses */
  request(seen: Required<Seen>, asked: RequestedChanges): void;
}

/** A kind of local rule: what it is, sees, keeps and gives, and how one is made. */
export interface LocalRuleKind {
  readonly name: string;
  readonly title: string;
  /** The rule as a formula. */
  readonly law: string;
  /** Publication with its DOI. */
  readonly source: string;
  readonly needs: readonly Signal[];
  /** What makes it act. */
  readonly acts: "pre and post spikes" | "post spikes" | "third factor" | "every step";
  readonly keeps: Locality;
  /** Whether a synapse's change follows from its own row, column and weight, or from others' as well. */
  readonly reach: "own lines" | "whole array";
  /** "change": of weights, which becomes pulses by rounding; "pulses": whole ones; "stimuli": it acts on the device, which keeps its trace. */
  readonly gives: "change" | "pulses" | "stimuli";
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Absent where it gives stimuli. */
  create?(setting: RuleSetting, parameters: ParameterValues): RuleCore;
}
