import { describe, expect, it } from "vitest";
import { vteam, vteamLaw } from "../../../devices/resistive-switching/vteam.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice } from "../../contracts/one-device.ts";

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
    Float64Array.of(1, 1),
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
    const work = law.evolve(x, stretch, Float64Array.of(0), Float64Array.of(1, 1));
    const fall = (1.25 / thickness) * 1e-9;
    expect(x[0]).toBeCloseTo(1 - fall, 9);
    const [first, last] = [1000, 1000 - 950 * fall];
    expect(work / ((0.09 * Math.log(first / last) * 1e-9) / (first - last))).toBeCloseTo(1, 4);
  });
});

// Rates, thresholds, exponents and windows of the two directions, ends of the conductance, polarity; of each set.
const published: Record<string, { off: number[]; on: number[]; ends: number[]; polarity: number; spread: number }> = {
  "kvatinsky-2015": {
    off: [5e-4 / 3e-9, 0.02, 1, 0],
    on: [-10 / 3e-9, -0.2, 3, 0],
    ends: [1 / 50, 1 / 1000],
    polarity: -1,
    spread: 0,
  },
  "simbrain-cms": {
    off: [20723.508934, 0.2, 2, 0.51051],
    on: [-56513.269049, -0.2, 1, 0.15015],
    ends: [2.30295e-6, 5.43713333e-5],
    polarity: 1,
    spread: 0,
  },
  "simbrain-mf": {
    off: [0.118617, 1.5, 5, 0.720721],
    on: [-304.064636, -1.5, 5, 0.940941],
    ends: [1.7e-10, 1.8e-9],
    polarity: 1,
    spread: 0.036676,
  },
  "simbrain-ferroelectric": {
    off: [113513.51, 1.4, 5, 0.9],
    on: [-737387387.39, -2, 5, 1.8],
    ends: [7e-8, 9e-6],
    polarity: 1,
    spread: 0,
  },
};
const states = [0.1, 0.7];
const points = [-3.3, -0.5, -0.1, 0.01, 0.5, 3.3];

describe.each(Object.keys(published))("VTEAM, %s", (set) => {
  const values = shippedSet("vteam", set);

  it("has the printed speeds and currents to 1e-5, and is rejected when any coefficient is 5 % off", () => {
    const { off, on, ends, polarity, spread } = published[set]!;
    const expected = states.flatMap((w) =>
      points.flatMap((voltage) => {
        const v = polarity * voltage;
        const linear = polarity === -1 ? 1 / (50 + w * 950) : ends[0]! + w * (ends[1]! - ends[0]!);
        let speed = 0;
        if (v > off[1]!) speed = off[0]! * (v / off[1]! - 1) ** off[2]! * (1 - w) ** off[3]!;
        if (v < on[1]!) speed = on[0]! * (v / on[1]! - 1) ** on[2]! * w ** on[3]!;
        return [speed, voltage * linear];
      }),
    );
    const ours = (tree: KnownTree): number[] => {
      const bent = vteamLaw(tree);
      const { traits, normals } = freshDevice(bent);
      const surroundings = { temperature: bent.temperature.usual, irradiance: 0, wavelength: 0 };
      const out = new Float64Array(1);
      const found = states.flatMap((w) =>
        points.flatMap((voltage) => {
          bent.rates(voltage, Float64Array.of(w), traits, surroundings, normals, out, 0);
          return [out[0]!, bent.current(voltage, Float64Array.of(w), traits, surroundings)];
        }),
      );
      return [...found, bent.temperature.usual, bent.variables[0]!.start, bent.traits[1]!.spread];
    };
    const start = polarity === -1 ? 1 : 0;
    expectGolden(values, (tree) => besideEach(ours(tree), [...expected, 300, start, spread]));
  });

  keepsItsLoop(vteam, set, () => vteamLaw(values));
});
