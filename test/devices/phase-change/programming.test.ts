import { beforeAll, describe, expect, it } from "vitest";
import {
  clippedLogarithm,
  type ProgrammingLaw,
  programCells,
  programmingNoise,
  readNoiseAmplitude,
  readNoiseAmplitudes,
} from "../../../devices/phase-change/programming.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { momentsOf, momentsUnderNormal, normalCdf, uniformityP } from "../../ground/draws/statistics.ts";
import { bothEngines, float32, onBoth, someNumbers, worst } from "../../ground/kernels/engines.ts";

// Doped GST, Joshi et al. 2020 with the coefficients of Nandakumar et al. 2019.
const law: ProgrammingLaw = {
  range: 25e-6,
  programmingNoise: [0.26348e-6, 1.965e-6, -1.1731e-6],
  programmingNoiseScale: 1,
  exponentMean: { slope: -0.0155, intercept: 0.0244, low: 0.049, high: 0.1 },
  exponentSpread: { slope: -0.0125, intercept: -0.0059, low: 0.008, high: 0.045 },
  exponentSpreadScale: 1,
  readNoise: { coefficient: 0.0088, power: 0.65, maximum: 0.2, scale: 1 },
  readNoiseReference: "target",
};

/** uS; what the reference tabulates, and the reset cell. */
const targets = [25, 12.5, 5, 2.5, 1.25, 0.5, 0.25, 0];
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

/** One million cells of one target, on memory that is given back. */
function sampled<Result>(target: number, measure: (cells: ReturnType<typeof programmed>) => Result): Result {
  const { memory } = engines.kernels;
  const mark = memory.mark();
  const result = measure(programmed(engines.kernels, law, new Float32Array(draws).fill(target * 1e-6), target * 1000));
  memory.release(mark);
  return result;
}

/** What a law says about a target in uS, the texts' own formulas with none of the code under test. */
function published(of: ProgrammingLaw, target: number) {
  const r = (target * 1e-6) / of.range;
  const clip = (x: number, { low, high }: { low: number; high: number }) => Math.min(Math.max(x, low), high);
  const [c0, c1, c2] = of.programmingNoise;
  return {
    sigma: c0 + c1 * r + c2 * r ** 2,
    mean: clip(of.exponentMean.slope * Math.log(r) + of.exponentMean.intercept, of.exponentMean),
    spread: clip(of.exponentSpread.slope * Math.log(r) + of.exponentSpread.intercept, of.exponentSpread),
    amplitude: Math.min(of.readNoise.coefficient / r ** of.readNoise.power, of.readNoise.maximum),
  };
}

type Moments = ReturnType<typeof momentsOf>;
interface Sample {
  readonly target: number;
  readonly g: Moments;
  readonly nu: Moments;
  readonly amplitude: number;
}
let samples: Sample[];
beforeAll(() => {
  samples = targets.map((target) =>
    sampled(target, (cells) => ({
      target,
      g: momentsOf(cells.programmed),
      nu: momentsOf(cells.exponent),
      amplitude: cells.readNoiseAmplitude[draws - 1]!,
    })),
  );
});

/** Deviations of a sample's mean and variance from the expected ones, in standard errors. */
function deviations(measured: Moments, expected: Moments): number[] {
  return [
    (measured.mean - expected.mean) / Math.sqrt(expected.variance / draws),
    (measured.variance - expected.variance) / Math.sqrt((expected.fourth - expected.variance ** 2) / draws),
  ];
}

/** The largest deviation of all samples from a law, in standard errors; that of the amplitude in parts of 1e-5 (float32 of a power). */
function disagreement(of: ProgrammingLaw): number {
  let most = 0;
  for (const { target, g, nu, amplitude } of samples) {
    const { sigma, mean, spread, amplitude: expected } = published(of, target);
    const level = (target * 1e-6) / sigma;
    const clamped = momentsUnderNormal((z) => Math.max(0, level + z), [-level]);
    const folded = momentsUnderNormal((z) => Math.abs(mean / spread + z), [-mean / spread]);
    const scaled = (m: Moments, unit: number): Moments => ({
      mean: m.mean * unit,
      variance: m.variance * unit ** 2,
      third: m.third * unit ** 3,
      fourth: m.fourth * unit ** 4,
    });
    const all = [
      ...deviations(g, scaled(clamped, sigma)),
      ...deviations(nu, scaled(folded, spread)),
      (amplitude / expected - 1) / 1e-5,
    ];
    most = Math.max(most, ...all.map(Math.abs));
  }
  return most;
}

