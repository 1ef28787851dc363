import { describe, expect, it } from "vitest";
import { bendOfLabel } from "../../../devices/pulse-response/neurosim.ts";
import { pulseResponse, pulseResponseLaw } from "../../../devices/pulse-response/pulse-response.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { bentSets, freshDevice, stretchOf, withLeaf } from "../../contracts/one-device.ts";

const set = (name: string): KnownTree => shippedSet("pulse-response", name);

/** One device of a set with such normals and traits by name, after pulses of either sign. */
function device(values: KnownTree, own: Readonly<Record<string, number>> = {}, normals: readonly number[] = [0, 0]) {
  const law = pulseResponseLaw(values);
  const { x, traits } = freshDevice(law);
  for (const [name, value] of Object.entries(own)) traits[law.traits.findIndex((trait) => trait.name === name)] = value;
  const drawn = Float64Array.from({ length: law.normalsPerPulse }, (_, k) => normals[k]!);
  const pulse = (voltage: number): number => {
    law.evolve(x, stretchOf(law, voltage, voltage, 1e-7), drawn, traits);
    const bounds = Float64Array.from(law.variables.flatMap(({ low, high }) => [low, high]));
    law.bounds?.(traits, bounds, x);
    x[0] = Math.min(bounds[1]!, Math.max(bounds[0]!, x[0]!));
    return x[0];
  };
  const at = (weight: number): void => {
    x[0] = weight;
  };
  return { law, x, traits, pulse, at };
}

/** Step that one pulse makes from a weight. */
function stepFrom(values: KnownTree, weight: number, voltage: number, own = {}, normal = 0): number {
  const one = device(values, own, [normal, 0]);
  one.at(weight);
  return one.pulse(voltage) - weight;
}

// Weight before, voltage, and the step by hand from the numbers of the set. Spread is none but where the last column has a normal.
const golden: readonly [set: string, weight: number, voltage: number, step: number, normal?: number][] = [
  ["constant", 0.2, 1, 0.001],
  ["constant", 0.2, -1, -0.001],
  ["constant", 0.2, 1, 0.001 * 1.6, 2],
  ["constant", 0.5995, 1, 0.0005],
  ["constant", -0.5995, -1, -0.0005],
  ["linear", 0.3, 1, 0.001 * (1 - (0.5 * 0.3) / 0.6)],
  ["linear", 0.3, -1, -0.001 * (1 + (0.5 * 0.3) / 0.6)],
  ["linear", 0.3, 1, 0.00075 * 1.3, 1],
  ["soft-bounds", 0.3, 1, 0.0005],
  ["soft-bounds", 0.3, -1, -0.0015],
  ["soft-bounds", 0.3, -1, -0.0015 * 0.7, -1],
  // z = 2 x 0.244 x 0.3 / 1.2 + 0.2425 = 0.3645
  ["exponential", 0.3, 1, 0.001 * (1 - 0.00081 * Math.exp(12.44625 * 0.3645))],
  ["exponential", 0.3, -1, -0.001 * (1 - 0.36833 * Math.exp(-12.78785 * 0.3645))],
  ["exponential", -0.3, 1, 0.001 * (1 - 0.00081 * Math.exp(12.44625 * 0.1205)) * 1.3, 1],
  // omega = (0.6 - 0.3) / 1.2
  ["power", 0.3, 1, 0.001 * 0.25 ** 2],
  ["power", 0.3, -1, -0.001 * 0.75 ** 2],
  ["power", 0.3, -1, -0.001 * 0.75 ** 2 * 1.3, 1],
  // Nodes at -0.6, -0.3, 0, 0.3, 0.6.
  ["piecewise", -0.6, 1, 0.0015],
  ["piecewise", -0.4, 1, 0.001 * (1.2 / 3 + (1.2 * 2) / 3 + 0.3 / 3)],
  ["piecewise", 0.1, 1, 0.001 * ((1 * 2) / 3 + 0.7 / 3)],
  ["piecewise", 0.45, 1, 0.001 * ((0.7 + 0.1) / 2)],
  ["piecewise", 0.45, -1, -0.001 * ((1.2 + 1.5) / 2)],
  ["piecewise", 0.1, -1, -0.001 * ((1 * 2) / 3 + 1.2 / 3)],
  ["piecewise", -0.45, -1, -0.001 * ((0.1 + 0.7) / 2)],
  ["piecewise", -0.45, -1, -0.0004 * 1.3, 1],
  // 3.5 % of the window, whatever the step: 1 - e^(-1/A) of what is left to B, in windows, and NL 2.4 has A = 0.499181 x 97.
  ["neurosim", 0, 3.2, -Math.expm1(-1 / (0.499181 * 97)) / -Math.expm1(-1 / 0.499181)],
  ["neurosim", 0.5, 3.2, -Math.expm1(-1 / (0.499181 * 97)) * (1 / -Math.expm1(-1 / 0.499181) - 0.5) + 0.035, 1],
  ["neurosim", 1, -2.8, Math.expm1(-1 / (0.200303 * 100)) / -Math.expm1(-1 / 0.200303)],
  ["neurosim", 0.5, -2.8, Math.expm1(-1 / (0.200303 * 100)) * (1 / -Math.expm1(-1 / 0.200303) - 0.5)],
  // z = -0.5 x 0.5 - 0.5 = -0.75; the step down is smaller by the asymmetry.
  ["reram-es", 0.5, 1, 0.00135 * (1 + 1.18445 * Math.exp(-3.75))],
  ["reram-es", 0.5, -1, -0.00135 * (1 - 0.259359) * (1 + 0.081404 * Math.exp(3.75))],
  ["reram-es", 0.5, 1, 0.00135 * (1 + 1.18445 * Math.exp(-3.75)) * 6, 1],
  ["reram-sb", 0.5, 1, 0.002 * (1 - 0.5 / 1.25 + 3.75), 1],
  ["reram-sb", 0.5, -1, -0.002 * (1 + 0.5 / 0.75)],
  ["capacitor", 0.5, 1, 0.005 * (1 - 0.05 * 0.5 + 0.3), 1],
  ["capacitor", 0.5, -1, -0.005 * (1 + 0.05 * 0.5)],
  ["ecram-li", 0.5, 1, 0.002 * (1 - (0.1153 * 0.5) / 1.1724) * 1.3, 1],
  ["ecram-li", 0.5, -1, -0.002 * (1 + (0.5085 * 0.5) / 0.8276)],
  ["ecram-mo", 0.5, 1, 2.8214e-4 * (1 - (0.4152 * 0.5) / 1.1714) * 3, 1],
  ["ecram-mo", 0.5, -1, -2.8214e-4 * (1 + (0.7342 * 0.5) / 0.8286)],
  ["idealized", 0.9999, 1, 0.0001],
  ["idealized", -0.9999, -1, -0.0001],
  ["idealized", 0, 1, 0.0002 * 1.3, 1],
  ["gokmen-vlasov", 0.999, 1, 0.001],
  ["gokmen-vlasov", -0.999, -1, -0.001],
  ["gokmen-vlasov", 0, 1, 0.0016 * 1.3, 1],
  // z = -0.5, and sigma = 0.6 (|step| + 0.042 + 0.108 x 0.5)
  ["pcm-exponential", 0.5, 1, 0.01 * (1 + 27.235 * Math.exp(-1.25))],
  ["pcm-exponential", 0.5, 1, 0.01 * (1 + 27.235 * Math.exp(-1.25)) * 1.6 + 0.6 * (0.042 + 0.108 * 0.5), 1],
  ["pcm-exponential", 0.5, -1, -0.01 * (1 + 2.235 * Math.exp(1.25))],
  ["reram-array-om", 0.5, 1, 0.0949 * (0.5 + 0.4158), 1],
  ["reram-array-om", 0.5, -1, -0.0949 * 1.5],
  ["reram-array-om", 0.5, 1, 0.5, 40],
  ["reram-array-om", -0.5, -1, -0.5, 40],
  ["reram-array-hfo2", 0.5, 1, 0.4622 * (0.5 + 0.2174), 1],
  ["reram-array-hfo2", -0.5, -1, -0.4622 * 0.5],
  ["reram-array-hfo2", 0.5, 1, 0.5, 40],
  ["reram-array-hfo2", -0.5, -1, -0.5, 40],
];

