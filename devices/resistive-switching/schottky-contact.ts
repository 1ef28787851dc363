import {
  boltzmannConstant,
  electronMass,
  elementaryCharge,
  planckConstant,
  vacuumPermittivity,
} from "../../src/ground/constants.ts";
import { rootBetween } from "../population/index.ts";

/** A metal's contact to an oxide full of charged donors. */
export interface Contact {
  /** J, barrier without image force, and distance of the Fermi level from the band. */
  readonly height: number;
  readonly fermi: number;
  /** Relative permittivities: static, and that of the image force. */
  readonly permittivity: number;
  readonly imagePermittivity: number;
  /** A/(m^2 K^2). */
  readonly richardson: number;
  /** Elementary charges of a donor. */
  readonly charges: number;
}

/**
 * Current through a Schottky contact, with the voltage's sign such that a negative one is reverse:
 *
 *   phi = phi0 - (q^3 z N (phi0 - phin - V) / (8 pi^2 eps^3))^(1/4), not below 0; phi0 from V = phi0 - phin on
 *   V < 0, thermionic field emission: -A A* (T/k) sqrt(pi W00 (|V| + phi / cosh^2(W00/kT))) e^(-phi/W0) (e^(|V|/eps') - 1),
 *     W00 = (q h / 4 pi) sqrt(z N / (m eps)), W0 = W00 / tanh(W00/kT), eps' = W00 / (W00/kT - tanh(W00/kT))
 *   V > 0, thermionic emission: A A* T^2 e^(-phi/kT) (e^(V/kT) - 1).
 *
 * @source Cueppers et al., APL Mater. 7, 091105 (2019), doi:10.1063/1.5108654
 */
export class SchottkyContact {
  readonly #contact: Contact;
  // V and 1 from here on.
  readonly #height: number;
  readonly #bend: number;
  #thermal = 0;
  #lowering = 0;
  #forward = 0;
  #reverse = 0;
  #w00 = 0;
  #w0 = 0;
  #decay = 0;
  #coshSquared = 0;

  constructor(contact: Contact) {
    this.#contact = contact;
    this.#height = contact.height / elementaryCharge;
    this.#bend = (contact.height - contact.fermi) / elementaryCharge;
  }

  /** V up to which the current rises with the voltage; there the barrier rises faster than what crosses it gains, up to where it is let go. */
  turn(): number {
    const thermal = this.#thermal;
    // Where image force has the barrier down to 0 it does not rise yet.
    const clipped = this.#bend - (this.#height / this.#lowering) ** 4;
    const gain = (voltage: number): number =>
      voltage >= this.#bend
        ? 1
        : (-this.#lowering / 4) * (this.#bend - voltage) ** -0.75 * Math.expm1(-voltage / thermal) - 1;
    const from = Math.max(0, clipped);
    return gain(from) >= 0 ? from : rootBetween(gain, from, this.#bend, 1e-9);
  }

  /** @param donors  1/m^3 @param kelvin  of the contact @param area  m^2 */
  set(donors: number, kelvin: number, area: number): void {
    const { charges, imagePermittivity, permittivity, richardson } = this.#contact;
    const image = imagePermittivity * vacuumPermittivity;
    this.#thermal = (boltzmannConstant * kelvin) / elementaryCharge;
    this.#lowering =
      ((elementaryCharge * charges * donors) / (8 * Math.PI ** 2 * image ** 3)) ** 0.25 * elementaryCharge ** 0.5;
    this.#forward = area * richardson * kelvin ** 2;
    this.#w00 =
      (planckConstant / (4 * Math.PI)) *
      Math.sqrt((charges * donors) / (electronMass * permittivity * vacuumPermittivity));
    const share = this.#w00 / this.#thermal;
    this.#w0 = this.#w00 / Math.tanh(share);
    this.#decay = this.#w00 / (share - Math.tanh(share));
    this.#coshSquared = Math.cosh(share) ** 2;
    this.#reverse = ((area * richardson * kelvin) / boltzmannConstant) * elementaryCharge;
  }

  /** A at a voltage across the contact. */
  current(voltage: number): number {
    const room = this.#bend - voltage;
    const barrier = room > 0 ? Math.max(0, this.#height - this.#lowering * room ** 0.25) : this.#height;
    if (voltage >= 0) {
      return this.#forward * Math.exp(-barrier / this.#thermal) * Math.expm1(voltage / this.#thermal);
    }
    const field = Math.sqrt(Math.PI * this.#w00 * (-voltage + barrier / this.#coshSquared));
    return -this.#reverse * field * Math.exp(-barrier / this.#w0) * Math.expm1(-voltage / this.#decay);
  }
}