describe("programming of doped GST", () => {
  // 32 moments of 10^6 draws each: one beyond 4 standard errors happens in 0.2 % of seeds.
  it("has the published mean and variance of conductance and drift exponent, and the published read noise", () => {
    expect(disagreement(law)).toBeLessThan(4);
  });

  // The coefficients are visible at some target: c0 at the reset cell, c1 and c2 at the top, clips at both ends, slopes between.
  const bent: [string, (f: number) => ProgrammingLaw][] = [
    ["range", (f) => ({ ...law, range: law.range * f })],
    ...[0, 1, 2].map((index): [string, (f: number) => ProgrammingLaw] => [
      `programmingNoise[${index}]`,
      (f) => ({
        ...law,
        programmingNoise: law.programmingNoise.map((c, i) => (i === index ? c * f : c)) as [number, number, number],
      }),
    ]),
    ...(["exponentMean", "exponentSpread"] as const).flatMap((term) =>
      (["slope", "intercept", "low", "high"] as const).map((name): [string, (f: number) => ProgrammingLaw] => [
        `${term}.${name}`,
        (f) => ({ ...law, [term]: { ...law[term], [name]: law[term][name] * f } }),
      ]),
    ),
    ...(["coefficient", "power", "maximum"] as const).map((name): [string, (f: number) => ProgrammingLaw] => [
      `readNoise.${name}`,
      (f) => ({ ...law, readNoise: { ...law.readNoise, [name]: law.readNoise[name] * f } }),
    ]),
  ];

  it.each(bent)("is not that of a law with %s 5 %% off", (_, bend) => {
    for (const factor of [0.95, 1.05]) expect(disagreement(bend(factor))).toBeGreaterThan(6);
  });

  // Probability transforms are uniform under the law; at the atom that clamping leaves at zero they are spread evenly over its share.
  it("has the published distributions (Kolmogorov-Smirnov, 50,000 per target, pooled 400,000)", () => {
    const some = 50_000;
    const spreadOut = someNumbers(some, 11);
    const ofConductance = new Float64Array(targets.length * some);
    const ofExponent = new Float64Array(targets.length * some);
    targets.forEach((target, index) => {
      const { sigma, mean, spread } = published(law, target);
      sampled(target, ({ programmed: g, exponent: nu }) => {
        for (let i = 0; i < some; i++) {
          const probability = normalCdf((g[i]! - target * 1e-6) / sigma);
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
    sampled(25, ({ programmed: g }) => expect(g.filter((value) => value > 25e-6).length / draws).toBeCloseTo(0.5, 2));
    sampled(0, ({ programmed: g }) => {
      expect(g.every((value) => value >= 0)).toBe(true);
      expect(g.filter((value) => value === 0).length / draws).toBeCloseTo(0.5, 2);
    });
  });

  // Two reset cells, each clamped: deviation of their difference 0.26348 sqrt(1 - 1/pi) = 0.2175 uS.
  it("gives a zero pair a deviation of 0.2175 uS", () => {
    sampled(0, ({ programmed: g }) => {
      const { variance } = momentsOf(Float64Array.from({ length: draws / 2 }, (_, i) => g[2 * i]! - g[2 * i + 1]!));
      expect(Math.sqrt(variance) / 1e-6).toBeCloseTo(0.26348 * Math.sqrt(1 - 1 / Math.PI), 3);
    });
  });

  it("draws conductance and exponent independently", () => {
    sampled(5, ({ programmed: g, exponent: nu }) => {
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

  it.each([1, 2, 5, 513, 1500])("leaves what its twin leaves in %d cells", (count) => {
    for (const readNoiseReference of ["target", "programmed"] as const) {
      const use = { ...law, readNoiseReference, programmingNoiseScale: 0.7, exponentSpreadScale: 1.3 };
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
    const use: ProgrammingLaw = {
      ...law,
      exponentMean: { slope: 0.01, intercept: 0.05, low: 0.02, high: 0.1 },
      exponentSpread: { slope: 0, intercept: 0.03, low: 0, high: 1 },
      readNoise: { coefficient: 0.01, power: 0, maximum: 0.2, scale: 2 },
    };
    expect(clippedLogarithm(use.exponentMean, 0)).toBe(0.02);
    expect(clippedLogarithm(use.exponentSpread, 0)).toBe(0.03);
    expect(clippedLogarithm(law.exponentMean, 0)).toBe(0.1);
    expect(readNoiseAmplitude(use, 0)).toBe(0.02);
    expect(readNoiseAmplitude(law, 0)).toBe(0.2);
    const [fast, plain] = onBoth(engines, (engine) => programmed(engine, use, new Float32Array(64)));
    expect(worst(fast.exponent, plain.exponent, () => 1e-6)).toBeLessThan(1);
    expect(fast.readNoiseAmplitude).toEqual(plain.readNoiseAmplitude);
  });

  it("never lets the noise polynomial turn negative", () => {
    expect(programmingNoise(law, 3)).toBe(0);
    const { programmed: g } = programmed(engines.kernels, law, new Float32Array(8).fill(75e-6));
    expect(g).toEqual(new Float32Array(8).fill(75e-6));
  });
});

describe("read noise of conductances from elsewhere", () => {
  it.each(["kernels", "twins"] as const)("is what programming to them gave, to the bit (%s)", (name) => {
    const engine = engines[name];
    const mark = engine.memory.mark();
    const byProgrammed: ProgrammingLaw = { ...law, readNoiseReference: "programmed" };
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
