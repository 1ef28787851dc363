import type { ArbitrationSpec } from "./arbitration.ts";

/** What arbitration can reach, however long it goes on. */
export interface Coverage {
  /** Devices that every synapse which is ever updated reaches, of N. */
  readonly devices: number;
  /** Synapses that are ever updated. */
  readonly synapses: number;
}

/**
 * Coverage in dense scans: every synapse requests one update of the same sign in every pass. Between two updates of a synapse that are let
 * through lie lcm(S, L) requests of the array, so the global pointer has moved by lcm(S, L) increment; a pointer of the synapse's own by
 * L / gcd(S, L) increments.
 *
 * @param spec  N and the policy
 * @param counter  L, length of the counter of that sign
 * @param synapses  S
 * @source Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y: lengths are to be relatively prime
 */
export function denseCoverage(
  { devices, increment, policy }: Pick<ArbitrationSpec, "devices" | "increment" | "policy">,
  counter: number,
  synapses: number,
): Coverage {
  const common = greatestCommonDivisor(synapses, counter);
  const updated = synapses / common;
  const passes = counter / common;
  const moved = { "global-clock": passes * synapses, "per-synapse": passes };
  if (policy !== "global-clock" && policy !== "per-synapse") return { devices, synapses: updated };
  // Remainders, so that products of long counters stay whole numbers.
  const step = ((moved[policy] % devices) * (increment % devices)) % devices;
  return { devices: devices / greatestCommonDivisor(step, devices), synapses: updated };
}

/**
 * Devices that synapses reach where data decide which of them ask for updates: where in the scan a synapse asks is then chance, but
 * updates that are let through lie L requests of their sign apart, and the global pointer is at multiples of L increment alone.
 */
export function sparseCoverage(
  { devices, increment, policy }: Pick<ArbitrationSpec, "devices" | "increment" | "policy">,
  counter: number,
): number {
  if (policy !== "global-clock" && policy !== "per-synapse") return devices;
  // A pointer of the synapse's own does not keep step with the array's counters.
  const moved = policy === "global-clock" ? counter : 1;
  return devices / greatestCommonDivisor(((moved % devices) * (increment % devices)) % devices, devices);
}

/** What updates that data ask for, of both signs, leave out for ever, in words with the numbers. */
export function sparseWarnings(spec: ArbitrationSpec): string[] {
  const { devices, increment } = spec;
  const reached = sparseCoverage(spec, 1);
  if (reached === devices) return [];
  return [
    `updates reach ${reached} of the ${devices} devices of a synapse, whatever data ask for: increment ${increment} and ${devices} share the factor ${devices / reached}; they should be relatively prime`,
  ];
}

/** Which signs requests have. */
export type RequestedSigns = "potentiation" | "depression" | "both";

/**
 * Coverage in dense scans whose requests have these signs. Where both come in turn by chance, every count of requests of one sign occurs
 * beside every place of the scan: its counter leaves nothing out for ever, and what the pointer reaches is as if all were let through.
 */
export function scanCoverage(spec: ArbitrationSpec, synapses: number, signs: RequestedSigns): Coverage {
  return denseCoverage(spec, signs === "both" ? 1 : spec[`${signs}Counter`], synapses);
}

/** What dense scans leave out, in words with the numbers; nothing where lengths are prime to each other. */
export function coverageWarnings(spec: ArbitrationSpec, synapses: number, signs: RequestedSigns): string[] {
  const { devices, increment, policy } = spec;
  const reached = scanCoverage(spec, synapses, signs);
  const counter = signs === "both" ? 1 : spec[`${signs}Counter`];
  const warnings: string[] = [];
  if (reached.devices < devices) {
    const terms = {
      "global-clock": counter > 1 ? `lcm(S = ${synapses}, counter ${counter})` : `S = ${synapses}`,
      "per-synapse": counter > 1 ? `counter ${counter} / gcd(counter, S = ${synapses})` : "1",
    };
    const term = policy === "per-synapse" ? terms[policy] : terms["global-clock"];
    warnings.push(
      `dense scans reach ${reached.devices} of the ${devices} devices of a synapse, however long they go on: ${term} times increment ${increment} and ${devices} share the factor ${devices / reached.devices}; lengths should be relatively prime`,
    );
  }
  if (reached.synapses < synapses) {
    warnings.push(
      `dense scans update ${reached.synapses} of ${synapses} synapses and never the others: ${synapses} and the length ${counter} of the ${signs} counter share the factor ${synapses / reached.synapses}; lengths should be relatively prime`,
    );
  }
  return warnings;
}

/** Of whole numbers from 0; with 0 the other one. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
