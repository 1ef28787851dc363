import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { PaperFigure, PaperOutcome, PaperPart } from "../paper.ts";
import type { DetectionSpec } from "./detection.ts";
import { detectionEnergyClaim, failureClaims, separationClaims, streamClaims } from "./detection-claims.ts";
import { evolutionFigure, histogramFigure, separationFigures } from "./detection-figures.ts";
import { type DetectionResult, detectionAmount, runDetection } from "./detection-run.ts";
import { type DetectionChoice, detectionSpec, detectionStandIns } from "./detection-setup.ts";
import { detectionEnergy } from "./energy.ts";
import { type StreamsResult, streamsAsAsked, streamsSteps } from "./streams.ts";

/** N, and the AUC that the mean over seeds is to reach. */
const sizes = [
  { devices: 1, least: 0.9 },
  { devices: 3, least: 0.99 },
  { devices: 7, least: 0.999 },
] as const;
const runs = [1, 2, 3, 4, 5] as const;
const network = { synapses: 1000, correlated: 100 } as const;
const stepsOf = (quick: boolean): number => (quick ? 1500 : 5000);
const shownFirst = 300;

/** Set-ups that are to fail, at N = 7, and what of them shows it. */
const failures = {
  "counter that stands still": { increment: 7 },
  "threshold too low": { threshold: 60e-6 },
} as const satisfies Record<string, Partial<DetectionChoice>>;
const failing = Object.keys(failures) as (keyof typeof failures)[];

/** One neuron finds those of 1,000 inputs that are correlated. */
export const correlation: PaperPart = {
  name: "correlation",
  steps(quick, seed) {
    const step = (name: string, run: number, choice: Omit<DetectionChoice, "synapses" | "correlated" | "steps">) => {
      const spec = detectionSpec({ ...network, steps: stepsOf(quick), ...choice });
      return { name, input: { seed, run, spec }, amount: detectionAmount(spec) };
    };
    return [
      { name: "streams", input: { seed, steps: streamsSteps }, amount: 50 },
      ...sizes.flatMap(({ devices }) => runs.map((run) => step(nameOf(devices, run), run, { devices }))),
      ...failing.map((name) => step(name, 1, { devices: 7, ...failures[name] })),
    ];
  },
  async run({ name, input, amount }, tools) {
    const draw = at(drawOf(input.seed as number), "correlation");
    if (name === "streams") return streamsAsAsked(input.steps as number, at(draw, "streams"), amount, tools);
    const early = { steps: shownFirst, every: 2 };
    return runDetection(input.spec as DetectionSpec, at(draw, input.run as number), { early, looks: 100 }, tools);
  },
  conclude(done, quick) {
    const sized = sizes.map((size) => ({
      ...size,
      results: runs.flatMap((run) => (done.get(nameOf(size.devices, run)) as DetectionResult | undefined) ?? []),
    }));
    const failed = failing.flatMap((name) => {
      const result = done.get(name) as DetectionResult | undefined;
      return result ? [{ name, result }] : [];
    });
    const all = [...sized.flatMap(({ results }) => results), ...failed.map(({ result }) => result)];
    return {
      claims: [
        ...streamClaims(done.get("streams") as StreamsResult | undefined),
        ...separationClaims(sized, runs.length, stepsOf(quick)),
        ...failureClaims(sized, failed),
        detectionEnergyClaim(all, "correlation detection"),
      ],
      figures: [
        ...sized.flatMap(({ devices, results: [first] }) => (first ? figuresOf(first, devices, stepsOf(quick)) : [])),
        ...separationFigures(sized),
        ...failed.map(({ name, result }) =>
          evolutionFigure(result, {
            name: `failure-${name.replaceAll(" ", "-")}`,
            title: `How it fails: a ${name}, N = 7`,
            devices: 7,
            last: stepsOf(quick),
          }),
        ),
      ],
      energy: detectionEnergy(all),
      standIns: detectionStandIns,
    } satisfies PaperOutcome;
  },
};

function figuresOf(result: DetectionResult, devices: number, steps: number): PaperFigure[] {
  const evolution = (name: string, title: string, last: number) =>
    evolutionFigure(result, { name: `${name}-${devices}`, title: `${title}, N = ${devices}`, devices, last });
  return [
    evolution("evolution-first", `Weights over the first ${shownFirst} steps`, shownFirst),
    evolution("evolution", "Weights over all steps", steps),
    histogramFigure(result, `weights-${devices}`, `Weights at the end, N = ${devices}`),
  ];
}

const nameOf = (devices: number, run: number): string => `N=${devices} seed=${run}`;
