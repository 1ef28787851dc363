import {
  Arbitration,
  type ArbitrationSpec,
  type Coverage,
  denseCoverage,
  greatestCommonDivisor,
  sparseCoverage,
} from "../../../circuits/index.ts";
import { type Draw, philox4x32 } from "../../../src/ground/draws/index.ts";

/** One set of lengths: S synapses, N devices each, increment of the selection counter, length of the potentiation counter. */
export interface CoverageCase {
  readonly synapses: number;
  readonly devices: number;
  readonly increment: number;
  readonly counter: number;
}

/** The lengths of 3.1: prime to each other and not. */
export const coverageCases: readonly CoverageCase[] = [
  ...[5, 8, 3, 7].map((devices) => ({ synapses: 1000, devices, increment: 1, counter: 1 })),
  ...[7, 5, 8].map((devices) => ({ synapses: 1001, devices, increment: 1, counter: 1 })),
  { synapses: 1001, devices: 8, increment: 2, counter: 1 },
  // One synapse: every L-th of its requests alone.
  { synapses: 1, devices: 7, increment: 1, counter: 7 },
  { synapses: 1, devices: 6, increment: 1, counter: 2 },
  { synapses: 1, devices: 7, increment: 1, counter: 2 },
  { synapses: 1000, devices: 7, increment: 1, counter: 2 },
];

export function caseInWords({ synapses, devices, increment, counter }: CoverageCase): string {
  const parts = [`S ${synapses}`, `N ${devices}`];
  if (increment > 1) parts.push(`inc ${increment}`);
  if (counter > 1) parts.push(`L ${counter}`);
  return parts.join(", ");
}

export interface CaseOutcome extends CoverageCase {
  readonly expected: Coverage;
  /** Fewest and most devices that an updated synapse reached, and synapses that were ever updated. */
  readonly dense: { readonly fewest: number; readonly most: number; readonly synapses: number };
  /** Of all synapses, under updates that data ask for. */
  readonly sparse: { readonly expected: number; readonly meanDevices: number; readonly synapses: number };
}

/** Share of the synapses that ask for an update in a pass, where data drive them; so many such passes stand for one dense pass. */
const sparseShare = 0.1;

/** What a case reaches in dense scans, and in as many requests that data spread at random over synapses and passes. */
export function runCase(one: CoverageCase, draw: Draw): CaseOutcome {
  const { synapses, devices, increment, counter } = one;
  const spec: ArbitrationSpec = {
    devices,
    increment,
    policy: "global-clock",
    potentiationCounter: counter,
    depressionCounter: 1,
  };
  // After lcm(L, N) passes every counter stands as at the start.
  const passes = Math.max(40, (counter * devices) / greatestCommonDivisor(counter, devices));
  const dense = new Arbitration(spec, synapses, draw);
  for (let pass = 0; pass < passes; pass++) for (let s = 0; s < synapses; s++) dense.request(s, 1);
  const sparse = new Arbitration(spec, synapses, draw);
  const limit = sparseShare * 2 ** 32;
  for (let pass = 0; pass < passes / sparseShare; pass++) {
    for (let s = 0; s < synapses; s++) if (philox4x32([s, pass, 0, 0], draw.key)[0] < limit) sparse.request(s, 1);
  }
  const reached = reachedBy(dense);
  const updated = reached.filter((count) => count > 0);
  const seen = reachedBy(sparse);
  return {
    ...one,
    expected: denseCoverage(spec, counter, synapses),
    dense: { fewest: Math.min(...updated), most: Math.max(...updated), synapses: updated.length },
    sparse: {
      expected: sparseCoverage(spec, counter),
      meanDevices: seen.reduce((sum, count) => sum + count, 0) / synapses,
      synapses: seen.filter((count) => count > 0).length,
    },
  };
}

/** Devices that each synapse has reached, [synapses]. */
function reachedBy({ selections, synapses, spec: { devices } }: Arbitration): number[] {
  return Array.from({ length: synapses }, (_, s) => {
    let reached = 0;
    for (let d = 0; d < devices; d++) if (selections[s * devices + d]! > 0) reached++;
    return reached;
  });
}
