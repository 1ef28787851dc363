import { describe, expect, it } from "vitest";
import { type FeatureModel, featureModel, polynomial } from "../../../devices/synaptogen/features.ts";
import { synaptogen, synaptogenLaw } from "../../../devices/synaptogen/synaptogen.ts";
import { drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { bentSets, freshDevice, loopOf, stretchOf } from "../../contracts/one-device.ts";

const values = shippedSet("synaptogen", "hennen-2022");
const model = featureModel(values);
const order = 10;

const leaf = (path: string): readonly number[] =>
  (
    path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values) as Known<
      readonly number[]
    >
  ).value;

/** x_n of unit normals and unit histories in turn: the entries of B, A_1, ..., A_p. */
function responses({ advance }: FeatureModel): number[] {
  return Array.from({ length: 4 * (order + 1) }, (_, k) => {
    const history = new Float64Array(4 * order);
    const normals = new Float64Array(4);
    if (k < 4) normals[k] = 1;
    else history[k - 4] = 1;
    advance(history, normals);
    return [...history.subarray(0, 4)];
  }).flat();
}

/** Traits of the device that a uniform number and eight normals make. */
const traitsOf = (uniform: number, own: readonly number[]): Float64Array =>
  Float64Array.of(2 * uniform, ...own.map((normal) => 10 + normal / 10));

const logarithms = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => (value === 0 ? sum : sum + Math.log(Math.abs(value))), 0);

/** Features of devices of every component, each factor of which acts: the sum of their logarithms. */
function deviceFigure({ physical }: FeatureModel): number {
  const y = new Float64Array(4);
  let sum = 0;
  for (const x of [0.7, -1.3]) {
    // The shares of the components end at 0.48373 and 0.95796: near the first, other shares make another device.
    for (const uniform of [0.1, 0.4835, 0.485, 0.6, 0.99]) {
      for (let own = -1; own < 8; own++) {
        const normals = Array.from({ length: 8 }, (_, k) => (k === own ? 3 : 0));
        physical(Float64Array.of(x, x, x, x), traitsOf(uniform, normals), y);
        sum += logarithms([...y]);
      }
    }
  }
  return sum;
}

/** A device without spread of its own, in the source's sense of voltage: a median SET, then RESETs of rising size. */
function median(of: KnownTree) {
  const law = synaptogenLaw(of);
  const { x, normals } = freshDevice(law);
  const traits = traitsOf(0.5, [0, 0, 0, 0, 0, 0, 0, 0]);
  law.start!(x, traits, normals);
  const pulse = (u: number): number => law.evolve(x, stretchOf(law, -u, -u, 1e-6), normals, traits);
  const current = (u: number): number => -law.current(-u, x, traits, stretchOf(law, 0, 0, 0));
  return { law, x, traits, normals, pulse, current };
}

// All by the published parameter file, computed apart (numpy): sums of logarithms, and one device's currents.
const golden = {
  autoregression: -857.0742348634928,
  devices: 1699.797151883934,
  afterSinesAndCosines: [0.532671048507, -0.425884974904, -0.701445276828, -0.668195361712],
  high: 77962.04543,
  set: -0.6630478322,
  low: 4471.006183,
  reset: 0.7260262671,
  partial: [
    [0.8, 0.00013792072452473132],
    [1, 8.274841342103001e-5],
    [1.3, 5.6449304248278495e-5],
  ],
} as const;

function holds(of: KnownTree): boolean {
  const near = (a: number, b: number, share = 1e-8) => Math.abs(a / b - 1) < share;
  const law = featureModel(of);
  const history = Float64Array.from({ length: 4 * order }, (_, k) => Math.sin(k + 1));
  law.advance(history, Float64Array.from([1, 2, 3, 4], Math.cos));
  const device = median(of);
  const resistances: number[] = [0.2 / device.current(0.2)];
  device.pulse(golden.set * 1.0001);
  resistances.push(0.2 / device.current(0.2));
  const partial = golden.partial.map(([u, current]) => {
    device.pulse(u);
    return device.current(u) / current;
  });
  return (
    near(logarithms(responses(law)), golden.autoregression) &&
    near(deviceFigure(law), golden.devices, 1e-11) &&
    golden.afterSinesAndCosines.every((value, k) => near(history[k]!, value)) &&
    near(resistances[0]!, golden.high, 1e-7) &&
    near(resistances[1]!, golden.low, 1e-7) &&
    partial.every((ratio) => Math.abs(ratio - 1) < 1e-7)
  );
}

