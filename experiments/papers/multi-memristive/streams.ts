import type { Draw } from "../../../src/ground/draws/index.ts";
import { CorrelatedStreams } from "../../stimuli/index.ts";
import { advance } from "../advance.ts";
import type { StepTools } from "../paper.ts";

export const streamsSteps = 100_000;
/** So many correlated streams, and as many that are not. */
const half = 10;
const asked = { rate: 0.05, coefficient: 0.75 } as const;

/** What the generator gives, over all its steps. */
export interface StreamsResult {
  /** Events per step of the stream that is furthest from the rate asked for. */
  readonly furthestRate: number;
  /** Mean coefficient of the pairs of correlated streams, and of all other pairs. */
  readonly correlated: number;
  readonly others: number;
}

/** Measures streams against what was asked for. */
export async function streamsAsAsked(
  steps: number,
  draw: Draw,
  amount: number,
  tools: Pick<StepTools, "openEngine" | "progress" | "signal">,
): Promise<StreamsResult> {
  const streams = 2 * half;
  const source = new CorrelatedStreams(await tools.openEngine(1 << 20), { streams, correlated: half, ...asked }, draw);
  const together = new Float64Array(streams * streams);
  for (let t = 0; t < steps; t++) {
    const active = source.step(t);
    for (let a = 0; a < active.length; a++) for (let b = 0; b <= a; b++) together[active[a]! * streams + active[b]!]!++;
    if ((t + 1) % 10_000 === 0) await advance(tools, (amount * 10_000) / steps);
  }
  const rates = Array.from({ length: streams }, (_, s) => together[s * streams + s]! / steps);
  const sums = { correlated: 0, others: 0 };
  const pairs = { correlated: 0, others: 0 };
  for (let i = 0; i < streams; i++) {
    for (let j = 0; j < i; j++) {
      const [p, q] = [rates[i]!, rates[j]!];
      const kind = i < half ? "correlated" : "others";
      sums[kind] += (together[i * streams + j]! / steps - p * q) / Math.sqrt(p * (1 - p) * q * (1 - q));
      pairs[kind]++;
    }
  }
  const furthest = rates.reduce((a, b) => (Math.abs(b - asked.rate) > Math.abs(a - asked.rate) ? b : a));
  return {
    furthestRate: furthest,
    correlated: sums.correlated / pairs.correlated,
    others: sums.others / pairs.others,
  };
}
