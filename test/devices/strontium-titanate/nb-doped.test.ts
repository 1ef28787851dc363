import { describe, expect, it } from "vitest";
import { operationOf } from "../../../devices/operation.ts";
import { yakopcicLaw } from "../../../devices/resistive-switching/yakopcic.ts";
import { pulsePowerLaw } from "../../../devices/strontium-titanate/pulse-power.ts";
import { strontiumTitanate } from "../../../devices/strontium-titanate/strontium-titanate.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { bentSets, freshDevice, stretchOf } from "../../contracts/one-device.ts";

const agrees = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((value, i) => Math.abs(value - other[i]!) <= 1e-5 * Math.abs(other[i]!));

describe("niobium-doped strontium titanate, resistance after n pulses", () => {
  const values = shippedSet("strontium-titanate", "tiotto-2021");
  // R_0 + R_1 n^(-0.128 - 0.522 V) with R_0 = 100 ohm, R_1 = 2.5e8 ohm; V, n, ohm.
  const golden = [
    [0.1, 1, 2.500001e8],
    [0.1, 10, 1.650974e8],
    [0.1, 100, 1.090286e8],
    [0.1, 1000, 7.200135e7],
    [1, 1, 2.500001e8],
    [1, 10, 5.596813e7],
    [1, 100, 1.252978e7],
    [1, 1000, 2.805146e6],
  ] as const;
  /** Resistance of a device with these ends after whole pulses from one; the first has n = 1. */
  function resistanceAfter(tree: KnownTree, voltage: number, pulses: number, width = 1, parts = 1): number {
    const law = pulsePowerLaw(tree);
    const { x, normals } = freshDevice(law);
    const traits = Float64Array.of(100, 2.5e8);
    x[0] = 2.500001e8;
    for (let n = 0; n < pulses * parts; n++) {
      law.evolve(x, stretchOf(law, voltage, voltage, width / parts), normals, traits);
    }
    return x[0]!;
  }
  const others = (tree: KnownTree): number[] => {
    const law = pulsePowerLaw(tree);
    const { x, traits, normals } = freshDevice(law);
    const began = x[0]!;
    law.evolve(x, stretchOf(law, 0.051, 0.051, 100), normals, traits);
    return [began, x[0]!, ...law.traits.flatMap(({ value, spread }) => [value, spread]), law.temperature.usual];
  };
  // From 1e8 ohm of a device in the middle: n + 100 at 51 mV.
  const exponent = -0.128 - 0.522 * 0.051;
  const reached = 150 + 2.4e8 * (((1e8 - 150) / 2.4e8) ** (1 / exponent) + 100) ** exponent;
  const expectedOthers = [1e8, reached, 150, 1 / 3, 2.4e8, 1 / 24, 300];

  it.each(golden)("at %d V after %d pulses is %d ohm, to 1e-5", (voltage, n, resistance) => {
    expect(resistanceAfter(values, voltage, n - 1) / resistance).toBeCloseTo(1, 5);
  });

  it("is rejected when any coefficient is 5 % off", () => {
    const measured = (tree: KnownTree) => [
      ...golden.map(([voltage, n]) => resistanceAfter(tree, voltage, Math.min(n, 100) - 1)),
      ...others(tree),
    ];
    const expected = [
      ...golden.map(([v, n]) => 100 + 2.5e8 * Math.min(n, 100) ** (-0.128 - 0.522 * v)),
      ...expectedOthers,
    ];
    expect(agrees(measured(values), expected)).toBe(true);
    for (const { path, values: bent } of bentSets(values)) expect(agrees(measured(bent), expected), path).toBe(false);
  });

  it("goes on from any resistance as if its own voltage had brought it there: n, then n + 1", () => {
    const law = pulsePowerLaw(values);
    const { normals } = freshDevice(law);
    const traits = Float64Array.of(100, 2.5e8);
    for (const resistance of [2e8, 3e7, 1e6]) {
      const x = Float64Array.of(resistance);
      law.evolve(x, stretchOf(law, 0.7, 0.7, 1), normals, traits);
      const exponent = -0.128 - 0.522 * 0.7;
      const n = ((resistance - 100) / 2.5e8) ** (1 / exponent);
      expect(x[0]! / (100 + 2.5e8 * (n + 1) ** exponent)).toBeCloseTo(1, 9);
    }
  });

  it("does in parts what a whole pulse does, with the work of V^2 over the resistance on the way", () => {
    expect(resistanceAfter(values, 0.5, 3, 1, 7) / resistanceAfter(values, 0.5, 3)).toBeCloseTo(1, 9);
    const law = pulsePowerLaw(values);
    const { traits, normals } = freshDevice(law);
    for (const [from, to] of [
      [0.5, 0.5],
      [0, 0.8],
    ] as const) {
      const [x, way] = [Float64Array.of(1e8), Float64Array.of(1e8)];
      const work = law.evolve(x, stretchOf(law, from, to, 10), normals, traits);
      let sum = 0;
      const steps = 5000;
      for (let k = 0; k < steps; k++) {
        const [a, b] = [k, k + 1].map((at) => from + ((to - from) * at) / steps) as [number, number];
        const before = way[0]!;
        law.evolve(way, stretchOf(law, a, b, 10 / steps), normals, traits);
        sum += ((((a + b) / 2) ** 2 * 10) / steps) * (0.5 / before + 0.5 / way[0]!);
      }
      expect(way[0]! / x[0]!).toBeCloseTo(1, 5);
      expect(work / sum).toBeCloseTo(1, 4);
    }
  });

  it("is not moved by voltages up to the threshold, nor by negative ones, and goes back where it began", () => {
    const law = pulsePowerLaw(values);
    const { x, traits, normals } = freshDevice(law);
    for (const voltage of [0.05, -1]) law.evolve(x, stretchOf(law, voltage, voltage, 1000), normals, traits);
    expect(x[0]).toBe(1e8);
    law.evolve(x, stretchOf(law, 1, 1, 10), normals, traits);
    expect(x[0]).toBeLessThan(5e7);
    law.reset!(x, traits, normals);
    expect(x[0]).toBe(1e8);
  });
});

