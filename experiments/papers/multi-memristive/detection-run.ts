import type { Draw } from "../../../src/ground/draws/index.ts";
import { advance } from "../advance.ts";
import type { StepTools } from "../paper.ts";
import { type DetectionCount, type DetectionMoment, type DetectionSpec, Detector } from "./detection.ts";
import { bytesForDevices } from "./phase-change-synapses.ts";
import { areaUnderCurve, discriminability, histogram, momentsOf } from "./separation.ts";

/** What is kept of one run. */
export interface DetectionResult extends DetectionCount {
  readonly devices: number;
  /** Chance that a correlated weight exceeds an uncorrelated one, and d', of one noisy read of every synapse at the end. */
  readonly areaUnderCurve: number;
  readonly discriminability: number;
  readonly moments: readonly DetectionMoment[];
  /** Synapses by their weight per device at the end. */
  readonly histogram: {
    readonly width: number;
    readonly correlated: readonly number[];
    readonly uncorrelated: readonly number[];
  };
}

/** S, weights per device in the histograms. */
const binWidth = 0.5e-6;
const bins = 40;
/** Steps between two reports of progress. */
const round = 25;

/** Steps of work that a run is counted as. */
export const detectionAmount = ({ synapses, steps, arbitration: { devices } }: DetectionSpec): number =>
  (synapses * devices * steps) / 1e5;

/**
 * A whole run.
 *
 * @param early  steps that are shown finely, and between how many of them weights are looked at
 * @param looks  how often they are looked at over the whole run
 */
export async function runDetection(
  spec: DetectionSpec,
  draw: Draw,
  { early, looks }: { readonly early: { readonly steps: number; readonly every: number }; readonly looks: number },
  tools: Pick<StepTools, "openEngine" | "progress" | "signal">,
): Promise<DetectionResult> {
  const { synapses, correlated, steps, arbitration } = spec;
  const devices = synapses * arbitration.devices;
  const detector = new Detector(await tools.openEngine(bytesForDevices(devices)), spec, draw);
  const moments = [detector.moment()];
  const every = Math.ceil(steps / looks);
  for (let step = 1; step <= steps; step++) {
    detector.step();
    const shown = step <= early.steps && step % early.every === 0;
    if (shown || step % every === 0 || step === steps) moments.push(detector.moment());
    if (step % round === 0) await advance(tools, (detectionAmount(spec) * round) / steps);
  }
  const weights = detector.weights();
  const [upper, lower] = [weights.subarray(0, correlated), weights.subarray(correlated)];
  const width = binWidth * arbitration.devices;
  return {
    ...detector.counted,
    devices,
    areaUnderCurve: areaUnderCurve(upper, lower),
    discriminability: discriminability(momentsOf(upper), momentsOf(lower)),
    moments,
    histogram: {
      width: binWidth,
      correlated: histogram(upper, width, bins),
      uncorrelated: histogram(lower, width, bins),
    },
  };
}