/** Conductances in S that the limits and 0 stand for, by hand. */
const conductances: Readonly<Record<string, readonly [weight: number, conductance: number][]>> = {
  neurosim: [
    [0, 3.0769e-9],
    [1, 38.462e-9],
  ],
  capacitor: [
    [-1, 1e-6],
    [1, 3e-6],
  ],
  "ecram-li": [
    [-0.8276, 1e-6],
    [1.1724, 3e-6],
  ],
  "ecram-mo": [
    [-0.8286, 1e-6],
    [1.1714, 3e-6],
  ],
  "pcm-exponential": [
    [0, 0],
    [1, 20e-6],
  ],
  "reram-sb": [
    [-0.75, 20e-6],
    [1.25, 60e-6],
  ],
  "reram-array-om": [
    [-1, 20e-6],
    [1, 40e-6],
  ],
  "reram-array-hfo2": [
    [-1, 20e-6],
    [1, 40e-6],
  ],
};

function goldenHolds(values: KnownTree, name: string): boolean {
  const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-5 || (b === 0 && a === 0);
  const steps = golden
    .filter(([of]) => of === name)
    .every(([, w, voltage, step, normal]) => near(stepFrom(values, w, voltage, {}, normal), step));
  const law = pulseResponseLaw(values);
  const surroundings = stretchOf(law, 0, 0, 0);
  const { x, traits } = freshDevice(law);
  const start = name === "pcm-exponential" ? 0.01 : 0;
  const wide = ["constant", "linear", "soft-bounds", "exponential", "power", "piecewise"].includes(name);
  const symmetric = wide
    ? [[-0.6, 10e-6] as const, [0.6, 30e-6] as const]
    : [[-1, 20e-6] as const, [1, 60e-6] as const];
  const of = conductances[name] ?? symmetric;
  const currents = of.every(([w, g]) => near(law.current(0.1, Float64Array.of(w, 0), traits, surroundings), 0.1 * g));
  return steps && currents && x[0] === start;
}

