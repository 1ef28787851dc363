import { describe, expect, it } from "vitest";
import { relaxed, relaxing } from "../../../devices/phase-change/structural-relaxation.ts";
import { thermal, thermalLaw } from "../../../devices/phase-change/thermal.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, expectGolden, type Golden, withValues } from "../../contracts/golden.ts";
import { keepsItsLoop } from "../../contracts/loop.ts";

const set = shippedSet("pcm-thermal", "mushroom-illustrative");
const [e, k] = [1.602176634e-19, 1.380649e-23];

/** The set's own numbers in the equations as they are printed. */
function golden(values: KnownTree): Golden {
  const law = thermalLaw(values);
  const traits = Float64Array.of(1);
  const around = (temperature: number) => ({ temperature, irradiance: 0, wavelength: 0 });
  const printedCurrent = (v: number, u: number, s: number, t: number): number =>
    v / (50e3 + 1.5e8 * u * Math.exp(((0.4 - 0.16 * s) * e) / (k * t))) + (v > 0.8 ? (v - 0.8) / 2e3 : 0);
  const out = new Float64Array(2);
  const figures: Golden[number][] = [];
  for (const [v, u, s, t] of [
    [0.2, 10e-9, 0.9, 300],
    [0.2, 30e-9, 0.4, 350],
    [0, 30e-9, 0.95, 320],
    [1.2, 20e-9, 0.9, 300],
    [1.3, 20e-9, 0.8, 300],
    [1.3, 1e-9, 0.8, 300],
    [1.41, 5e-9, 0.7, 300],
    [1.7, 10e-9, 0.3, 330],
    [1.08, 40e-9, 0.9, 300],
    [1.14, 30e-9, 0.9, 300],
  ] as const) {
    const x = Float64Array.of(u, s);
    const i = printedCurrent(v, u, s, t);
    const kelvin = t + 1.5e6 * (1 - u / 66e-9) * v * i;
    const bell = 0.1 * Math.exp(-(((kelvin - 730) / 80) ** 2) / 2) * (1 - Math.exp((kelvin - 900) / 30));
    const growth = kelvin < 450 ? 0 : bell * (1 + 0.1 * 0.5);
    const over = kelvin - 900;
    const melting =
      ((0.1 * Math.exp(-((170 / 80) ** 2) / 2)) / 30) * 1.05 * over + ((5 / 100) * over * over) / (over + 30);
    law.rates(v, x, traits, around(t), Float64Array.of(0.5), out, 0);
    const at = `${v} V, ${u} m, ${s}, ${t} K, inside ${Math.round(kelvin)} K`;
    figures.push([`current at ${at}`, law.current(v, x, traits, around(t)), i]);
    figures.push([`du/dt at ${at}`, out[0]!, kelvin >= 900 ? melting : -growth]);
    figures.push([
      `dS/dt at ${at}`,
      out[1]!,
      v > 0.8 ? (1 - s) / 1e-9 : -1e12 * Math.exp((-1.6 * e * (1 - s)) / (k * t)),
    ]);
  }
  const [thermal, energy] = [k * 300, 1.6 * e];
  const t1 = (thermal / (1e12 * energy)) * Math.exp(energy / thermal);
  const device = deviceOf(law);
  device.x.set([20e-9, 0.6]);
  device.wait(1e5);
  const closed = -(thermal / energy) * Math.log((1e5 + t1 * Math.exp((-0.6 * energy) / thermal)) / t1);
  const { usual, low, high } = law.temperature;
  return [
    ...figures,
    ["S after 10^5 s", device.x[1]!, closed],
    ["thickest", law.variables[0]!.high, 50e-9],
    ["spread of devices", law.traits[0]!.spread, 0.1],
    ["as made", law.variables[1]!.start, 1],
    ...[usual, low, high].map((kelvin, i): Golden[number] => ["temperature", kelvin, [300, 250, 400][i]!]),
  ];
}

/** A cell after a RESET pulse of the set. */
function quenched() {
  const device = deviceOf(thermalLaw(set));
  device.apply(-1.7, 100e-9);
  return device;
}

