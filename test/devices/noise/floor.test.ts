import { describe, expect, it } from "vitest";
import { floorVariance } from "../../../devices/noise/floor.ts";

const [k, q, temperature] = [1.380649e-23, 1.602176634e-19, 300];

/** Variance of the charge of a read of t s, C^2. */
const charge = (g: number, v: number, t: number, fano: number) => floorVariance(g, v, t, temperature, fano) * t * t;

describe("thermal and shot floor of a read", () => {
  it("is 2 k T G t of charge in an ohmic conductor, at any voltage", () => {
    for (const v of [0, 0.1, -2])
      expect(charge(30e-9, v, 1e-6, 0) / (2 * k * temperature * 30e-9 * 1e-6)).toBeCloseTo(1, 12);
  });

  // The reference has 0.5 to 0.9 % of the charge at 30 nS, 0.1 V, 1 us; 0.53 % is thermal alone, with full shot noise it is 0.75 %.
  it("is half a percent to one of a read of 30 nS at 0.1 V in 1 us", () => {
    const mean = 30e-9 * 0.1 * 1e-6;
    expect(Math.sqrt(charge(30e-9, 0.1, 1e-6, 0)) / mean).toBeCloseTo(0.00525, 5);
    expect(Math.sqrt(charge(30e-9, 0.1, 1e-6, 1)) / mean).toBeCloseTo(0.007462, 6);
  });

  it("is q |I| t coth(q |V| / 2 k T) where every carrier crosses a barrier alone, q |I| t far above the thermal voltage", () => {
    for (const v of [0.02, -0.05, 0.3]) {
      const wanted = (q * 1e-8 * Math.abs(v) * 1e-6) / Math.tanh((q * Math.abs(v)) / (2 * k * temperature));
      expect(charge(1e-8, v, 1e-6, 1) / wanted).toBeCloseTo(1, 10);
    }
    expect(charge(1e-8, 5, 1e-6, 1) / (q * 5e-8 * 1e-6)).toBeCloseTo(1, 10);
    expect(charge(1e-8, 0, 1e-6, 1)).toBeCloseTo(charge(1e-8, 0, 1e-6, 0), 40);
    expect(charge(1e-8, 1e-7, 1e-6, 1) / charge(1e-8, 0, 1e-6, 0)).toBeCloseTo(1, 9);
  });

  it("goes from one to the other with the Fano factor", () => {
    const [none, third, full] = [0, 1 / 3, 1].map((fano) => charge(1e-8, 0.2, 1e-6, fano)) as [number, number, number];
    expect((third - none) / (full - none)).toBeCloseTo(1 / 3, 12);
  });
});
