import { beforeAll, describe, expect, it } from "vitest";
import { curveAt, type PowerCurve } from "../../../devices/phase-change/curve.ts";
import { lawOf } from "../../../devices/phase-change/law.ts";
import {
  type ProgrammingLaw,
  programCells,
  programmingNoise,
  readNoiseAmplitudes,
} from "../../../devices/phase-change/programming.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { momentsOf, momentsUnderNormal, normalCdf, uniformityP } from "../../ground/draws/statistics.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../../ground/kernels/engines.ts";
import { type Coefficients, publishedSets, statisticsOf } from "./published.ts";

const lawNamed = (name: string): ProgrammingLaw => lawOf(shippedSet("pcm", name));
const law = lawNamed("joshi-2020");
const draws = 1_000_000;

let engines: { kernels: Engine; twins: Engine };
beforeAll(async () => {
  engines = await bothEngines(1 << 24);
});

function programmed(engine: Engine, use: ProgrammingLaw, target: ArrayLike<number>, event = 0) {
  const { memory } = engine;
  const cells = {
    programmed: memory.float32(target.length),
    exponent: memory.float32(target.length),
    readNoiseAmplitude: memory.float32(target.length),
  };
  programCells(engine, use, float32(engine, target), cells, at(drawOf(1), "g"), at(drawOf(1), "nu"), event);
  return cells;
}

/** One million cells of one target in uS, on memory that is given back. */
function sampled<Result>(
  use: ProgrammingLaw,
  target: number,
  measure: (cells: ReturnType<typeof programmed>) => Result,
): Result {
  const { memory } = engines.kernels;
  const mark = memory.mark();
  const cells = programmed(
    engines.kernels,
    use,
    new Float32Array(draws).fill(target * 1e-6),
    Math.round(target * 1000),
  );
  const result = measure(cells);
  memory.release(mark);
  return result;
}

type Moments = ReturnType<typeof momentsOf>;

/** Deviations of a sample's mean and variance from the expected ones, in standard errors. */
function deviations(measured: Moments, expected: Moments): number[] {
  return [
    (measured.mean - expected.mean) / Math.sqrt(expected.variance / draws),
    (measured.variance - expected.variance) / Math.sqrt((expected.fourth - expected.variance ** 2) / draws),
  ];
}

