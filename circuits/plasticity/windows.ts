import type { Signal } from "./local-rule.ts";

/** What one synapse is shown in a step; what is not named is 0, the weight a half. */
export type Moment = Partial<Record<Signal, number>>;

/** A rule's window: how what it asks of a synapse depends on one thing. */
export interface RuleWindow {
  readonly rule: string;
  /** What is varied, with its unit. */
  readonly abscissa: string;
  readonly values: readonly number[];
  /** s from a step to the next. */
  readonly step: number;
  readonly parameters?: Readonly<Record<string, number | string>>;
  /** Steps at the beginning whose requests do not count. */
  readonly lead?: number;
  shown(value: number): readonly Moment[];
}

const ms = 1e-3;
const evenly = (low: number, high: number, points: number): number[] =>
  Array.from({ length: points }, (_, k) => low + ((high - low) * k) / (points - 1));

/** Steps of 1 ms in which input and neuron spike. */
function spikes(steps: number, pre: readonly number[], post: readonly number[]): Moment[] {
  return Array.from({ length: steps }, (_, step) => ({
    "pre spikes": Number(pre.includes(step)),
    "post spikes": Number(post.includes(step)),
  }));
}

/** One input's spike, and the neuron's a lag in ms later, or before. */
const pairAt = (lag: number): Moment[] => spikes(82, [41], [41 + Math.round(lag)]);
const lags = evenly(-40, 40, 33);
const between = "post spike after pre spike, ms";

/** How each rule is shown to a synapse to see its window: amplitudes are such that a device gets several pulses. */
export const ruleWindows: readonly RuleWindow[] = [
  {
    rule: "pair-stdp",
    abscissa: between,
    values: lags,
    step: ms,
    parameters: { potentiation: 0.05, depression: 0.0525 },
    shown: pairAt,
  },
  {
    rule: "triplet-stdp",
    abscissa: `${between}, 5 pairs at 40 Hz`,
    values: evenly(-12, 12, 25),
    step: ms,
    shown: (lag) => {
      const pre = [0, 25, 50, 75, 100].map((start) => 20 + start);
      return spikes(
        140,
        pre,
        pre.map((start) => start + Math.round(lag)),
      );
    },
  },
  {
    rule: "thresholded-stdp",
    abscissa: between,
    values: lags,
    step: ms,
    parameters: { potentiationTime: 20 * ms, depressionTime: 34 * ms },
    shown: pairAt,
  },
  {
    rule: "vdsp",
    abscissa: "membrane of the input, thresholds",
    values: evenly(-1, 1, 21),
    step: ms,
    parameters: { rate: 0.1 },
    shown: (v) => [{ "post spikes": 1, "pre membrane": v }],
  },
  {
    rule: "r-stdp",
    abscissa: `${between}; reward 50 ms later`,
    values: lags,
    step: ms,
    parameters: { potentiation: 0.05, depression: 0.0525, eligibilityTime: 0.5 },
    shown: (lag) => [...pairAt(lag), ...spikes(50, [], []), { "third factor": 1 }],
  },
  {
    rule: "three-factor",
    abscissa: "third factor after the coincidence, s",
    values: evenly(0, 3, 16),
    step: 100 * ms,
    shown: (delay) => {
      const last = Math.round(delay / 0.1);
      return Array.from({ length: last + 1 }, (_, step) => ({
        "pre spikes": Number(step === 0),
        "post spikes": Number(step === 0),
        "third factor": Number(step === last),
      }));
    },
  },
  {
    rule: "soft-hebb",
    abscissa: "input x, for u = 0.5 and a share of 1",
    values: evenly(-1, 1, 21),
    step: ms,
    lead: 1,
    // A first sample gives the running mean that changes are divided by.
    shown: (x) => [1, x].map((own) => ({ "pre rates": own, "post membrane": 0.5 })),
  },
  {
    rule: "oja",
    abscissa: "output y, for an input of 1",
    values: evenly(-1, 1, 21),
    step: ms,
    parameters: { rate: 0.05 },
    shown: (y) => [{ "pre rates": 1, "post rates": y }],
  },
  {
    rule: "desire",
    abscissa: `${between}; desire 1`,
    values: evenly(-20, 60, 33),
    step: ms,
    shown: (lag) => spikes(130, [41], [41 + Math.round(lag)]).map((moment) => ({ ...moment, desire: 1 })),
  },
  {
    rule: "sign-sign",
    abscissa: "input x; desire 1",
    values: evenly(-1, 1, 21),
    step: ms,
    shown: (x) => [{ "pre rates": x, desire: 1 }],
  },
];
