import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Complex, divide, multiply, square, subtract } from "../../../devices/chalcogenide/complex.ts";
import { lightBalance, type Medium } from "../../../devices/chalcogenide/thin-film.ts";

const nm = 1e-9;
/** n - i k at green light: aluminium, silver, gold, platinum, to two digits. */
const metals: Record<string, Medium> = {
  aluminium: { index: 0.9, extinction: 6.4 },
  silver: { index: 0.13, extinction: 3.2 },
  gold: { index: 0.54, extinction: 2.2 },
  platinum: { index: 2, extinction: 3.7 },
};
const perfect: Medium = { index: 0, extinction: 1e6 };

/** Thickness, m, at which a film on a mirror first absorbs most, by golden section over the first rise and fall. */
function firstPeak({ index, extinction }: Medium, mirror: Medium, wavelength: number): number {
  const absorbed = (thickness: number): number =>
    lightBalance([{ index, extinction, thickness }], mirror, wavelength).absorbed[0]!;
  const step = wavelength / 2000;
  let k = 1;
  while (absorbed((k + 1) * step) > absorbed(k * step)) k++;
  let [low, high] = [(k - 1) * step, (k + 1) * step];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let halving = 0; halving < 40; halving++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (absorbed(a) < absorbed(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

describe("light in thin films", () => {
  it("2.j goes somewhere: R + T + A = 1 to 1e-6, whatever the films", () => {
    const medium = {
      index: fc.double({ min: 0.1, max: 5, noNaN: true }),
      extinction: fc.double({ min: 0, max: 8, noNaN: true }),
    };
    const films = fc.array(fc.record({ ...medium, thickness: fc.double({ min: 0, max: 500 * nm, noNaN: true }) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        films,
        fc.record(medium),
        fc.double({ min: 300 * nm, max: 1500 * nm, noNaN: true }),
        (stack, behind, wavelength) => {
          const { reflected, absorbed, transmitted } = lightBalance(stack, behind, wavelength);
          expect(Math.abs(reflected + transmitted + absorbed.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
          for (const share of [reflected, transmitted, ...absorbed]) expect(share).toBeGreaterThan(-1e-9);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it("is reflected as Airy's sum over all reflections in the film says", () => {
    // r = (r01 + r12 e^-2i delta) / (1 + r01 r12 e^-2i delta), a formula of its own.
    const [film, behind, wavelength] = [{ index: 2.5, extinction: 0.2 }, metals.aluminium!, 532 * nm];
    for (const thickness of [0, 13, 50, 140, 400]) {
      const [n0, n1, n2]: Complex[] = [
        [1, 0],
        [film.index, -film.extinction],
        [behind.index, -behind.extinction],
      ] as never;
      const fresnel = (a: Complex, b: Complex): Complex => divide(subtract(a, b), add(a, b));
      const phase = (4 * Math.PI * thickness * nm) / wavelength;
      const decay = Math.exp(-phase * film.extinction);
      const there: Complex = [decay * Math.cos(phase * film.index), -decay * Math.sin(phase * film.index)];
      const back = multiply(fresnel(n1!, n2!), there);
      const r = divide(add(fresnel(n0!, n1!), back), add([1, 0], multiply(fresnel(n0!, n1!), back)));
      const { reflected } = lightBalance([{ ...film, thickness: thickness * nm }], behind, wavelength);
      expect(reflected).toBeCloseTo(square(r), 12);
    }
  });

  it("is absorbed by a film as by its slices together, and by Beer's law where nothing reflects", () => {
    const [whole, behind] = [{ index: 2.5, extinction: 0.2, thickness: 60 * nm }, metals.silver!];
    const slices = Array.from({ length: 12 }, () => ({ ...whole, thickness: 5 * nm }));
    const { absorbed } = lightBalance(slices, behind, 532 * nm);
    expect(absorbed.reduce((a, b) => a + b, 0)).toBeCloseTo(lightBalance([whole], behind, 532 * nm).absorbed[0]!, 12);
    const faint = lightBalance(
      [{ index: 1, extinction: 1e-4, thickness: 1e-6 }],
      { index: 1, extinction: 0 },
      532 * nm,
    );
    const beer = 1 - Math.exp((-4 * Math.PI * 1e-4 * 1e-6) / (532 * nm));
    expect(faint.absorbed[0]! / beer).toBeCloseTo(1, 3);
  });

  it("2.j is absorbed most in a first film whose thickness is proportional to the wavelength, to 1e-3", () => {
    for (const mirror of [perfect, ...Object.values(metals)]) {
      const shares = [450, 532, 637, 800].map(
        (wavelength) => firstPeak({ index: 2.5, extinction: 0.2 }, mirror, wavelength * nm) / wavelength,
      );
      for (const share of shares) expect(Math.abs(share / shares[0]! - 1)).toBeLessThan(1e-3);
    }
  });

  it("2.j is absorbed most at 1.0 to 1.1 quarter waves on a perfect mirror, and at 0.6 to 0.9 on real metals", () => {
    const quarter = (532 * nm) / (4 * 2.5);
    const faint = { index: 2.5, extinction: 0.02 };
    const onPerfect = firstPeak(faint, perfect, 532 * nm) / quarter;
    expect(onPerfect).toBeGreaterThan(1);
    expect(onPerfect).toBeLessThan(1.1);
    for (const metal of Object.values(metals)) {
      const peak = firstPeak(faint, metal, 532 * nm) / quarter;
      expect(peak).toBeGreaterThan(0.6);
      expect(peak).toBeLessThan(0.9);
    }
  });
});