describe.each(Object.entries(publishedSets))("programming as %s has it", (name, set) => {
  const shipped = lawNamed(name);
  const { coefficients, targets } = set;
  const unseen = (...lists: (readonly string[])[]) =>
    Object.keys(coefficients).filter((coefficient) => !lists.flat().includes(coefficient));
  const bentBy = (coefficient: string, factor: number): Coefficients => ({
    ...coefficients,
    [coefficient]: coefficients[coefficient]! * factor,
  });

  interface Sample {
    readonly target: number;
    readonly g: Moments;
    readonly nu: Moments;
    readonly amplitude: number;
  }
  let samples: Sample[];
  beforeAll(() => {
    // Read noise from the target here; that from the programmed state is noise-in-time.test.ts's.
    samples = targets.map((target) =>
      sampled({ ...shipped, readNoiseReference: "target" }, target, (cells) => ({
        target,
        g: momentsOf(cells.programmed),
        nu: momentsOf(cells.exponent),
        amplitude: cells.readNoiseAmplitude[draws - 1]!,
      })),
    );
  });

  /** The largest deviation of all samples from a law, in standard errors; that of the amplitude in parts of 1e-5 (float32 of a power). */
  function disagreement(of: Coefficients): number {
    let most = 0;
    for (const { target, g, nu, amplitude } of samples) {
      const { sigma, mean, spread, amplitude: expected } = statisticsOf(of, target);
      const level = target / sigma;
      const clamped = momentsUnderNormal((z) => Math.max(0, level + z), [-level]);
      const folded = momentsUnderNormal((z) => Math.abs(mean / spread + z), [-mean / spread]);
      const scaled = (m: Moments, unit: number): Moments => ({
        mean: m.mean * unit,
        variance: m.variance * unit ** 2,
        third: m.third * unit ** 3,
        fourth: m.fourth * unit ** 4,
      });
      const all = [
        ...deviations(g, scaled(clamped, sigma * 1e-6)),
        ...deviations(nu, scaled(folded, spread)),
        (amplitude / expected - 1) / 1e-5,
      ];
      most = Math.max(most, ...all.map(Math.abs));
    }
    return most;
  }

  // Conductances on both sides of every bend and clip: 3,000 over the range, and its bottom by the logarithm.
  const golden = [
    ...Array.from({ length: 3000 }, (_, i) => ((i + 1) / 3000) * coefficients.range!),
    ...Array.from({ length: 300 }, (_, i) => 1e-6 * 10 ** (i / 60) * coefficients.range!),
  ];
  /** The largest relative difference of any curve at any of these conductances. */
  function difference(of: Coefficients): number {
    let most = 0;
    for (const conductance of golden) {
      const r = conductance / coefficients.range!;
      const expected = statisticsOf(of, conductance);
      const found = {
        sigma: programmingNoise(shipped, r) * 1e6,
        mean: curveAt(shipped.exponentMean, r),
        spread: curveAt(shipped.exponentSpread, r),
        amplitude: curveAt(shipped.readNoise, r),
      };
      for (const key of ["sigma", "mean", "spread", "amplitude"] as const) {
        most = Math.max(most, Math.abs(found[key] / expected[key] - 1));
      }
    }
    return most;
  }

  it("has the printed curves at 3,300 conductances", () => {
    expect(difference(coefficients)).toBeLessThan(1e-12);
    expect(shipped.range / 1e-6).toBeCloseTo(coefficients.range!, 12);
    expect(shipped.readNoiseReference).toBe(set.readNoiseReference);
    expect(lawOf(shippedSet("pcm", name))).toMatchObject({
      firstReading: set.firstReading,
      driftOrigin: set.firstReading,
      readTime: set.readTime,
      devicesPerCell: set.devicesPerCell,
    });
  });

  it("refuses a cell of no whole number of devices", () => {
    const values = shippedSet("pcm", name);
    for (const value of [0, 1.5, 17, Number.NaN]) {
      const devicesPerCell = { value, unit: "1", howKnown: "assumed", source: null } as const;
      expect(() => lawOf({ ...values, devicesPerCell })).toThrow(
        `parameter set:devicesPerCell: ${value}, expected a whole number from 1 to 16`,
      );
    }
  });

  it("would not have them with any coefficient 5 % off", () => {
    for (const coefficient of unseen(set.idle)) {
      for (const factor of [0.95, 1.05]) {
        expect(difference(bentBy(coefficient, factor)), `${coefficient} x ${factor}`).toBeGreaterThan(1e-5);
      }
    }
    for (const coefficient of set.idle) expect(difference(bentBy(coefficient, 0.95)), coefficient).toBeLessThan(1e-12);
  });

  // Up to 48 moments of 10^6 draws each: one beyond 4 standard errors happens in 0.3 % of seeds.
  it("has the published mean and variance of conductance and drift exponent, and the published read noise", () => {
    expect(disagreement(coefficients)).toBeLessThan(4);
  });

  it.each(unseen(set.idle, set.smooth))("is not that of a law with %s 5 %% off", (coefficient) => {
    for (const factor of [0.95, 1.05]) expect(disagreement(bentBy(coefficient, factor))).toBeGreaterThan(6);
  });

  // Probability transforms are uniform under the law; at the atom that clamping leaves at zero they are spread evenly over its share.
  it("has the published distributions (Kolmogorov-Smirnov, 50,000 per target, and pooled)", () => {
    const some = 50_000;
    const spreadOut = someNumbers(some, 11);
    const ofConductance = new Float64Array(targets.length * some);
    const ofExponent = new Float64Array(targets.length * some);
    targets.forEach((target, index) => {
      const { sigma, mean, spread } = statisticsOf(coefficients, target);
      sampled(shipped, target, ({ programmed: g, exponent: nu }) => {
        for (let i = 0; i < some; i++) {
          const probability = normalCdf((g[i]! * 1e6 - target) / sigma);
          ofConductance[index * some + i] = g[i]! > 0 ? probability : probability * spreadOut[i]!;
          ofExponent[index * some + i] = normalCdf((nu[i]! - mean) / spread) - normalCdf((-nu[i]! - mean) / spread);
        }
      });
      expect(uniformityP(ofConductance.slice(index * some, (index + 1) * some)), `g at ${target}`).toBeGreaterThan(
        1e-3,
      );
      expect(uniformityP(ofExponent.slice(index * some, (index + 1) * some)), `nu at ${target}`).toBeGreaterThan(1e-3);
    });
    expect(uniformityP(ofConductance)).toBeGreaterThan(1e-3);
    expect(uniformityP(ofExponent)).toBeGreaterThan(1e-3);
  });

  it("spreads a top target upwards, and leaves nothing below zero", () => {
    sampled(shipped, coefficients.range!, ({ programmed: g }) =>
      expect(g.filter((value) => value > coefficients.range! * 1e-6).length / draws).toBeCloseTo(0.5, 2),
    );
    sampled(shipped, 0, ({ programmed: g }) => {
      expect(g.every((value) => value >= 0)).toBe(true);
      expect(g.filter((value) => value === 0).length / draws).toBeCloseTo(0.5, 2);
    });
  });

  // Two reset cells, each clamped: deviation of their difference c0 sqrt(1 - 1/pi), 0.2175 uS for doped GST.
  it("gives a zero pair its deviation", () => {
    sampled(shipped, 0, ({ programmed: g }) => {
      const { variance } = momentsOf(Float64Array.from({ length: draws / 2 }, (_, i) => g[2 * i]! - g[2 * i + 1]!));
      const expected = coefficients["programmingNoise.0"]! * Math.sqrt(1 - 1 / Math.PI);
      expect(Math.sqrt(variance) / 1e-6).toBeCloseTo(expected, 3);
    });
  });

  it("draws conductance and exponent independently", () => {
    sampled(shipped, 5, ({ programmed: g, exponent: nu }) => {
      const [a, b] = [momentsOf(g), momentsOf(nu)];
      let covariance = 0;
      for (let i = 0; i < draws; i++) covariance += ((g[i]! - a.mean) * (nu[i]! - b.mean)) / draws;
      expect(Math.abs(covariance) / Math.sqrt((a.variance * b.variance) / draws)).toBeLessThan(4);
    });
  });
});

