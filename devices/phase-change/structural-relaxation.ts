import { boltzmannConstant } from "../../src/ground/constants.ts";

/**
 * Collective relaxation of a glass. S falls from 1 (just quenched) to 0 (relaxed) over a barrier that grows as it falls:
 *
 *   dS/dt = -nu0 exp(-E_s (1 - S) / k T),  at one temperature
 *   S(t) = -(k T / E_s) ln((t + t0) / t1),  t1 = (k T / nu0 E_s) exp(E_s / k T),  t0 = t1 exp(-S(0) E_s / k T).
 *
 * Where a resistance goes as exp(-alpha S / k T), it rises as ((t + t0) / t1)^(alpha / E_s): a power law with the same exponent at every temperature,
 * but whose t0 a change of temperature sets anew.
 *
 * @source Le Gallo et al., Adv. Electron. Mater. 4, 1700627 (2018), doi:10.1002/aelm.201700627
 */
export interface Relaxation {
  /** J, E_s. */
  readonly energy: number;
  /** Hz, nu0. */
  readonly attempts: number;
}

/** -dS/dt, 1/s. @param state  S, 0 to 1 @param temperature  K */
export function relaxing({ energy, attempts }: Relaxation, state: number, temperature: number): number {
  return attempts * Math.exp((-energy * (1 - state)) / (boltzmannConstant * temperature));
}

/** S after a time at one temperature. @param seconds  s @param temperature  K */
export function relaxed({ energy, attempts }: Relaxation, state: number, seconds: number, temperature: number): number {
  const thermal = (boltzmannConstant * temperature) / energy;
  // (t + t0) / t1, over what it is at S = 1, so that it neither under- nor overflows.
  const begun = Math.exp((1 - state) / thermal);
  return Math.max(0, 1 - thermal * Math.log(begun + (seconds * attempts) / thermal));
}
