import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optomemristorLaw } from "../../../devices/chalcogenide/optomemristor.ts";
import { lightBalance } from "../../../devices/chalcogenide/thin-film.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, expectGolden, type Golden } from "../../contracts/golden.ts";
import { freshDevice, loopOf, stretchOf, withLeaf } from "../../contracts/one-device.ts";

const shipped = shippedSet("chalcogenide", "sarwat-2022");
const optical = withLeaf(shipped, "trace.role", "optical");
const lamp = { irradiance: 1e6, wavelength: 532e-9 };
const ms = 1e-3;

/** Photons that the film absorbs in a second of the set's own light, times the yield: carriers. */
function generated(irradiance = 1e6, wavelength = 532e-9): number {
  const films = [
    { index: 1.9, extinction: 0.01, thickness: 15e-9 },
    { index: 2.5, extinction: 0.2, thickness: 50e-9 },
  ];
  const share = lightBalance(films, { index: 0.9, extinction: 6.4 }, wavelength).absorbed[1]!;
  return (1e-4 * share * irradiance * 1e-10 * wavelength) / (6.62607015e-34 * 299_792_458);
}

function golden(values: KnownTree): Golden {
  const law = optomemristorLaw(values);
  const device = () => deviceOf(law, 1);
  const figures: [string, number, number][] = [];
  const figure = (name: string, found: number, expected: number) => figures.push([name, found, expected]);

  // After a coincidence of 1.31 V, 0.4 s, and light with 1.2 V for 2 ms: 0.2 V above the lit threshold, by a trace that falls.
  const lit = device();
  lit.apply(1.31, ms);
  lit.wait(0.4);
  lit.apply(1.2, 2 * ms, lamp);
  const rate = -Math.log(0.9) / ms;
  const eligible = Math.exp(-0.4) * (1 - Math.exp(-2e-3));
  const up = 1 - Math.exp(-rate * 1.05 * (0.2 / 0.25) * eligible);
  figure("weight after light", lit.x[0]!, up);
  figure("trace", lit.x[1]!, Math.exp(-0.402));
  // Down again in the dark, by a trace that the pulse itself sets; 1.6 V is 0.1 V above the dark threshold.
  lit.apply(-1.6, ms);
  figure("weight after a pulse in the dark", lit.x[0]!, up * Math.exp(-rate * 1.05 * 0.4 * ms));
  // In four times the light the threshold is at its lowest.
  const bright = device();
  bright.apply(1.31, ms);
  bright.apply(0.6, ms, { ...lamp, irradiance: 4e6 });
  figure("weight in bright light", bright.x[0]!, 1 - Math.exp(-rate * 1.05 * 0.4 * (1 - Math.exp(-1e-3))));
  figure(
    "no coincidence",
    [1.29, -1.29].reduce((sum, v) => {
      const below = device();
      below.apply(v, ms);
      return sum + below.x[1]!;
    }, 1),
    1,
  );

  // Carriers after 20 ms of a third of the light at 637 nm, and 30 ms of dark.
  const third = { irradiance: 1e6 / 3, wavelength: 637e-9 };
  const [fastShare, slowShare] = [0.7 / 0.01, 0.3].map((own) => own / (0.7 / 0.01 + 0.3)) as [number, number];
  const carriers = [
    [fastShare, 0.01],
    [slowShare, 1],
  ].map(
    ([share, life]) =>
      generated(third.irradiance, 637e-9) * share! * life! * (1 - Math.exp(-0.02 / life!)) * Math.exp(-0.03 / life!),
  );
  const made = device();
  made.apply(0, 20 * ms, third);
  made.wait(30 * ms);
  figure("fast carriers", made.x[2]!, carriers[0]!);
  figure("slow carriers", made.x[3]!, carriers[1]!);
  const saturated = generated() / (0.7 / 0.01 + 0.3);
  const photo = 10e-9 * ((carriers[0]! + carriers[1]!) / saturated) ** 0.8;
  const photovoltaic = 1.602176634e-19 * (carriers[0]! / 0.01 + carriers[1]!);
  figure("current", made.current(0.3), (1e-9 + photo) * 0.3 - photovoltaic);
  figure("short circuit", made.current(0), -photovoltaic);
  const half = device();
  half.x[0] = 0.5;
  figure("dark conductance", half.current(1), 10e-9);
  half.x[0] = 1;
  figure("highest conductance", half.current(1), 100e-9);
  for (const { name, value, spread } of law.traits) figure(name, value + spread, 1.2);
  figure("start", law.variables[0]!.start, 0);
  figure("temperature", law.temperature.usual, 300);

  // The optical role's own coincidence: 0.81 of the light.
  const byLight = deviceOf(optomemristorLaw(withLeaf(values, "trace.role", "optical")));
  byLight.apply(0, ms, { ...lamp, irradiance: 0.81e6 });
  figure("optical trace", byLight.x[1]!, 1);
  return figures;
}

