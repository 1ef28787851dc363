import type { Draw } from "../../../src/ground/draws/index.ts";
import { advance } from "../advance.ts";
import type { StepTools } from "../paper.ts";
import type { DetectionCount } from "./detection.ts";
import { everything } from "./phase-change.ts";
import { bytesForDevices, phaseChangeSynapses } from "./phase-change-synapses.ts";
import { histogram, momentsOf } from "./separation.ts";

/** Pulses that every device gets. */
export const pulsesPerDevice = 20;

/** Synapses of N devices that all ask for one potentiation a pass: their devices take turns, since N and the number of synapses are prime. */
export interface RoundRobinInput {
  readonly devices: number;
  readonly synapses: number;
}

export interface RoundRobin extends Pick<DetectionCount, "pulses" | "energy"> {
  readonly devices: number;
  readonly synapses: number;
  /** S, summed conductance after each event, the first before any: over synapses. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Mean size of a single event's change, of the weight over N times 20 uS; over synapses and events. */
  readonly step: number;
  /** Synapses by their conductance per device at the end. */
  readonly histogram: { readonly width: number; readonly counts: readonly number[] };
}

/** S. */
const largest = 20e-6;
const binWidth = 0.5e-6;

export async function roundRobin(
  { devices, synapses }: RoundRobinInput,
  draw: Draw,
  amount: number,
  tools: Pick<StepTools, "openEngine" | "progress" | "signal">,
): Promise<RoundRobin> {
  const engine = await tools.openEngine(bytesForDevices(devices * synapses));
  const clock = {
    devices,
    policy: "global-clock",
    increment: 1,
    potentiationCounter: 1,
    depressionCounter: 1,
  } as const;
  const { array } = phaseChangeSynapses(engine, { synapses, arbitration: clock, switches: everything }, draw);
  const everySynapse = new Int16Array(synapses).fill(1);
  let [before, now] = [new Float32Array(synapses), new Float32Array(synapses)];
  array.positive.conductance(now);
  const moments = [momentsOf(now)];
  const events = pulsesPerDevice * devices;
  const pulses = { potentiation: 0, depression: 0 };
  let [changed, work] = [0, 0];
  for (let event = 0; event < events; event++) {
    const given = array.update(everySynapse);
    pulses.potentiation += given.pulses.potentiation;
    work += given.works.potentiation;
    [before, now] = [now, before];
    array.positive.conductance(now);
    moments.push(momentsOf(now));
    for (let s = 0; s < synapses; s++) changed += Math.abs(now[s]! - before[s]!);
    if ((event + 1) % pulsesPerDevice === 0) await advance(tools, amount / devices);
  }
  return {
    devices,
    synapses,
    pulses,
    energy: { potentiation: work, depression: 0, read: 0 },
    mean: moments.map(({ mean }) => mean),
    deviation: moments.map(({ deviation }) => deviation),
    step: changed / (synapses * events * devices * largest),
    histogram: { width: binWidth, counts: histogram(now, binWidth * devices, Math.ceil(largest / binWidth)) },
  };
}

/** Coefficient of variation of the summed conductance at the end. */
export const variation = ({ mean, deviation }: RoundRobin): number => deviation.at(-1)! / mean.at(-1)!;

/** R^2 of a straight line through the mean response after events 1 .. 20. */
export function linearity({ mean }: RoundRobin): number {
  const y = mean.slice(1, pulsesPerDevice + 1);
  return straightLine(
    y.map((_, k) => k),
    y,
  ).rSquared;
}

/** Least squares. */
export function straightLine(
  x: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly rSquared: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [k, value] of x.entries()) {
    xx += (value - xMean) ** 2;
    xy += (value - xMean) * (y[k]! - yMean);
    yy += (y[k]! - yMean) ** 2;
  }
  return { slope: xy / xx, rSquared: (xy * xy) / (xx * yy) };
}
