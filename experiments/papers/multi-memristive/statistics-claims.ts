import { judged, notRun } from "../claims.ts";
import type { Claim } from "../paper.ts";
import type { DriftTrial, EnergyTrial } from "./drift-and-energy.ts";
import { linearity, type RoundRobin, straightLine, variation } from "./round-robin.ts";

const stopped = "stopped before";

/** S after so many pulses: mean and standard deviation of 10,000 devices that follow the reference's equations. */
const published = [
  { pulses: 1, mean: 2.06e-6, deviation: 1.52e-6 },
  { pulses: 5, mean: 5.93e-6, deviation: 2.4e-6 },
  { pulses: 10, mean: 7.84e-6, deviation: 2.48e-6 },
  { pulses: 20, mean: 9.39e-6, deviation: 2.68e-6 },
] as const;

export function stepClaims(run: RoundRobin | undefined): Claim[] {
  return published.flatMap(({ pulses, ...numbers }) =>
    (["mean", "deviation"] as const).map((number) => {
      const words = { mean: "Mean", deviation: "Standard deviation" } as const;
      const expected = numbers[number];
      const line = {
        id: "3.d",
        text: `${words[number]} of the conductance after ${pulses} ${pulses === 1 ? "pulse" : "pulses"}`,
        unit: "S",
        low: 0.97 * expected,
        high: 1.03 * expected,
        howKnown: "secondary",
      } as const;
      return run ? judged(line, run[number][pulses]!, `${run.synapses} devices`) : notRun(line, stopped);
    }),
  );
}

/** @param runs  N = 1 .. 9; null: not all of them */
export function sumClaims(runs: readonly RoundRobin[] | null): Claim[] {
  const slope = {
    id: "3.e",
    text: "Slope of the coefficient of variation of the summed conductance against N, both logarithmic, N = 1 .. 9",
    unit: "1",
    low: -0.55,
    high: -0.45,
    howKnown: "derived",
  } as const;
  const straight = (devices: number, expected: number) =>
    ({
      id: "3.f",
      text: `R^2 of a straight line through the mean response after events 1 .. 20, N = ${devices}`,
      unit: "1",
      low: expected - 0.01,
      high: expected + 0.01,
      howKnown: "derived",
    }) as const;
  const rises = {
    id: "3.f",
    text: "Least rise of that R^2 from one N to the next, N = 1 .. 9: above 0",
    unit: "1",
    low: 0,
    high: null,
    howKnown: "derived",
  } as const;
  const expected = [straight(1, 0.859), straight(3, 0.953), straight(5, 0.977), straight(7, 0.986), straight(9, 0.991)];
  if (!runs) return [slope, ...expected, rises].map((line) => notRun(line, stopped));
  const logarithms = (of: (run: RoundRobin) => number) => runs.map((run) => Math.log(of(run)));
  const values = runs.map(linearity);
  const growing = values.slice(1).map((value, k) => value - values[k]!);
  return [
    judged(
      slope,
      straightLine(
        logarithms(({ devices }) => devices),
        logarithms(variation),
      ).slope,
    ),
    ...expected.map((line, k) => judged(line, values[2 * k]!)),
    judged(rises, Math.min(...growing)),
  ];
}

export function driftClaims(trial: DriftTrial | undefined): Claim[] {
  const expected = (1e4 / 38.6) ** -0.04;
  const ratio = {
    id: "3.g",
    text: "Conductance 10^4 s after a pulse over that after 38.6 s, the device furthest from the mean",
    unit: "1",
    low: 0.995 * expected,
    high: 1.005 * expected,
    howKnown: "secondary",
  } as const;
  const exact = { id: "3.h", unit: "1", low: 0, high: 0, howKnown: "secondary" } as const;
  const restarted = {
    ...exact,
    text: "Devices whose drift did not start anew at a potentiating or depressing pulse, 10^4 s after the one before",
  } as const;
  const alone = {
    ...exact,
    text: "Devices without a pulse whose drift did not go on as if nothing had happened",
  } as const;
  if (!trial) return [ratio, restarted, alone].map((line) => notRun(line, stopped));
  return [
    judged(ratio, trial.furthest),
    judged(restarted, trial.notRestarted, `${trial.pulsed} devices pulsed`),
    judged(alone, trial.disturbed),
  ];
}

export function sizeClaims(one: RoundRobin | undefined, seven: RoundRobin | undefined): Claim {
  const line = {
    id: "3.n",
    text: "Mean size of a single event's change of the normalised weight, N = 7 over N = 1, 20 pulses a device",
    unit: "1",
    low: 0.8 / 7,
    high: 1.2 / 7,
    howKnown: "paper",
  } as const;
  return one && seven ? judged(line, seven.step / one.step) : notRun(line, stopped);
}

export function energyClaim(trial: EnergyTrial | undefined): Claim {
  const line = {
    id: "3.o",
    text: "Energy booked against potentiations x 5 pJ + depressions x 33.75 pJ + reads x V^2 G t: relative difference",
    unit: "1",
    low: 0,
    high: 1e-9,
    howKnown: "assumed",
  } as const;
  if (!trial) return notRun(line, stopped);
  const { energy, expected, pulses, reads } = trial;
  const booked = energy.potentiation + energy.depression + energy.read;
  const reason = `${pulses.potentiation} potentiations, ${pulses.depression} depressions, ${reads} reads of seven devices`;
  return judged(line, Math.abs(booked / expected - 1), reason);
}
