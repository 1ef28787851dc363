import { add, type Complex, cosine, divide, multiply, sine, square, subtract } from "./complex.ts";

/** What a material does to light of one wavelength: n - i k. */
export interface Medium {
  readonly index: number;
  readonly extinction: number;
}

/** A film between two others. */
export interface Film extends Medium {
  /** m. */
  readonly thickness: number;
}

/** Where light goes, as shares of what falls in. */
export interface LightBalance {
  readonly reflected: number;
  /** In each film, from the side that the light comes from. */
  readonly absorbed: readonly number[];
  /** What goes on into the medium behind the films; an opaque one absorbs it. */
  readonly transmitted: number;
}

/**
 * Light that falls at a right angle from vacuum through films onto a medium without end, by the characteristic matrices of the films: at
 * each interface they give the electric and the magnetic field, and the power that passes it is Re(E H*).
 *
 * @param films  from the side that the light comes from; k d / wavelength below about 100
 * @param wavelength  m, in vacuum
 * @source Abeles, Ann. Phys. (Paris) 12, 596 (1950), doi:10.1051/anphys/195012050596
 */
export function lightBalance(films: readonly Film[], behind: Medium, wavelength: number): LightBalance {
  // Fields at the last interface, for a transmitted field of 1; then from film to film towards the light.
  let electric: Complex = [1, 0];
  let magnetic: Complex = [behind.index, -behind.extinction];
  const power = [electric[0] * magnetic[0] + electric[1] * magnetic[1]];
  for (const { index, extinction, thickness } of [...films].reverse()) {
    const admittance: Complex = [index, -extinction];
    const phase = multiply(admittance, [(2 * Math.PI * thickness) / wavelength, 0]);
    const [c, s] = [cosine(phase), multiply([0, 1], sine(phase))];
    const before = electric;
    electric = add(multiply(c, before), multiply(divide(s, admittance), magnetic));
    magnetic = add(multiply(multiply(admittance, s), before), multiply(c, magnetic));
    power.unshift(electric[0] * magnetic[0] + electric[1] * magnetic[1]);
  }
  const incoming = add(electric, magnetic);
  const norm = 4 / square(incoming);
  return {
    reflected: square(divide(subtract(electric, magnetic), incoming)),
    absorbed: films.map((_, k) => norm * (power[k]! - power[k + 1]!)),
    transmitted: norm * power[films.length]!,
  };
}