describe("a chalcogenide optomemristor", () => {
  it("has the printed trace, writes, carriers and currents, to 1e-5, and is rejected with any coefficient 5 % off", () => {
    expectGolden(shipped, golden);
  });

  it("absorbs about half of its light, and after long light conducts what the set says", () => {
    expect(generated() / ((1e-4 * 1e-4 * 532e-9) / (6.62607015e-34 * 299_792_458))).toBeCloseTo(0.5, 1);
    const device = deviceOf(optomemristorLaw(shipped));
    device.apply(0, 30, lamp);
    expect((device.current(0.1) - device.current(0)) / 0.1).toBeCloseTo(11e-9, 13);
    // 70 % of its carriers are fast then, and all light's photovoltaic current flows.
    expect(device.x[2]! / (device.x[2]! + device.x[3]!)).toBeCloseTo(0.7, 6);
    expect(-device.current(0) / (1.602176634e-19 * generated())).toBeCloseTo(1, 6);
  });

  it("takes the integral of V I along its own way, which under light may be given rather than taken", () => {
    const law = optomemristorLaw(shipped);
    const steps = 20_000;
    for (const [from, to, seconds, light] of [
      [1.25, 1.25, ms, lamp],
      [1.75, 1.75, 5 * ms, {}],
      [0, 1.9, 3 * ms, {}],
      [1.45, -1.2, 2 * ms, lamp],
      [0.1, 0.1, 3, lamp],
      [-0.05, -0.05, 0.2, {}],
    ] as const) {
      const [whole, way] = [1, 2].map(() => {
        const device = freshDevice(law);
        device.x.set([0.3, 0.8, 1e7, 3e6]);
        return device;
      });
      const { x, traits, normals } = whole!;
      const work = law.evolve(x, stretchOf(law, from, to, seconds, light), normals, traits);
      let sum = 0;
      const power = (voltage: number) => voltage * law.current(voltage, way!.x, traits, stretchOf(law, 0, 0, 0));
      for (let k = 0; k < steps; k++) {
        const [a, b] = [k / steps, (k + 1) / steps];
        const [start, end] = [from + a * (to - from), from + b * (to - from)];
        const before = power(start);
        law.evolve(
          way!.x,
          stretchOf(law, start, end, (b - a) * seconds, { ...light, since: a * seconds }),
          normals,
          traits,
        );
        sum += ((b - a) * seconds * (before + power(end))) / 2;
      }
      expect(Math.abs(work - sum)).toBeLessThan(2e-4 * Math.abs(sum));
      for (let k = 0; k < 4; k++) expect(way!.x[k]! / x[k]!).toBeCloseTo(1, 6);
      if (from === 0.1) expect(work).toBeLessThan(0);
    }
  });

  it("does in the parts of a pulse or a ramp under light together what the whole does", () => {
    const voltage = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        voltage,
        voltage,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        fc.boolean(),
        (a, b, cut, flat, isLit) => {
          const law = optomemristorLaw(shipped);
          const [from, to, duration] = [a, flat ? a : b, 4 * ms];
          const light = isLit ? lamp : {};
          const [one, two] = [freshDevice(law), freshDevice(law)];
          for (const { x } of [one, two]) x.set([0.4, 0.6, 1e7, 1e7]);
          law.evolve(one.x, stretchOf(law, from, to, duration, light), one.normals, one.traits);
          const middle = from + cut * (to - from);
          law.evolve(two.x, stretchOf(law, from, middle, cut * duration, light), two.normals, two.traits);
          law.evolve(
            two.x,
            stretchOf(law, middle, to, (1 - cut) * duration, { ...light, since: cut * duration }),
            two.normals,
            two.traits,
          );
          for (let k = 0; k < 4; k++) expect(Math.abs(two.x[k]! / one.x[k]! - 1)).toBeLessThan(1e-6);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it("conducts nothing at 0 V in the dark, and more with more voltage", () => {
    const device = deviceOf(optomemristorLaw(shipped));
    expect(Math.abs(device.current(0))).toBe(0);
    let last = Number.NEGATIVE_INFINITY;
    for (let v = -2; v <= 2; v += 0.1) {
      expect(device.current(v)).toBeGreaterThan(last);
      last = device.current(v);
    }
  });

  it("may conduct linearly in its weight", () => {
    const device = deviceOf(optomemristorLaw(withLeaf(shipped, "memory.conduction", "linear")));
    device.x[0] = 0.5;
    expect(device.current(1)).toBeCloseTo(50.5e-9, 15);
  });

  it("has its trace set by light alone in the optical role, and by a voltage alone in the electrical", () => {
    for (const [values, bySource] of [
      [optical, [0, 1]],
      [shipped, [1, 0]],
    ] as const) {
      const law = optomemristorLaw(values);
      const [byVoltage, byLight] = [deviceOf(law), deviceOf(law)];
      byVoltage.apply(1.4, ms);
      byLight.apply(0, ms, lamp);
      expect([byVoltage.x[1], byLight.x[1]]).toEqual(bySource);
    }
  });

  it.each([1e9, 1e-3])("follows a loop of %d V/s, free and with a compliance current", (rate) => {
    const law = optomemristorLaw(shipped);
    for (const compliance of [Infinity, 30e-9]) {
      const { currents, work } = loopOf(law, [0, 2, 0, -2, 0], rate, 40, { compliance });
      expect(currents.every((own) => Number.isFinite(own) && Math.abs(own) <= compliance)).toBe(true);
      expect(work).toBeGreaterThan(0);
    }
  });
});
