import { boltzmannConstant, elementaryCharge } from "../../src/ground/constants.ts";

/**
 * Variance of the mean current of a read that no device is below, A^2: thermal noise, and shot noise with the Fano factor F. The charge
 * that flows in t s has the variance 2 k T G t (1 - F) + F q |I| t coth(q |V| / 2 k T), G = I / V; at 0 V that is 2 k T G t whatever F is.
 *
 * @param conductance  S, current over voltage at the read voltage, >= 0
 * @param voltage  V
 * @param time  s that the read lasts
 * @param temperature  K
 * @source Blanter & Buttiker, Phys. Rep. 336, 1 (2000), doi:10.1016/S0370-1573(99)00123-4
 */
export function floorVariance(
  conductance: number,
  voltage: number,
  time: number,
  temperature: number,
  fano: number,
): number {
  const thermal = 2 * boltzmannConstant * temperature;
  const ratio = (elementaryCharge * Math.abs(voltage)) / thermal;
  // q |I| coth(q |V| / 2 k T) is 2 k T G (u coth u).
  const shot = ratio < 1e-4 ? 1 + (ratio * ratio) / 3 : ratio / Math.tanh(ratio);
  return (thermal * conductance * (1 - fano + fano * shot)) / time;
}
