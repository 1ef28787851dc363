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
  if (policy !== "global-clock") return devices;
  return devices / greatestCommonDivisor(((counter % devices) * (increment % devices)) % devices, devices);
}

/** Of whole numbers from 0; with 0 the other one. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
