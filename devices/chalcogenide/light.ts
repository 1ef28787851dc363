import { elementaryCharge, planckConstant, speedOfLight } from "../../src/ground/constants.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { numberAt } from "../values.ts";
import { lightBalance } from "./thin-film.ts";

/** What light makes of the device, SI. */
export interface Photocarriers {
  /** Carriers made in a second. */
  generation(irradiance: number, wavelength: number): number;
  /** The same as a share of the set's own light. */
  relative(irradiance: number, wavelength: number): number;
  /** s: lifetimes of the fast and of the slow carriers. */
  readonly lifetimes: readonly [number, number];
  /** Shares of what is generated that become fast and slow ones. */
  readonly shares: readonly [number, number];
  /** S, from the numbers of both. */
  conductance(fast: number, slow: number): number;
  /** A that flows without a voltage, against one. */
  shortCircuit(fast: number, slow: number): number;
}

/**
 * Carriers n that absorbed light makes and that recombine in two ways, dn_k/dt = share_k eta a P / (h nu) - n_k / tau_k, where a is the
 * share of light that the film of the cavity absorbs. Both shares are such that after long light 70 % (or what the set says) of the carriers
 * are fast. They conduct s n^theta, with s from the conductance in the set's own light, and those that leave without recombining, a share
 * of n_k / tau_k, are the photovoltaic current.
 */
export function photocarriers(values: KnownTree): Photocarriers {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const medium = (path: string) => ({
    index: positive(`${path}.index`),
    extinction: numberAt(values, `${path}.extinction`, 0),
  });
  const film = (path: string) => ({ ...medium(path), thickness: numberAt(values, `${path}.thickness`, 0) });
  const films = [film("cavity.contact"), film("cavity.film")];
  const mirror = medium("cavity.mirror");
  const area = positive("area");
  const quantumYield = numberAt(values, "carriers.yield", 0, 1);
  const lifetimes = [positive("carriers.fast"), positive("carriers.slow")] as const;
  const fastShare = numberAt(values, "carriers.fastShare", 0, 1);
  const exponent = numberAt(values, "photoconductance.exponent", 0.1, 1);
  const collection = numberAt(values, "photovoltaic.collection", 0, 1);

  const absorptances = new Map<number, number>();
  const absorptance = (wavelength: number): number => {
    let share = absorptances.get(wavelength);
    if (share === undefined) {
      share = lightBalance(films, mirror, wavelength).absorbed[1]!;
      absorptances.set(wavelength, share);
    }
    return share;
  };
  const generation = (irradiance: number, wavelength: number): number =>
    irradiance === 0
      ? 0
      : (quantumYield * absorptance(wavelength) * irradiance * area * wavelength) / (planckConstant * speedOfLight);

  const [fast, slow] = [fastShare / lifetimes[0], (1 - fastShare) / lifetimes[1]];
  const usual = generation(positive("light.irradiance"), positive("light.wavelength"));
  const saturated = usual / (fast + slow);
  const perPower = numberAt(values, "photoconductance.conductance", 0) / saturated ** exponent;
  return {
    generation,
    relative: (irradiance, wavelength) => generation(irradiance, wavelength) / usual,
    lifetimes,
    shares: [fast / (fast + slow), slow / (fast + slow)],
    conductance: (a, b) => perPower * (a + b) ** exponent,
    shortCircuit: (a, b) => elementaryCharge * collection * (a / lifetimes[0] + b / lifetimes[1]),
  };
}
