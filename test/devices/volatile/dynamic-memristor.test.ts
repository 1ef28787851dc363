import { describe, expect, it } from "vitest";
import { dynamicMemristor, dynamicMemristorLaw } from "../../../devices/volatile/dynamic-memristor.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, expectGolden, type Golden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";

const zhong = shippedSet("dynamic-memristor", "zhong-2021");
const step = 100e-6;
const [r, alpha, kp, kn, rest] = [0.99, 0.23, 9.13e-6, 0.32e-6, 0.5];

/** State and current of the published recursion after each voltage of a row. */
function recursion(voltages: readonly number[]): { g: number; i: number }[] {
  let g = rest;
  return voltages.map((v) => {
    const k = (alpha * Math.abs(v)) / (alpha * Math.abs(v) + 1);
    g = r * g + (1 - r) * rest + k * ((v > 0 ? 1 : 0) - g);
    return { g, i: g * (kp * Math.max(v, 0) ** 3 + kn * Math.min(v, 0) ** 3) };
  });
}

const row = [1, 2, 3, 0, 0, 0.5, -1, -2, -3, 0, 0, 2.5, -0.3];

function sampled(values: KnownTree): Golden {
  const law = dynamicMemristorLaw(values);
  const device = deviceOf(law);
  const figures = row.flatMap((v, n): Golden[number][] => {
    device.apply(v, step);
    return [
      [`G ${n}`, device.x[0]!, recursion(row)[n]!.g],
      [`I ${n}`, device.current(v), recursion(row)[n]!.i],
    ];
  });
  return [...figures, ["temperature", law.temperature.usual, 300]];
}

describe("the dynamic memristor", () => {
  it("is the published recursion where it is sampled at the source's step, and 5 % of any coefficient is noticed", () => {
    expectGolden(zhong, sampled);
  });

  it("is the same in closed form and by its rates, with its work, and two times together do what their sum does", () => {
    const law = dynamicMemristorLaw(zhong);
    const [closed, ramped, twice] = [deviceOf(law), deviceOf(law), deviceOf(law)];
    // A ramp by a millionth of its voltage goes through the integrator.
    const work = closed.apply(2, 3.7 * step);
    const integrated = ramped.apply(2, 3.7 * step, { to: 2 * (1 + 1e-9) });
    expect(ramped.x[0]! / closed.x[0]!).toBeCloseTo(1, 5);
    expect(integrated / work).toBeCloseTo(1, 4);
    twice.apply(2, 1.2 * step);
    twice.apply(2, 2.5 * step, { since: 1.2 * step });
    expect(twice.x[0]!).toBeCloseTo(closed.x[0]!, 12);
    closed.wait(1e-2);
    twice.wait(4e-3);
    twice.wait(6e-3);
    expect(twice.x[0]!).toBeCloseTo(closed.x[0]!, 12);
  });

  it("answers the second of two pulses more if positive, less if negative, the more the closer they are", () => {
    const ratio = (voltage: number, gap: number): number => {
      const device = deviceOf(dynamicMemristorLaw(zhong));
      device.apply(voltage, 3 * step);
      const first = device.current(voltage);
      device.wait(gap);
      device.apply(voltage, 3 * step);
      return device.current(voltage) / first;
    };
    const gaps = [1e-4, 1e-3, 1e-2, 1e-1];
    const [facilitated, depressed] = [gaps.map((gap) => ratio(2, gap)), gaps.map((gap) => ratio(-2, gap))];
    expect(facilitated[0]).toBeGreaterThan(1.1);
    expect(depressed[0]).toBeLessThan(0.8);
    gaps.slice(1).forEach((_, n) => {
      expect(facilitated[n + 1]).toBeLessThan(facilitated[n]!);
      expect(depressed[n + 1]).toBeGreaterThan(depressed[n]!);
    });
    expect(facilitated[3]).toBeCloseTo(1, 3);
    expect(depressed[3]).toBeCloseTo(1, 3);
  });

  keepsItsLoop(dynamicMemristor, "zhong-2021", () => dynamicMemristorLaw(zhong));
});
