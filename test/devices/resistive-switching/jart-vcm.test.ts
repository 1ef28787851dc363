import { describe, expect, it } from "vitest";
import { jartVcm, jartVcmLaw } from "../../../devices/resistive-switching/jart-vcm.ts";
import { boltzmannConstant, elementaryCharge } from "../../../src/ground/constants.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice, stretchOf } from "../../contracts/one-device.ts";

const values = shippedSet("jart-vcm", "bengel-2020");
const [lrs, hrs] = [2e27, 8e23];

function cellOf(tree: KnownTree) {
  const law = jartVcmLaw(tree);
  const { traits, normals } = freshDevice(law);
  const surroundings = { temperature: law.temperature.usual, irradiance: 0, wavelength: 0 };
  return {
    law,
    /** A in the source's sense of voltage. */
    current: (voltage: number, donors: number, heating = 0) =>
      -law.current(-voltage, Float64Array.of(Math.log(donors), heating), traits, surroundings),
    /** Of the logarithm of the donors, 1/s, and of the heating, K/s. */
    rates: (voltage: number, donors: number, heating = 0): number[] => {
      const out = new Float64Array(2);
      law.rates(-voltage, Float64Array.of(Math.log(donors), heating), traits, surroundings, normals, out, 0);
      return [...out];
    },
  };
}

// Published static currents at 293 K; SET is at negative voltage there.
const published = [
  [lrs, -0.35, -2.203166e-4],
  [lrs, -0.2, -1.25885e-4],
  [lrs, -0.1, -6.266211e-5],
  [hrs, -0.35, -3.724069e-6],
  [hrs, -0.2, -1.90056e-6],
  [hrs, -0.1, -8.221556e-7],
] as const;

/** Speed of ln N by the formula as it is printed, from the current. */
function drift(voltage: number, donors: number, heating: number, current: number): number {
  const [q, k] = [elementaryCharge, boltzmannConstant];
  const area = Math.PI * 45e-9 ** 2;
  const disc = 0.4e-9 / (2 * q * donors * 4e-6 * area);
  const series = 650 + 719.2437 * (1 + 719.2437 * 3.92e-3 * current ** 2 * 90471.47);
  const field = voltage < 0 ? (current * disc) / 0.4e-9 : (voltage - current * series) / 3e-9;
  const g = (2 * q * field * 0.25e-9) / (Math.PI * 1.35 * q);
  const wall = (sign: number) => 1.35 * q * (Math.sqrt(1 - g * g) + (sign * g * Math.PI) / 2 + g * Math.asin(g));
  const kt = k * (293 + heating);
  const room = voltage < 0 ? 1 - (donors / lrs) ** 10 : 1 - (hrs / donors) ** 10;
  const hops = Math.exp(-wall(-1) / kt) - Math.exp(-wall(1) / kt);
  return (-((donors + 2e27) / 2) * 0.25e-9 * 2e13 * room * hops) / (0.4e-9 * donors);
}

describe("the JART VCM v1b cell", () => {
  it("has the published static currents of both states, to 1e-3", () => {
    const { current } = cellOf(values);
    for (const [donors, voltage, expected] of published) {
      expect(Math.abs(current(voltage, donors) / expected - 1)).toBeLessThan(1e-3);
    }
  });

  it("has forward currents that satisfy the printed circuit, with thermionic emission, on the branch from 0 V", () => {
    const { current } = cellOf(values);
    const area = Math.PI * 45e-9 ** 2;
    for (const donors of [hrs, 1e25, lrs]) {
      let before = 0;
      for (let voltage = 0.02; voltage < 1.2; voltage += 0.02) {
        const i = current(voltage, donors);
        const resistor = (length: number, of: number) => length / (2 * elementaryCharge * of * 4e-6 * area);
        const series = 650 + 719.2437 * (1 + 719.2437 * 3.92e-3 * i ** 2 * 90471.47);
        const across = voltage - i * (resistor(0.4e-9, donors) + resistor(2.6e-9, 2e27) + series);
        const image = (elementaryCharge ** 3 * 2 * donors) / (8 * Math.PI ** 2 * (5.5 * 8.8541878128e-12) ** 3);
        const lowered = Math.max(0, 0.18 - (image * Math.max(0, 0.08 - across)) ** 0.25);
        const kt = (boltzmannConstant * 293) / elementaryCharge;
        const emitted =
          area * 6.01e5 * 293 ** 2 * Math.exp(-(across < 0.08 ? lowered : 0.18) / kt) * Math.expm1(across / kt);
        expect(Math.abs(emitted / i - 1), `${donors} ${voltage}`).toBeLessThan(1e-5);
        // Continuous from 0 V: no two neighbours are far apart.
        expect(i).toBeGreaterThan(before);
        if (before > 0 && voltage > 0.1) expect(i / before).toBeLessThan(1.6);
        before = i;
      }
    }
  });

  it("moves its donors as printed, heats up to power times resistance, and is rejected when any coefficient is 5 % off", () => {
    // Figures from the law itself at hot cells, each recomputed from its current by the formula: SET, RESET and the two heatings.
    const cases = [
      [-1, 1e26, 400],
      [-0.7, hrs, 100],
      [1.2, 1e27, 300],
      [0.9, 1e24, 250],
      [-1, 1.9e27, 500],
      [1, 8.4e23, 500],
    ] as const;
    const { current } = cellOf(values);
    const time = 1e-11;
    const resistances = (voltage: number) => (voltage > 0 ? 0.27 : 1) * 1e7;
    const expected = [
      ...published.map(([donors, voltage]) => current(voltage, donors)),
      ...cases.flatMap(([voltage, donors, heating]) => {
        const i = current(voltage, donors, heating);
        const series = 650 + 719.2437 * (1 + 719.2437 * 3.92e-3 * i ** 2 * 90471.47);
        return [
          i,
          drift(voltage, donors, heating, i),
          (i * (voltage - i * series) * resistances(voltage) - heating) / time,
        ];
      }),
      ...[293, 250, 400, 1, Math.log(hrs), Math.log(lrs), Math.log(hrs), 0, 2000, 0],
    ];
    expectGolden(values, (set) => {
      const cell = cellOf(set);
      const { temperature, variables } = cell.law;
      const found = [
        ...published.map(([donors, voltage]) => cell.current(voltage, donors)),
        ...cases.flatMap(([voltage, donors, heating]) => [
          cell.current(voltage, donors, heating),
          ...cell.rates(voltage, donors, heating),
        ]),
        ...[temperature.usual, temperature.low, temperature.high],
        Number(cell.law.writes(0.4)) - Number(cell.law.writes(0.399)),
        ...variables.flatMap(({ low, high, start }) => [low, high, start]),
      ];
      return besideEach(found, expected);
    });
  });

  it("comes to the published temperature within a pulse", () => {
    const law = jartVcmLaw(values);
    const { x, traits, normals } = freshDevice(law);
    const stretch = stretchOf(law, 0.4, 0.4, 1e-9);
    law.evolve(x, stretch, normals, traits);
    const i = -law.current(0.4, x, traits, stretch);
    const series = 650 + 719.2437 * (1 + 719.2437 * 3.92e-3 * i ** 2 * 90471.47);
    // The heating's range is 2000 K and the integrator's tolerance 1e-5 of it.
    expect(Math.abs(x[1]! - i * (-0.4 - i * series) * 1e7)).toBeLessThan(0.02);
  });

  keepsItsLoop(jartVcm, "bengel-2020", () => jartVcmLaw(values));
});
