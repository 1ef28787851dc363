import { describe, expect, it } from "vitest";
import { vteamLaw } from "../../../devices/resistive-switching/vteam.ts";
import { shippedSet } from "../../contracts/device-contract.ts";

const law = vteamLaw(shippedSet("vteam", "kvatinsky-2015"));
const thickness = 3e-9;

/** m/s at the model's own voltage: the state moves so fast while its window is 1. */
function speed(voltage: number): number {
  const x = Float64Array.of(0.5);
  const duration = 1e-15;
  law.evolve(
    x,
    {
      from: -voltage,
      to: -voltage,
      duration,
      since: 0,
      temperature: 300,
      irradiance: 0,
      wavelength: 0,
      compliance: Infinity,
    },
    Float64Array.of(0),
    Float64Array.of(1),
  );
  return ((x[0]! - 0.5) * thickness) / duration;
}

describe("VTEAM", () => {
  it("moves at the published speeds", () => {
    // 5e-4 (0.05 / 0.02 - 1) and -10 (0.3 / 0.2 - 1)^3. The state is near 0.5, so that 1e-16 of it is 1e-10 of a move.
    expect(speed(0.05) / 7.5e-4).toBeCloseTo(1, 5);
    expect(speed(-0.3) / -1.25).toBeCloseTo(1, 5);
    expect(speed(0.01)).toBe(0);
  });

  it("ends a pulse where its rate times the width says, with the work of the resistance on the way", () => {
    // R from 1000 ohm falls by 950 x 1.25 / 3e-9 x 1e-9; the integral of V^2 / R is V^2 ln(R0 / R1) / (dR/dt).
    const x = Float64Array.of(1);
    const stretch = {
      from: 0.3,
      to: 0.3,
      duration: 1e-9,
      since: 0,
      temperature: 300,
      irradiance: 0,
      wavelength: 0,
      compliance: Infinity,
    };
    const work = law.evolve(x, stretch, Float64Array.of(0), Float64Array.of(1));
    const fall = (1.25 / thickness) * 1e-9;
    expect(x[0]).toBeCloseTo(1 - fall, 9);
    const [first, last] = [1000, 1000 - 950 * fall];
    expect(work / ((0.09 * Math.log(first / last) * 1e-9) / (first - last))).toBeCloseTo(1, 4);
  });
});