describe("a phase-change cell by its temperature", () => {
  it("has the printed currents and rates, and 5 % of any coefficient is noticed", () => {
    expectGolden(set, golden);
  });

  it("says of every value that it is assumed", () => {
    const leaves = (tree: KnownTree): KnownTree[string][] =>
      Object.values(tree).flatMap((node) => ("howKnown" in node ? [node] : leaves(node as KnownTree)));
    for (const leaf of leaves(set)) expect(leaf.howKnown).toBe("assumed");
  });

  it("accumulates identical pulses: each takes more off the plug than the one before, as the thinner plug is hotter", () => {
    const device = quenched();
    const [thicknesses, conductances] = [[device.x[0]!], [device.current(0.2)]];
    while (device.x[0]! > 0) {
      device.apply(1.3, 50e-9);
      thicknesses.push(device.x[0]!);
      conductances.push(device.current(0.2));
    }
    const steps = thicknesses.slice(1).map((u, i) => thicknesses[i]! - u);
    expect(steps.length).toBeGreaterThan(8);
    expect(conductances.every((g, i) => i === 0 || g > conductances[i - 1]!)).toBe(true);
    // The bell's top is passed at the very end; until half the plug is gone every step is larger.
    const half = steps.filter((_, i) => thicknesses[i]! > thicknesses[0]! / 2);
    expect(half.every((step, i) => i === 0 || step > half[i - 1]!)).toBe(true);
    // With a thermal resistance that does not fall with the plug all steps are alike, to the change of the small ohmic current.
    const even = deviceOf(thermalLaw(withValues(set, { "heating.thickness": 1 })));
    even.x.set([30e-9, 1]);
    const equal = [1, 2, 3].map(() => {
      const before = even.x[0]!;
      even.apply(1.1, 5e-9);
      return before - even.x[0]!;
    });
    expect(equal[2]! / equal[0]!).toBeCloseTo(1, 2);
  });

  it("keeps glass where a pulse ends at once, and crystallises it where one ends slowly", () => {
    const [abrupt, slow] = [quenched(), quenched()];
    abrupt.apply(-1.7, 2e-9, { to: 0, since: 100e-9 });
    slow.apply(-1.7, 2e-6, { to: 0, since: 100e-9 });
    expect(abrupt.x[0]).toBeGreaterThan(30e-9);
    expect(slow.x[0]).toBe(0);
  });

  it("drifts with the exponent alpha / E_s over decades of time, at any temperature", () => {
    for (const temperature of [280, 300, 360]) {
      const device = quenched();
      device.wait(1e-3, temperature);
      const resistance = (): number => 0.2 / device.current(0.2, temperature) - 50e3;
      const start = resistance();
      device.wait(1e4 - 1e-3, temperature);
      // Seven decades; the plug's own resistance alone, without that of the crystal in series.
      expect(Math.log10(resistance() / start) / 7).toBeCloseTo(0.16 / 1.6, 4);
    }
  });

  it("drifts after a step of temperature as its relaxation says, and not by a power of its age", () => {
    const waits = [1, 10, 100, 1000];
    const resistance = (device: ReturnType<typeof quenched>): number => 0.2 / device.current(0.2) - 50e3;
    const warmed = quenched();
    warmed.wait(100);
    warmed.wait(100, 380);
    const after = resistance(warmed);
    const { x } = warmed;
    // From the state alone: (t + t0) / t1 with t0 of 300 K, by which 100 s at 380 K count as weeks.
    const thermal = (k * 300) / (1.6 * e);
    const t0 = (thermal / 1e12) * Math.exp((1 - x[1]!) / thermal);
    expect(t0).toBeGreaterThan(1e6);
    let waited = 0;
    for (const wait of waits) {
      warmed.wait(wait - waited);
      waited = wait;
      const expected = ((wait + t0) / t0) ** 0.1;
      expect(resistance(warmed) / after / expected).toBeCloseTo(1, 9);
      // A power of the age of 200 s, which knows nothing of the warm time, is far from it.
      if (wait === 1000) expect(((200 + wait) / 200) ** 0.1 / expected).toBeGreaterThan(1.15);
    }
  });

  it("relaxes by its differential equation, and two times together as their sum", () => {
    const glass = { energy: 1.6 * e, attempts: 1e12 };
    const [dt, state] = [1e-5, 0.45];
    const change = (relaxed(glass, state, dt, 300) - state) / dt;
    expect(change / -relaxing(glass, state, 300)).toBeCloseTo(1, 4);
    const twice = relaxed(glass, relaxed(glass, 0.9, 1e3, 300), 5e4, 300);
    expect(twice).toBeCloseTo(relaxed(glass, 0.9, 5.1e4, 300), 12);
    expect(relaxed(glass, 0.9, 1e300, 300)).toBe(0);
  });

  it("is young again after every pulse that makes its glass conduct", () => {
    const device = quenched();
    device.wait(86_400);
    expect(device.x[1]).toBeLessThan(0.5);
    device.apply(1.1, 50e-9);
    expect(device.x[1]).toBeCloseTo(1, 6);
  });

  keepsItsLoop(thermal, "mushroom-illustrative", () => thermalLaw(set));
});