describe("niobium-doped strontium titanate by Yakopcic's law", () => {
  const values = shippedSet("strontium-titanate", "tiotto-2022");
  // V, A at x = 0, A at x = 1; five digits.
  const golden = [
    [0.2, 2.7988e-5, 1.0466e-4],
    [0.5, 2.372e-4, 5.3359e-4],
    [1, 7.5168e-3, 6.4164e-3],
    [-1, -2.9457e-6, -2.1454e-3],
  ] as const;
  const states = [0.05, 0.15, 0.6, 0.9];
  const voltages = [0.51, 0.8, -0.51, -0.8];
  /** Amperes at both ends, and 1/s of the state. */
  function measured(tree: KnownTree): number[] {
    const law = yakopcicLaw(tree);
    const { x, traits, normals } = freshDevice(law);
    const surroundings = { temperature: 300, irradiance: 0, wavelength: 0 };
    const speed = new Float64Array(1);
    return [
      ...golden.flatMap(([v]) => [0, 1].map((at) => law.current(v, Float64Array.of(at), traits, surroundings))),
      ...voltages.flatMap((v) =>
        states.map((at) => {
          law.rates(v, Float64Array.of(at), traits, surroundings, normals, speed, 0);
          return speed[0]!;
        }),
      ),
      x[0]!,
      law.temperature.usual,
    ];
  }
  const currents = golden.flatMap(([v]) =>
    v > 0
      ? [1.5e-5 * Math.sinh(6.91 * v), 9e-5 * Math.sinh(4.96 * v)]
      : [4.4e-7 * Math.sinh(2.6 * v), 1.7e-4 * Math.sinh(3.23 * v)],
  );
  const speeds = voltages.flatMap((v) =>
    states.map((x) => {
      if (v > 0) {
        const window = x < 0.1 ? 1 : Math.exp(-(x - 0.1)) * ((0.1 - x) / 0.9 + 1);
        return 90 * (Math.exp(v) - Math.exp(0.5)) * window;
      }
      const window = x > 0.758 ? 1 : (Math.exp(x - 0.758) * x) / 0.758;
      return -10 * (Math.exp(-v) - Math.exp(0.5)) * window;
    }),
  );

  it("has the golden currents at both ends of its state, to 1e-5", () => {
    const found = measured(values);
    for (const [k, [, off, on]] of golden.entries()) {
      // Half a unit of the table's fifth digit, which the formula then gives to 1e-5.
      expect(Math.abs(found[2 * k]! / off - 1)).toBeLessThan(3e-5);
      expect(Math.abs(found[2 * k + 1]! / on - 1)).toBeLessThan(3e-5);
    }
    expect(agrees(found, [...currents, ...speeds, 0, 300])).toBe(true);
  });

  it("is rejected when any coefficient is 5 % off", () => {
    for (const { path, values: bent } of bentSets(values)) {
      if (path === "polarity") continue;
      expect(agrees(measured(bent), [...currents, ...speeds, 0, 300]), path).toBe(false);
    }
  });

  it("stays below the voltage at which its fit turns: the state that conducts more conducts more", () => {
    const { sweep, potentiate } = operationOf(values);
    const law = yakopcicLaw(values);
    const { traits } = freshDevice(law);
    const most = Math.max(...sweep!.voltages, potentiate!.voltage);
    const at = (v: number, x: number) =>
      law.current(v, Float64Array.of(x), traits, { temperature: 300, irradiance: 0, wavelength: 0 });
    for (let v = 0.01; v <= most; v += 0.01) expect(at(v, 1)).toBeGreaterThan(at(v, 0));
    expect(at(1, 1)).toBeLessThan(at(1, 0));
  });

  keepsItsLoop(strontiumTitanate, "tiotto-2022", () => yakopcicLaw(values));
});
