import { describe, expect, it } from "vitest";
import { tio2, tio2Law } from "../../../devices/resistive-switching/tio2.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice, loopOf } from "../../contracts/one-device.ts";

const values = shippedSet("tio2", "southampton-2020");
const points = [-1.5, -0.9, -0.1, -0.03, 0.02, 0.1, 0.9, 1.5];
// The first is below the limits: only there does the exponential of the raising motion differ from its end.
const resistances = [690, 1700, 2300, 2900];

/** The law as it is printed, with the published numbers. */
const printed = resistances.flatMap((r) =>
  points.flatMap((v) => {
    const [a, t, r0, r1] =
      v > 0 ? [600.10075, -0.0212028, 2699.2336, -672.930205] : [-34.5988399, -0.05343997, 649.413746, -1474.32358];
    const end = r0! + r1! * v;
    const moves = v > 0 ? r > end : r < end;
    const speed = moves ? a! * (Math.exp(Math.abs(v) / t!) - 1) * (end - r) ** 2 : 0;
    return [(0.32046175 / r) * Math.sinh(2.71689828 * v), speed];
  }),
);

function ours(tree: KnownTree): number[] {
  const law = tio2Law(tree);
  const { traits, normals } = freshDevice(law);
  const surroundings = { temperature: law.temperature.usual, irradiance: 0, wavelength: 0 };
  const out = new Float64Array(1);
  return [
    ...resistances.flatMap((r) =>
      points.flatMap((v) => {
        law.rates(v, Float64Array.of(r), traits, surroundings, normals, out, 0);
        return [law.current(v, Float64Array.of(r), traits, surroundings), out[0]!];
      }),
    ),
    law.temperature.usual,
    Number(law.writes(0.2)) - Number(law.writes(0.199)),
    ...law.variables.flatMap(({ low, high, start }) => [low, high, start]),
  ];
}

describe("the data-driven titanium dioxide device", () => {
  it("has the printed currents and speeds to 1e-5, and is rejected when any coefficient is 5 % off", () => {
    const expected = [...printed, 300, 1, 1600, 3000, 2600];
    // The boundaries act at states between them; at 0.02 and 0.03 V the exponential is far from its end.
    expectGolden(values, (set) => besideEach(ours(set), expected));
  });

  it("goes down in resistance at positive voltage and up at negative, each towards its own boundary and not beyond", () => {
    const law = tio2Law(values);
    const { voltages, states } = loopOf(law, [0, 1.4, 0, -1.4, 0], 1e3, 400);
    for (const [k, voltage] of voltages.entries()) {
      const [before, now] = [k === 0 ? 2600 : states[k - 1]![0]!, states[k]![0]!];
      if (voltage > 0) expect(now).toBeLessThanOrEqual(before);
      if (voltage < 0) expect(now).toBeGreaterThanOrEqual(before);
    }
    const [lowest, highest] = [Math.min(...states.map(([r]) => r!)), Math.max(...states.map(([r]) => r!))];
    expect(lowest).toBeGreaterThan(2699.2336 - 672.930205 * 1.4);
    expect(highest).toBeLessThan(649.413746 + 1474.32358 * 1.4);
    // A sweep of milliseconds goes most of the way between the two.
    expect(lowest).toBeLessThan(1850);
    expect(highest).toBeGreaterThan(2550);
  });

  keepsItsLoop(tio2, "southampton-2020", () => tio2Law(values));
});
