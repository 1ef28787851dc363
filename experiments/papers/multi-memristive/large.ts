import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { judged, notRun } from "../claims.ts";
import type { Claim, PaperOutcome, PaperPart } from "../paper.ts";
import type { DetectionSpec } from "./detection.ts";
import { detectionEnergyClaim } from "./detection-claims.ts";
import { evolutionFigure, histogramFigure } from "./detection-figures.ts";
import { type DetectionResult, detectionAmount, runDetection } from "./detection-run.ts";
import { detectionSpec, detectionStandIns } from "./detection-setup.ts";
import { detectionEnergy } from "./energy.ts";

const devices = 7;
const shownFirst = 300;
const size = (quick: boolean) =>
  quick ? { synapses: 7200, correlated: 720, steps: 600 } : { synapses: 144_000, correlated: 14_400, steps: 3000 };

const nameOf = (quick: boolean): string => `${size(quick).synapses} synapses`;

/**
 * The paper's network of more than a million devices. The neuron needs the currents of all synapses at every step, so it is one run on one
 * thread, and other steps run beside it: threads cannot change a bit of it.
 */
export const large: PaperPart = {
  name: "large",
  steps(quick, seed) {
    const spec = detectionSpec({ ...size(quick), devices });
    return [{ name: nameOf(quick), input: { seed, spec }, amount: detectionAmount(spec) }];
  },
  run({ input }, tools) {
    const draw = at(drawOf(input.seed as number), "large");
    return runDetection(
      input.spec as DetectionSpec,
      draw,
      { early: { steps: shownFirst, every: 10 }, looks: 60 },
      tools,
    );
  },
  conclude(done, quick) {
    const result = done.get(nameOf(quick)) as DetectionResult | undefined;
    const { synapses, steps } = size(quick);
    const evolution = (figure: string, title: string, last: number) =>
      result
        ? [evolutionFigure(result, { name: figure, title: `${title}, ${synapses} synapses, N = 7`, devices, last })]
        : [];
    return {
      claims: claimsOf(result, quick),
      figures: [
        ...evolution("large-first", `Weights over the first ${shownFirst} steps`, shownFirst),
        ...evolution("large", "Weights over all steps", steps),
        ...(result
          ? [histogramFigure(result, "large-weights", `Weights at the end, ${synapses} synapses, N = 7`)]
          : []),
      ],
      energy: detectionEnergy(result ? [result] : []),
      standIns: detectionStandIns,
    } satisfies PaperOutcome;
  },
};

function claimsOf(result: DetectionResult | undefined, quick: boolean): Claim[] {
  const whole = size(false).synapses * devices;
  const count = {
    id: "3.k",
    text: "Devices of the large run, 144,000 synapses of 7",
    unit: "1",
    low: whole,
    high: whole,
    howKnown: "derived",
  } as const;
  const area = {
    id: "3.k",
    text: `AUC of correlated against uncorrelated weights in the large run${quick ? ", at a twentieth of its size" : ""}`,
    unit: "1",
    low: 0.999,
    high: 1,
    howKnown: "paper",
  } as const;
  const energy = detectionEnergyClaim(result ? [result] : [], "the large run");
  if (!result) return [count, area, energy].map((line) => notRun(line, "stopped before"));
  const { pulses, reads, spikes, steps } = result;
  const reason = `${steps} steps, ${spikes} spikes, ${pulses.potentiation} potentiating and ${pulses.depression} depressing pulses, ${reads} reads of synapses`;
  return [
    quick
      ? notRun(count, `a quick run has ${result.devices} devices and ${steps} steps`)
      : judged(count, result.devices),
    judged(area, result.areaUnderCurve, reason),
    energy,
  ];
}