describe("pulse response", () => {
  it.each(pulseResponse.parameterSets)("of the set %s makes the steps that its numbers give by hand", (name) => {
    expect(goldenHolds(set(name), name)).toBe(true);
  });

  // Spread, write noise, decay and reset are the distribution tests'; the temperature, the threshold and where nothing is lost to are no coefficients.
  const elsewhere = /spread$|Spread$|writeNoise|^decay|^reset|^temperature$|^threshold$/;
  it.each(pulseResponse.parameterSets)("of the set %s is rejected with any coefficient 5 percent off", (name) => {
    const missed = [...bentSets(set(name))]
      .filter(({ path, values }) => !elsewhere.test(path) && goldenHolds(values, name))
      .map(({ path }) => path);
    expect(missed).toEqual([]);
  });

  it("makes only the step down smaller by a positive asymmetry, and only the step up by a negative one", () => {
    const values = withLeaf(set("constant"), "step.asymmetry", 0.3);
    expect([stepFrom(values, 0, 1), stepFrom(values, 0, -1)].map((step) => step * 1e3)).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(-0.7, 9),
    ]);
    const other = withLeaf(set("constant"), "step.asymmetry", -0.3);
    expect([stepFrom(other, 0, 1), stepFrom(other, 0, -1)].map((step) => step * 1e3)).toEqual([
      expect.closeTo(0.7, 9),
      expect.closeTo(-1, 9),
    ]);
    // Of a device: a gain that both steps share, and a difference that the one has more and the other less.
    const own = { gain: 1.1, asymmetry: 1.05 };
    expect(stepFrom(set("constant"), 0, 1, own)).toBeCloseTo(0.00115, 12);
    expect(stepFrom(set("constant"), 0, -1, own)).toBeCloseTo(-0.00105, 12);
    expect(stepFrom(set("linear"), 0.3, 1, { "slope up": 1.1 })).toBeCloseTo(0.001 * (1 - 0.6 * 0.5), 12);
    expect(stepFrom(set("power"), 0.3, 1, { exponent: 1.5 })).toBeCloseTo(0.001 * 0.25 ** 3, 12);
  });

  it("settles on soft bounds, under pulses of alternating sign, where both steps are as large", () => {
    // The point (a+ - a-) / (a+ / b_max - a- / b_min) is of infinitely small steps; these are 1 % and alternate by as much.
    for (const [up, down, high, low] of [
      [1, 0.6, 0.6, -0.6],
      [0.7, 1, 0.9, -0.5],
    ] as const) {
      const asymmetry = up > down ? 1 - down : up - 1;
      const one = device(withLeaf(set("soft-bounds"), "step.asymmetry", asymmetry), { upper: high, lower: low });
      let mean = 0;
      for (let k = 0; k < 8000; k++) {
        one.pulse(1);
        if (k >= 7000) mean += one.x[0]! / 2000;
        one.pulse(-1);
        if (k >= 7000) mean += one.x[0]! / 2000;
      }
      expect(mean / ((up - down) / (up / high - down / low))).toBeCloseTo(1, 2);
    }
  });

  it("climbs NeuroSim's curve: G(10) and G(50) of 97 pulses, and comes down along the mirrored one", () => {
    const one = device(set("neurosim"));
    const conductance = () => one.law.current(1, one.x, one.traits, stretchOf(one.law, 0, 0, 0));
    const curve: number[] = [];
    for (let pulse = 1; pulse <= 97; pulse++) {
      one.pulse(3.2);
      curve[pulse] = conductance();
    }
    expect(curve[10]! / 1.07090296e-8).toBeCloseTo(1, 5);
    expect(curve[50]! / 2.94151331e-8).toBeCloseTo(1, 5);
    expect(curve[97]! / 38.462e-9).toBeCloseTo(1, 9);
    one.at(1);
    for (let pulse = 1; pulse <= 50; pulse++) one.pulse(-2.8);
    const fallen = (1 - Math.exp(-0.5 / 0.200303)) / (1 - Math.exp(-1 / 0.200303));
    expect(conductance() / (38.462e-9 - 35.3851e-9 * fallen)).toBeCloseTo(1, 5);
    for (let pulse = 51; pulse <= 100; pulse++) one.pulse(-2.8);
    expect(conductance() / 3.0769e-9).toBeCloseTo(1, 9);
  });

  it("solves NeuroSim's table of labels", () => {
    const table: readonly [number, number][] = [
      [0.01, 126.27],
      [0.1, 12.626],
      [0.5, 2.5199],
      [1, 1.25165],
      [2.4, 0.499181],
      [3, 0.38683],
      [4, 0.269089],
      [4.88, 0.200303],
      [5, 0.192406],
      [6, 0.135619],
      [7, 0.090139],
      [8, 0.052781],
      [9, 0.02281],
    ];
    for (const [label, bend] of table) expect(Math.abs(bendOfLabel(label) / bend - 1)).toBeLessThan(1e-4);
    expect(() => bendOfLabel(0)).toThrow(/expected more than 0/);
  });
});