describe("the programming kernel", () => {
  const spreadTargets = (count: number) =>
    someNumbers(count, 5).map((u, i) => (i % 7 === 0 ? 0 : i % 7 === 1 ? 30e-6 * u : 1e-10 * 10 ** (5.4 * u)));

  const cases = Object.keys(publishedSets).flatMap((name) =>
    [1, 2, 5, 513, 1500].map((count) => [name, count] as const),
  );
  it.each(cases)("leaves what its twin leaves, %s in %d cells", (name, count) => {
    for (const readNoiseReference of ["target", "programmed"] as const) {
      const use = { ...lawNamed(name), readNoiseReference, programmingNoiseScale: 0.7, exponentSpreadScale: 1.3 };
      const target = spreadTargets(count);
      const [fast, plain] = onBoth(engines, (engine) => programmed(engine, use, target, 2 ** 33));
      expect(worst(fast.programmed, plain.programmed, () => 4e-6 * 5 * 1.1e-6)).toBeLessThan(1);
      expect(worst(fast.exponent, plain.exponent, () => 4e-6 * 5 * 0.045 * 1.3)).toBeLessThan(1);
      // In "programmed" the amplitude follows the conductance, whose own tolerance counts where the cell nearly clamps.
      const tolerance = (i: number) =>
        0.2 * (readNoiseReference === "target" ? 4e-6 : 4e-6 + 2e-11 / (plain.programmed[i]! + 1e-9));
      expect(worst(fast.readNoiseAmplitude, plain.readNoiseAmplitude, tolerance)).toBeLessThan(1);
    }
  });

  it("takes the limits at a reset cell, whatever the slopes' signs", () => {
    const straight = { from: Number.POSITIVE_INFINITY, polynomial: [0, 0, 0, 0] } as const;
    const flat: PowerCurve = { ...straight, slope: 0, intercept: 0, low: 0, high: 0.2, coefficient: 0.01, power: 0 };
    const use: ProgrammingLaw = {
      ...law,
      exponentMean: { ...straight, slope: 0.01, intercept: 0.05, low: 0.02, high: 0.1 },
      exponentSpread: { ...straight, slope: 0, intercept: 0.03, low: 0, high: 1 },
      readNoise: flat,
      readNoiseScale: 2,
    };
    expect(curveAt(use.exponentMean, 0)).toBe(0.02);
    expect(curveAt(use.exponentSpread, 0)).toBe(0.03);
    expect(curveAt(law.exponentMean, 0)).toBe(0.1);
    expect(curveAt(use.readNoise, 0)).toBe(0.01);
    expect(curveAt(law.readNoise, 0)).toBe(0.2);
    expect(curveAt({ ...flat, from: 0, polynomial: [0.07, 1, 1, 1] }, 0)).toBe(0.07);
    const [fast, plain] = onBoth(engines, (engine) => programmed(engine, use, new Float32Array(64)));
    expect(worst(fast.exponent, plain.exponent, () => 1e-6)).toBeLessThan(1);
    expect(fast.readNoiseAmplitude).toEqual(plain.readNoiseAmplitude);
  });

  it("never lets a polynomial turn negative", () => {
    expect(programmingNoise(law, 3)).toBe(0);
    const { programmed: g } = programmed(engines.kernels, law, new Float32Array(8).fill(75e-6));
    expect(g).toEqual(new Float32Array(8).fill(75e-6));
    // 0.0123 + 0.0422 - 0.112 + 0.0552 < 0: a cell programmed to twice the pair's range.
    const pair = lawNamed("le-gallo-2023");
    expect(curveAt(pair.readNoise, 2)).toBe(0);
    expect(programmed(engines.kernels, pair, [41.4e-6]).readNoiseAmplitude[0]).toBeGreaterThanOrEqual(0);
  });
});

describe("read noise of conductances from elsewhere", () => {
  const cases = Object.keys(publishedSets).flatMap((set) =>
    (["kernels", "twins"] as const).map((name) => [set, name] as const),
  );
  it.each(cases)("is what programming to them gave, to the bit (%s, %s)", (set, name) => {
    const engine = engines[name];
    const mark = engine.memory.mark();
    const byProgrammed: ProgrammingLaw = { ...lawNamed(set), readNoiseReference: "programmed" };
    const cells = programmed(
      engine,
      byProgrammed,
      someNumbers(1003, 3).map((share) => 25e-6 * share),
    );
    const again = engine.memory.float32(1003);
    readNoiseAmplitudes(engine, byProgrammed, cells.programmed, again);
    expect(again).toEqual(cells.readNoiseAmplitude);
    engine.memory.release(mark);
  });
});