describe("Synaptogen's statistics", () => {
  it("give the published file's figures, to 1e-7", () => {
    expect(holds(values)).toBe(true);
  });

  it("are rejected with any coefficient 5 percent off", () => {
    const missed = [...bentSets(values)].filter(({ path, values: bent }) => {
      if (/^(temperature|threshold|order|bendTerms|polarity)$/.test(path)) return false;
      return holds(bent);
    });
    expect(missed.map(({ path }) => path)).toEqual([]);
  });

  it("have over long runs the means, covariances and lag correlations that the matrices ask for", () => {
    const [chains, cycles, warm] = [200, 600, 150];
    const normals = new Float32Array(4 * chains * (cycles + warm));
    fillNormalPlain(drawOf(8), 0, normals);
    const sums = { mean: new Float64Array(4), lag: [0, 1, 5].map(() => new Float64Array(16)) };
    const own = new Float64Array(4);
    for (let chain = 0; chain < chains; chain++) {
      const history = new Float64Array(4 * order);
      for (let cycle = 0; cycle < cycles + warm; cycle++) {
        const first = 4 * (chain * (cycles + warm) + cycle);
        own.set(normals.subarray(first, first + 4));
        model.advance(history, own);
        if (cycle < warm) continue;
        for (let i = 0; i < 4; i++) {
          sums.mean[i]! += history[i]! / (chains * cycles);
          for (const [k, lag] of [0, 1, 5].entries()) {
            for (let j = 0; j < 4; j++)
              sums.lag[k]![4 * i + j]! += (history[i]! * history[4 * lag + j]!) / (chains * cycles);
          }
        }
      }
    }
    const stationary = stationaryCovariance();
    for (let i = 0; i < 4; i++) {
      // Neighbouring cycles are alike: 120,000 of them tell as much as some 10,000 independent ones.
      expect(Math.abs(sums.mean[i]!)).toBeLessThan(0.05);
      for (const [k, lag] of [0, 1, 5].entries()) {
        for (let j = 0; j < 4; j++) {
          const expected = stationary[i]![4 * lag + j]!;
          expect(Math.abs(sums.lag[k]![4 * i + j]! - expected)).toBeLessThan(0.05);
        }
      }
    }
  });

  it("spread devices as the mixture does", async () => {
    // Means of the means, and their variances, over the three components.
    const count = 20_000;
    const engine = await openEngine(1 << 24, "typescript");
    const draws = Array.from({ length: 9 }, (_, k) => {
      const out = engine.memory.float32(count);
      fillNormalPlain(drawOf(20 + k), 0, out);
      return out;
    });
    const weights = leaf("devices.weights");
    const [means, factors] = [leaf("devices.means"), leaf("devices.factors")];
    const y = new Float64Array(4);
    const found = Array.from({ length: 4 }, () => [0, 0]);
    const bent = Array.from({ length: 4 }, (_, f) => polynomial(leaf("bend").slice(5 * f, 5 * f + 5), 0));
    for (let i = 0; i < count; i++) {
      const uniform = (i + 0.5) / count;
      model.physical(
        new Float64Array(40),
        traitsOf(
          uniform,
          draws.slice(1).map((field) => field[i]!),
        ),
        y,
      );
      y[0] = Math.log10(y[0]!);
      for (let f = 0; f < 4; f++) {
        found[f]![0]! += y[f]! / count;
        found[f]![1]! += y[f]! ** 2 / count;
      }
    }
    for (let f = 0; f < 4; f++) {
      let [mean, square] = [0, 0];
      for (const [k, weight] of weights.entries()) {
        const centre = means[3 * f + k]! + bent[f]! * means[3 * (4 + f) + k]!;
        let variance = 0;
        for (let column = 0; column < 8; column++) {
          const own = factors[(f * 3 + k) * 8 + column]! + bent[f]! * factors[((4 + f) * 3 + k) * 8 + column]!;
          variance += own * own;
        }
        mean += weight * centre;
        square += weight * (centre * centre + variance);
      }
      const deviation = Math.sqrt(square - mean * mean);
      expect(Math.abs(found[f]![0]! - mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
      expect(Math.sqrt(found[f]![1]! - found[f]![0]! ** 2) / deviation).toBeCloseTo(1, 1);
    }
  });
});

describe("a Synaptogen cell", () => {
  it("switches at its thresholds and nowhere else", () => {
    const { pulse, x } = median(values);
    const untouched = [...x];
    pulse(golden.set * 0.999);
    pulse(golden.reset * 0.999);
    expect([...x]).toEqual(untouched);
    pulse(golden.set * 1.001);
    const low = [...x];
    expect(low).not.toEqual(untouched);
    pulse(golden.reset * 0.999);
    pulse(-1.4);
    expect([...x]).toEqual(low);
    pulse(golden.reset * 1.001);
    expect([...x]).not.toEqual(low);
  });

  it("stays where the largest RESET voltage left it, and SETs from there", () => {
    const { pulse, current } = median(values);
    pulse(-1.5);
    pulse(1);
    const between = current(0.2);
    pulse(0.9);
    expect(current(0.2)).toBe(between);
    pulse(1.2);
    expect(current(0.2)).toBeLessThan(between);
    pulse(1.5);
    expect(0.2 / current(0.2) / golden.high).toBeCloseTo(1, 6);
    pulse(-1.5);
    expect(0.2 / current(0.2) / golden.low).toBeCloseTo(1, 6);
  });

  it("goes through a sweep as through its voltages one by one, with the work under its loop", () => {
    const { law } = median(values);
    const coarse = loopOf(law, [0, 1.5, 0, -1.5, 0], 1000, 6);
    const fine = loopOf(law, [0, 1.5, 0, -1.5, 0], 1000, 6000);
    expect(coarse.work / fine.work).toBeCloseTo(1, 4);
    expect(coarse.states.at(-1)!.length).toBe(fine.states.at(-1)!.length);
    for (const [k, value] of coarse.states.at(-1)!.entries()) expect(value).toBeCloseTo(fine.states.at(-1)![k]!, 9);
    // By the trapezoidal rule over the fine loop's own currents.
    let under = 0;
    for (let k = 1; k < fine.voltages.length; k++) {
      const powers = [k - 1, k].map((at) => fine.voltages[at]! * fine.currents[at]!);
      under += ((powers[0]! + powers[1]!) / 2) * (6 / 6000 / 1000);
    }
    expect(under / fine.work).toBeCloseTo(1, 2);
  });

  it("cycles by its own pulses between two separate states, never out of them", async () => {
    const count = 300;
    const cells = synaptogen
      .prepare(values)
      .create(await openEngine(1 << 23, "typescript"), count, drawOf(1), everything);
    const [work, now] = [new Float64Array(count), new Float32Array(count)];
    for (let cycle = 0; cycle < 20; cycle++) {
      cells.apply({ voltage: 1.5, duration: 1e-6 }, work);
      cells.conductance(now);
      expect(Math.min(...now)).toBeGreaterThan(1e-4);
      cells.apply({ voltage: -1.5, duration: 1e-6 }, work);
      cells.conductance(now);
      expect(Math.max(...now)).toBeLessThan(1e-4);
      expect(Math.min(...now)).toBeGreaterThanOrEqual(0);
    }
  });
});

/** Covariance of x_n, ..., x_(n-9), [40 x 40], by repetition of S <- F S F^T + Q from none. */
function stationaryCovariance(): number[][] {
  const entries = responses(model);
  const size = 4 * order;
  const noise = (row: number, column: number): number => entries[4 * column + row]!;
  const lag = (row: number, column: number): number => entries[4 * (4 + column) + row]!;
  let covariance = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let turn = 0; turn < 400; turn++) {
    // Rows of x_n with all of the history before it, then x_n with itself.
    const across = Array.from({ length: 4 }, (_, row) =>
      Array.from({ length: size }, (__, column) => {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += lag(row, k) * covariance[k]![column]!;
        return sum;
      }),
    );
    const next = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    for (let i = 4; i < size; i++) for (let j = 4; j < size; j++) next[i]![j] = covariance[i - 4]![j - 4]!;
    for (let i = 0; i < 4; i++) {
      for (let j = 4; j < size; j++) {
        next[i]![j] = across[i]![j - 4]!;
        next[j]![i] = next[i]![j]!;
      }
      for (let j = 0; j < 4; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += across[i]![k]! * lag(j, k);
        for (let k = 0; k < 4; k++) sum += noise(i, k) * noise(j, k);
        next[i]![j] = sum;
      }
    }
    covariance = next;
  }
  return covariance;
}
