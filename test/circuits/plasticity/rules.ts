import { LocalRule, type Seen, type Signal, signals } from "../../../circuits/plasticity/index.ts";

export const everySignal = Object.keys(signals) as Signal[];
export const ms = 1e-3;

/** A rule for one synapse in steps of 1 ms that may see all there is. */
export function oneSynapse(name: string, parameters: Record<string, number | string> = {}): LocalRule {
  return new LocalRule(name, { inputs: 1, neurons: 1, step: ms, gives: everySignal }, parameters);
}

const quiet: Required<Seen> = {
  "pre spikes": [0],
  "post spikes": [0],
  "pre rates": [0],
  "post rates": [0],
  "pre membrane": [0],
  "post membrane": [0],
  desire: [0],
  "third factor": 0,
  weights: [0.5],
};

/** What one step of such a rule asks for. */
export function asked(rule: LocalRule, seen: Partial<Seen> = {}): number {
  return rule.request({ ...quiet, ...seen }).of(0);
}

/** Changes asked for in each step by spikes in those steps. */
export function course(rule: LocalRule, steps: number, pre: readonly number[], post: readonly number[]): number[] {
  return Array.from({ length: steps }, (_, step) =>
    asked(rule, { "pre spikes": [Number(pre.includes(step))], "post spikes": [Number(post.includes(step))] }),
  );
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
