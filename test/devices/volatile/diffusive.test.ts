import { describe, expect, it } from "vitest";
import { diffusive, diffusiveLaw } from "../../../devices/volatile/diffusive.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, expectGolden, type Golden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";

const silver = shippedSet("diffusive", "silver-2.8-microseconds");

function diffusiveGolden(values: KnownTree): Golden {
  const law = diffusiveLaw(values);
  const around = { temperature: 300, irradiance: 0, wavelength: 0 };
  const [traits, normals, out] = [Float64Array.of(1.1, 0.9), Float64Array.of(0.4, 0), new Float64Array(2)];
  const neck = 2.8e-6 / (1 - 0.5 ** 4);
  const figures = [
    [0.5, -1],
    [0.3, -0.4],
    [0.45, 0.6],
    [0, 0.3],
    [0.5, 1],
  ].flatMap(([v, y]): Golden[number][] => {
    const x = Float64Array.of(y!, 1.7);
    law.rates(v!, x, traits, around, normals, out, 0);
    const growth = (1.1 * Math.exp(-0.3 * 0.4) * (Math.sinh(v! / 0.1) / Math.sinh(5))) / 1e-6;
    const back = y! < 0 ? (y! + 1) / 20e-6 : 1 / (neck * 0.9 * 1.7);
    return [
      [`dy/dt at ${v} V, ${y}`, out[0]!, growth - back],
      [
        `current at ${v} V, ${y}`,
        law.current(v!, x, traits, around),
        v! * (y! > 0 ? 1e-9 + (1e-4 - 1e-9) * y! ** 0.25 : 1e-9),
      ],
    ];
  });
  const pulsed = deviceOf(law, 1);
  pulsed.apply(0.5, 1e-7);
  return [
    ...figures,
    ["factor of a relaxation", pulsed.x[1]!, Math.exp(0.5)],
    ...law.traits.map(({ name, spread }): Golden[number] => [`spread of ${name}`, spread, 0.1]),
    ["temperature", law.temperature.usual, 300],
  ];
}

/** A switch whose neck is full. */
function switchedOn(normal = 0) {
  const device = deviceOf(diffusiveLaw(silver), normal);
  device.apply(0.5, 8e-6);
  return device;
}

describe("the diffusive switch", () => {
  it("has the printed rates and currents, and 5 % of any coefficient is noticed", () => {
    expectGolden(silver, diffusiveGolden);
  });

  it("switches on after a delay that falls exponentially with the voltage, and not at all below its holding voltage", () => {
    const delay = (voltage: number): number => {
      const device = deviceOf(diffusiveLaw(silver));
      const sample = 2e-9;
      for (let n = 1; n < 10_000; n++) {
        device.apply(voltage, sample, { since: (n - 1) * sample });
        if (device.current(0.05) > 0.05 * 50e-6) return n * sample;
      }
      return Number.POSITIVE_INFINITY;
    };
    const [low, middle, high] = [delay(0.45), delay(0.5), delay(0.55)];
    expect(middle).toBeGreaterThan(0.9e-6);
    expect(middle).toBeLessThan(1.3e-6);
    // sinh over 50 mV of a scale of 100 mV: e^(1/2), a little more where the way back counts.
    expect(low / middle).toBeGreaterThan(Math.exp(0.5) * 0.99);
    expect(middle / high).toBeGreaterThan(Math.exp(0.5) * 0.99);
    expect(low / middle).toBeLessThan(Math.exp(0.5) * 1.1);
    expect(delay(0.1)).toBe(Number.POSITIVE_INFINITY);
  });

  it("goes off abruptly after a delay: half after 2.8 us, most of it in the last sixteenth of the time", () => {
    const share = (seconds: number): number => {
      const device = switchedOn();
      const full = device.current(0.05);
      device.wait(seconds);
      return device.current(0.05) / full;
    };
    expect(share(2.8e-6)).toBeCloseTo(0.5, 4);
    expect(share(1.4e-6)).toBeGreaterThan(0.8);
    expect(share(2.99e-6)).toBeLessThan(1e-3);
  });

  it("has a median half-life of 2.8 us over pulses", () => {
    // Normals in equal shares of probability: an odd number of them has its middle at 0.
    const halves = [-1.2, -0.5, 0, 0.5, 1.2].map((normal) => {
      const device = switchedOn(normal);
      const full = device.current(0.05);
      let waited = 0;
      while (device.current(0.05) > full / 2) {
        device.wait(1e-8);
        waited += 1e-8;
      }
      return waited;
    });
    const sorted = [...halves].sort((a, b) => a - b);
    expect(sorted[2]! / 2.8e-6).toBeCloseTo(1, 1);
    expect(sorted[4]! / sorted[0]!).toBeGreaterThan(2);
  });

  it("switches on sooner the second time, while its tip has not gone back", () => {
    const energy = (gap: number): number => {
      const device = deviceOf(diffusiveLaw(silver));
      device.apply(0.5, 0.7e-6);
      device.wait(gap);
      return device.apply(0.5, 0.7e-6);
    };
    // The first pulse alone stays below the bridge, at 1 nS.
    expect(energy(1e-6)).toBeGreaterThan(100 * 0.25 * 1e-9 * 0.7e-6);
    expect(energy(1e-3)).toBeLessThan(1.01 * 0.25 * 1e-9 * 0.7e-6);
  });

  // The integrator may step over the last touch, a thousandth wide, whose rate is up to 7 times that of the gap.
  it("relaxes in closed form as by its rates, through the neck, the last touch and the open gap", () => {
    for (const [name, normal] of [
      ["silver-2.8-microseconds", 0],
      ["silver-36-microseconds", 0],
      ["silver-36-microseconds", 4],
    ] as const) {
      const law = diffusiveLaw(shippedSet("diffusive", name));
      for (const y of [0.3, 1e-4, -2e-4, -8e-4, -0.3]) {
        for (const seconds of [1e-9, 1e-7, 2e-6, 5e-5]) {
          const [closed, integrated, parts] = [0, 1, 2].map(() => deviceOf(law));
          for (const device of [closed!, integrated!, parts!]) device.x.set([y, Math.exp(0.5 * normal)]);
          closed!.wait(seconds);
          integrated!.apply(0, seconds);
          for (const share of [0.2, 0.5, 0.3]) parts!.wait(share * seconds);
          expect(Math.abs(closed!.x[0]! - integrated!.x[0]!)).toBeLessThan(2e-3);
          expect(parts!.x[0]!).toBeCloseTo(closed!.x[0]!, 11);
        }
      }
    }
  });

  it("waits two times as their sum, across the loss of its bridge", () => {
    const [once, twice] = [switchedOn(), switchedOn()];
    once.wait(9e-6);
    twice.wait(2e-6);
    twice.wait(7e-6);
    expect(twice.x[0]!).toBeCloseTo(once.x[0]!, 12);
    const slow = deviceOf(diffusiveLaw(shippedSet("diffusive", "silver-36-microseconds")));
    slow.apply(0.5, 8e-6);
    const full = slow.current(0.05);
    slow.wait(36e-6);
    expect(slow.current(0.05) / full).toBeCloseTo(0.5, 3);
  });

  keepsItsLoop(diffusive, "silver-2.8-microseconds", () => diffusiveLaw(silver));
});
