import { describe, expect, it } from "vitest";
import { sky130, sky130Law } from "../../../devices/resistive-switching/sky130.ts";
import { boltzmannConstant, elementaryCharge } from "../../../src/ground/constants.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice, stretchOf } from "../../contracts/one-device.ts";

const values = shippedSet("sky130", "skywater-2021");

function golden(tree: KnownTree): number[] {
  const law = sky130Law(tree);
  const { traits, normals } = freshDevice(law);
  const surroundings = { temperature: law.temperature.usual, irradiance: 0, wavelength: 0 };
  const current = (voltage: number, filament: number) =>
    law.current(voltage, Float64Array.of(filament, 0), traits, surroundings);
  const rates = (voltage: number, filament: number, heating: number): number[] => {
    const out = new Float64Array(2);
    law.rates(voltage, Float64Array.of(filament, heating), traits, surroundings, normals, out, 0);
    return [...out];
  };
  return [
    current(1.5, 3.3e-9),
    current(0.1, 3.3e-9),
    current(0.1, 4.9e-9),
    rates(1.5, 3.3e-9, 0)[0]!,
    rates(-1.5, 4.9e-9, 100)[0]!,
    rates(0, 4e-9, 100)[1]!,
    rates(1.5, 3.3e-9, 0)[1]!,
    law.temperature.usual,
    law.temperature.low,
    law.temperature.high,
    Number(law.writes(0.5)) - Number(law.writes(0.499)),
    ...law.variables.flatMap(({ low, high, start }) => [low, high, start]),
  ];
}

// RESET at 400 K: gamma = 16.5 - 1.25 0.1^3, e = gamma 0.05 1.5 eV.
const lowered = (16.5 - 1.25e-3) * 0.05 * 1.5;
const unit = elementaryCharge / (boltzmannConstant * 400);
const falling = 150 * (Math.exp(-(1.501 + lowered) * unit) - Math.exp(-(1.5 - lowered) * unit));
const published = [
  2.079505e-6,
  2.984379e-8,
  1.001705e-5,
  1.027665e-10,
  falling,
  -100 / 0.23e-9,
  (1.5 * 2.079505e-6) / 3.1825e-16,
  300,
  250,
  400,
  1,
  3.3e-9,
  4.9e-9,
  3.3e-9,
  0,
  1500,
  0,
];

describe("the SKY130 cell", () => {
  it("has the published currents and speed of the filament at 300 K, and the heat balance; each coefficient 5 % off is rejected", () => {
    expectGolden(values, (set) => besideEach(golden(set), published));
  });

  it("heats up to power times resistance with its time constant", () => {
    // R_th = tau / C = 7.227e5 K/W; the filament stands still at 0.5 V.
    const law = sky130Law(values);
    const { x, traits, normals } = freshDevice(law);
    const stretch = stretchOf(law, 0.5, 0.5, 0.23e-9);
    const rise = 0.5 * law.current(0.5, x, traits, stretch) * (0.23e-9 / 3.1825e-16);
    law.evolve(x, stretch, normals, traits);
    // The range of the heating is 1500 K and the integrator's tolerance 1e-5 of it.
    expect(Math.abs(x[1]! - rise * (1 - Math.exp(-1)))).toBeLessThan(0.015);
    law.evolve(x, stretchOf(law, 0.5, 0.5, 1e-6), normals, traits);
    expect(Math.abs(x[1]! - rise)).toBeLessThan(0.015);
    law.relax(x, 1e-6, 300, traits);
    expect(x[1]).toBeLessThan(0.015);
  });

  keepsItsLoop(sky130, "skywater-2021", () => sky130Law(values));
});
