import { describe, expect, it } from "vitest";
import { operationOf } from "../../../devices/operation.ts";
import { yakopcic, yakopcicLaw } from "../../../devices/resistive-switching/yakopcic.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { besideEach, expectGolden } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";
import { freshDevice, loopOf, withLeaf } from "../../contracts/one-device.ts";

// a1, a2, b, A_p, A_n, V_p, V_n, x_p, x_n, alpha_p, alpha_n of the published fits.
const published: Record<string, number[]> = {
  "oblea-2010": [0.17, 0.17, 0.05, 4000, 4000, 0.16, 0.15, 0.3, 0.5, 1, 5],
  "miao-2011": [0.11, 0.11, 0.5, 7.5, 2, 0.09, 0.75, 0.3, 0.5, 1, 5],
  "jo-2010": [3.7e-7, 4.35e-7, 0.7, 0.005, 0.08, 1.5, 0.5, 0.2, 0.5, 1.2, 3],
};

const states = [0.05, 0.4, 0.95];
const voltages = [-1.7, -0.9, -0.4, -0.05, 0.05, 0.4, 0.9, 1.7];

/** Current and speed by the formula as it is printed, over states and voltages. */
function printed([a1, a2, b, ap, an, vp, vn, xp, xn, alphaP, alphaN]: number[]): number[] {
  return states.flatMap((x) =>
    voltages.flatMap((v) => {
      const current = (v >= 0 ? a1! : a2!) * x * Math.sinh(b! * v);
      let g = 0;
      if (v > vp!) g = ap! * (Math.exp(v) - Math.exp(vp!));
      if (v < -vn!) g = -an! * (Math.exp(-v) - Math.exp(vn!));
      const up = x >= xp! ? Math.exp(-alphaP! * (x - xp!)) * ((xp! - x) / (1 - xp!) + 1) : 1;
      const down = x <= 1 - xn! ? (Math.exp(alphaN! * (x + xn! - 1)) * x) / (1 - xn!) : 1;
      return [current, g * (v > 0 ? up : down)];
    }),
  );
}

function ours(values: KnownTree): number[] {
  const law = yakopcicLaw(values);
  const { traits, normals } = freshDevice(law);
  const surroundings = { temperature: law.temperature.usual, irradiance: 0, wavelength: 0 };
  const out = new Float64Array(1);
  const lawful = states.flatMap((x) =>
    voltages.flatMap((v) => {
      law.rates(v, Float64Array.of(x), traits, surroundings, normals, out, 0);
      return [law.current(v, Float64Array.of(x), traits, surroundings), out[0]!];
    }),
  );
  return [...lawful, law.variables[0]!.start, law.temperature.usual];
}

describe.each(Object.keys(published))("Yakopcic's memristor, %s", (set) => {
  const values = shippedSet("yakopcic", set);
  const expected = [...printed(published[set]!), 0.11, 300];

  it("has the printed currents and speeds to 1e-5, and is rejected when any coefficient is 5 % off", () => {
    // Thresholds in e^V - e^Vp, window ends and exponents all act at one of the states and voltages above.
    expectGolden(values, (set) => besideEach(ours(set), expected));
  });

  keepsItsLoop(yakopcic, set, () => yakopcicLaw(values));

  it("has the loop of a memristor: up at positive, down at negative voltage, and back where it began", () => {
    const { sweep } = operationOf(values);
    const { voltages: swept, currents } = loopOf(yakopcicLaw(values), sweep!.voltages, sweep!.rate, 400);
    const turn = swept.indexOf(sweep!.voltages[1]!);
    const [rising, falling] = [turn / 2, turn + turn / 2].map((k) => currents[Math.round(k)]!);
    expect(falling! / rising!).toBeGreaterThan(1.5);
  });
});

describe("Yakopcic's memristor with a current of its own through the part that has not switched", () => {
  it("has the currents of the niobium-doped strontium titanate fit at both ends of its state", () => {
    // 9e-5 sinh(4.96 V) x + 1.5e-5 sinh(6.91 V) (1 - x) forward, 1.7e-4 sinh(3.23 V) x + 4.4e-7 sinh(2.6 V) (1 - x) backward.
    let values = shippedSet("yakopcic", "jo-2010");
    const fit = {
      "positive.on": [9e-5, 4.96],
      "positive.off": [1.5e-5, 6.91],
      "negative.on": [1.7e-4, 3.23],
      "negative.off": [4.4e-7, 2.6],
    };
    for (const [path, [amplitude, slope]] of Object.entries(fit)) {
      values = withLeaf(withLeaf(values, `${path}.amplitude`, amplitude!), `${path}.slope`, slope!);
    }
    const law = yakopcicLaw(values);
    const { traits } = freshDevice(law);
    const current = (v: number, x: number) =>
      law.current(v, Float64Array.of(x), traits, { temperature: 300, irradiance: 0, wavelength: 0 });
    for (const [v, off, on] of [
      [0.2, 2.7988e-5, 1.0466e-4],
      [0.5, 2.372e-4, 5.3359e-4],
      [1, 7.5168e-3, 6.4164e-3],
      [-1, -2.9457e-6, -2.1454e-3],
    ] as const) {
      // The table has five digits.
      expect(current(v, 0) / off).toBeCloseTo(1, 4);
      expect(current(v, 1) / on).toBeCloseTo(1, 4);
    }
    expect(law.polar).toBe(true);
  });
});
