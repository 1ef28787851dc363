import { summary } from "../../../src/ground/statistics/index.ts";
import { judged, notRun } from "../claims.ts";
import type { Claim } from "../paper.ts";
import type { DetectionResult } from "./detection-run.ts";
import { pulseEnergyMismatch } from "./energy.ts";
import type { StreamsResult } from "./streams.ts";

/** Runs of one N, one a seed. */
export interface RunsOfSize {
  readonly devices: number;
  /** AUC that their mean is to reach. */
  readonly least: number;
  readonly results: readonly DetectionResult[];
}

export interface FailedRun {
  readonly name: "counter that stands still" | "threshold too low";
  readonly result: DetectionResult;
}

const stopped = "stopped before";
const mean = (values: readonly number[]): number => summary(values).mean;

export function streamClaims(streams: StreamsResult | undefined): Claim[] {
  const line = (text: string, low: number, high: number) =>
    ({ id: "3.i", text, unit: "1", low, high, howKnown: "paper" }) as const;
  const rate = line(
    "Events per step of the input stream that is furthest from the rate 0.05, 100,000 steps",
    0.03,
    0.07,
  );
  const coefficient = line("Mean coefficient of pairs of correlated input streams", 0.73, 0.77);
  const others = line("Mean coefficient of all other pairs of input streams", -0.02, 0.02);
  if (!streams) return [rate, coefficient, others].map((each) => notRun(each, stopped));
  return [judged(rate, streams.furthestRate), judged(coefficient, streams.correlated), judged(others, streams.others)];
}

/** @param seeds  that the means are over */
export function separationClaims(sizes: readonly RunsOfSize[], seeds: number, steps: number): Claim[] {
  const complete = sizes.every(({ results }) => results.length === seeds);
  const areas = sizes.map(({ devices, least, results }) => {
    const text = `AUC of correlated against uncorrelated weights, N = ${devices}, mean over ${seeds} seeds`;
    const line = { id: "3.j", text, unit: "1", low: least, high: 1, howKnown: "derived" } as const;
    if (results.length < seeds) return notRun(line, stopped);
    const each = results.map((result) => result.areaUnderCurve.toPrecision(4)).join(", ");
    return judged(line, mean(results.map((result) => result.areaUnderCurve)), `${steps} steps; single seeds ${each}`);
  });
  const rising = {
    id: "3.j",
    text: `Least rise of the mean d' from one N to the next, N = ${sizes.map(({ devices }) => devices).join(", ")}`,
    unit: "1",
    low: 0,
    high: null,
    howKnown: "paper",
  } as const;
  if (!complete) return [...areas, notRun(rising, stopped)];
  const means = sizes.map(({ results }) => mean(results.map((result) => result.discriminability)));
  const rises = means.slice(1).map((value, k) => value - means[k]!);
  const reason = `d' ${means.map((value) => value.toPrecision(3)).join(", ")}`;
  return [...areas, judged(rising, Math.min(...rises), reason)];
}

/** What is to fail does: the paper's rules are needed. */
export function failureClaims(sizes: readonly RunsOfSize[], failed: readonly FailedRun[]): Claim[] {
  const result = (name: FailedRun["name"]) => failed.find((run) => run.name === name)?.result;
  const still = {
    id: "3.j",
    text: "Failure shown: d' with a selection counter that stands still (increment 7, N = 7), over the mean d' of N = 7",
    unit: "1",
    low: null,
    high: 0.75,
    howKnown: "derived",
  } as const;
  const low = {
    id: "3.j",
    text: "Failure shown: AUC with a threshold too low (60 uS instead of 250 uS), N = 7: the neuron fires on noise",
    unit: "1",
    low: 0.4,
    high: 0.6,
    howKnown: "derived",
  } as const;
  const [standing, firing] = [result("counter that stands still"), result("threshold too low")];
  const whole = sizes.find(({ devices }) => devices === 7)?.results ?? [];
  return [
    standing && whole.length > 0
      ? judged(still, standing.discriminability / mean(whole.map((run) => run.discriminability)))
      : notRun(still, stopped),
    firing ? judged(low, firing.areaUnderCurve) : notRun(low, stopped),
  ];
}

export function detectionEnergyClaim(runs: readonly DetectionResult[], what: string): Claim {
  const line = {
    id: "3.o",
    text: `Energy of pulses booked in ${what} against their number times 5 pJ and 33.75 pJ: largest relative difference`,
    unit: "1",
    low: 0,
    high: 1e-9,
    howKnown: "derived",
  } as const;
  return runs.length > 0 ? judged(line, pulseEnergyMismatch(runs)) : notRun(line, stopped);
}
