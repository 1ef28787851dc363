import { describe, expect, it } from "vitest";
import { stanfordPku, stanfordPkuLaw } from "../../../devices/resistive-switching/stanford-pku.ts";
import { boltzmannConstant, elementaryCharge } from "../../../src/ground/constants.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice, stretchOf, withLeaf } from "../../contracts/one-device.ts";

const values = shippedSet("stanford-pku", "jiang-2014");
const dark = { irradiance: 0, wavelength: 0 };

function current(tree: KnownTree, voltage: number, gap: number): number {
  const law = stanfordPkuLaw(tree);
  return law.current(voltage, Float64Array.of(gap), freshDevice(law).traits, { ...dark, temperature: 298 });
}

/** m/s, with the normal of a pulse and the time since it began. */
function speed(tree: KnownTree, voltage: number, gap: number, temperature: number, normal = 0, since = 0): number {
  const law = stanfordPkuLaw(tree);
  const out = new Float64Array(1);
  const { traits } = freshDevice(law);
  law.rates(voltage, Float64Array.of(gap), traits, { ...dark, temperature }, Float64Array.of(normal), out, since);
  return out[0]!;
}

/** Published currents and speed, and what the formulas say of the noise and of the least field. */
function golden(tree: KnownTree): number[] {
  const law = stanfordPkuLaw(tree);
  const usual = law.temperature.usual;
  const moved = speed(tree, 1.2, 0.2e-9, usual);
  return [
    current(tree, 0.1, 0.2e-9),
    current(tree, 0.1, 1e-9),
    current(tree, 1.2, 0.2e-9),
    moved,
    speed(tree, 1.3, 1e-9, usual),
    speed(tree, 1.2, 0.2e-9, usual, 1, 0) - moved,
    speed(tree, 1.2, 0.2e-9, usual, 1, 3e-9) - moved,
    Number(speed(tree, 1.04, 0.2e-9, usual) === 0),
    Number(speed(tree, 1.06, 0.2e-9, usual) !== 0),
    usual,
    law.temperature.low,
    law.temperature.high,
    ...law.variables.flatMap(({ low, high, start }) => [low, high, start]),
  ];
}

const kelvin = 298 + 1.2 * 2.729723e-2 * 2100;
const noise = 0.02 / (1 + Math.exp((450 - kelvin) / 500));
// At a gap of 1 nm gamma is 15.2; the current there is 1e-3 e^-4 sinh(5.2).
const warm = boltzmannConstant * (298 + 1.3 * 1e-3 * Math.exp(-4) * Math.sinh(5.2) * 2100);
const atOne =
  -10 * Math.exp((-0.6 * elementaryCharge) / warm) * Math.sinh((15.2 * (0.25 / 12) * elementaryCharge * 1.3) / warm);
const published = [
  1.845629e-4,
  7.523191e-6,
  2.729723e-2,
  -8.88625e-3,
  atOne,
  noise,
  // delta d/dt (t sqrt(tau / (t + tau))) at t = 3 ns, tau = 1 ns: sqrt(1/4) (1 - 3/8).
  noise * 0.5 * 0.625,
  // F_min at gamma = 15.9936: 1.4e9 12e-9 / 15.9936 = 1.0504 V.
  1,
  1,
  298,
  250,
  450,
  0.2e-9,
  1.7e-9,
  1.7e-9,
];

describe("the Stanford-PKU cell", () => {
  it("has the published currents, temperature and speed, with the constants of the SI", () => {
    expect(golden(values)[0]! / 1.845629e-4).toBeCloseTo(1, 6);
    expect(298 + 1.2 * golden(values)[2]! * 2100).toBeCloseTo(366.789, 3);
    expect(golden(values)[3]! / -8.88625e-3).toBeCloseTo(1, 5);
  });

  it("does not move at all below the least field", () => {
    expect(speed(values, 0.1, 0.2e-9, 298)).toBe(0);
    expect(speed(values, 0.1, 0.2e-9, 298, 3, 1e-9)).toBe(0);
  });

  it("has all its figures to 1e-5, and is rejected when any coefficient is 5 % off", () => {
    expectGolden(values, (set) => besideEach(golden(set), published));
  });

  it("spreads the gap by the time of a pulse and not by the integrator's steps", () => {
    // Where the drift is slow beside the noise, the gap's change for a normal of 1 is delta t sqrt(tau / (t + tau)).
    const calm = stanfordPkuLaw(withLeaf(values, "motion.velocity", 1e-9));
    const wander = (width: number, pieces: number): number => {
      const { traits } = freshDevice(calm);
      const x = Float64Array.of(1e-9);
      for (let k = 0; k < pieces; k++) {
        const since = (k * width) / pieces;
        calm.evolve(x, stretchOf(calm, 1.3, 1.3, width / pieces, { since }), Float64Array.of(1), traits);
      }
      return x[0]! - 1e-9;
    };
    const hot = 298 + 1.3 * current(values, 1.3, 1e-9) * 2100;
    const delta = 0.02 / (1 + Math.exp((450 - hot) / 500));
    for (const width of [1e-10, 2e-9, 5e-9]) {
      const expected = delta * width * Math.sqrt(1e-9 / (width + 1e-9));
      // The temperature changes with the gap by some kelvin of 500 on the way.
      expect(wander(width, 1) / expected).toBeCloseTo(1, 1);
      expect(wander(width, 7) / wander(width, 1)).toBeCloseTo(1, 3);
    }
  });

  keepsItsLoop(stanfordPku, "jiang-2014", () => stanfordPkuLaw(values));
});
