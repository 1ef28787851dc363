import { describe, expect, it } from "vitest";
import { deviceModel, type NoiseSplit } from "../../../devices/index.ts";
import { at, drawOf, fillNormalPlain } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { publishedSets, statisticsOf } from "./published.ts";

const values = shippedSet("pcm", "joshi-2020");
const cells = 200_000;
const hour = 3600;
const day = 86_400;
const year = 365 * day;

function normals(purpose: string): Float32Array {
  const out = new Float32Array(cells);
  fillNormalPlain(at(drawOf(3), purpose), 0, out);
  return out;
}

/** Cells of one target at an age, with their held and fresh noise. */
async function cellsAt(target: number, age: number, split: NoiseSplit, set: KnownTree = values) {
  const device = deviceModel("pcm").prepare(set);
  const population = device.create(await openEngine(1 << 24, "typescript"), cells, drawOf(11), everything);
  population.program!(new Float32Array(cells).fill(target), 0);
  population.elapse(age);
  const [now, centre, deviation] = [new Float32Array(cells), new Float32Array(cells), new Float32Array(cells)];
  population.conductance(now);
  population.readNoise(split, 0, centre, deviation);
  return { now, centre, deviation, share: population.heldShare(split) };
}

function clampedRead(
  { centre, deviation }: { centre: Float32Array; deviation: Float32Array },
  normal: Float32Array,
): Float64Array {
  return Float64Array.from(centre, (value, i) => Math.max(0, value + deviation[i]! * normal[i]!));
}

function meanOf(list: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum += list[i]!;
  return sum / list.length;
}

function covariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

describe("1/f read noise of doped GST in time", () => {
  // ln((t + t_r) / W) / ln((t + t_r) / 2 t_r) with t_r = 250 ns, W = 10 ms, as the issue of the first evaluation lists it; 0.03
  // is thirteen standard errors of a correlation over 200,000 cells.
  it.each([
    [20, 0.43],
    [day, 0.62],
    [year, 0.69],
  ])("two reads in a run of 10 ms share their slow part at %d s", async (age, shared) => {
    const split = { mode: "process", window: 10e-3 } as const;
    const state = await cellsAt(12.5e-6, age, split);
    const relative = (normal: Float32Array): Float64Array =>
      clampedRead(state, normal).map((read, i) => read / state.now[i]! - 1);
    const [one, other] = [relative(normals("first")), relative(normals("second"))];
    const found = covariance(one, other) / Math.sqrt(covariance(one, one) * covariance(other, other));
    expect(Math.abs(found - shared)).toBeLessThan(0.03);
    expect(state.share).toBeCloseTo(shared, 1);
  });

  // 0.0578, 0.0702, 0.0778 of the programmed-statistics table at 12.5 uS: 20 s, 1 day, 1 year after the first reading.
  it.each([
    [20, 0.0578],
    [20 + day, 0.0702],
    [20 + year, 0.0778],
  ])("has the published size at %d s however it is split", async (age, size) => {
    for (const mode of ["process", "held", "perRead"] as const) {
      const state = await cellsAt(12.5e-6, age, { mode, window: 10e-3 });
      const relative = clampedRead(state, normals("third")).map((read, i) => read / state.now[i]! - 1);
      // A standard deviation over 200,000 cells is known to 0.16 %; the published figure is rounded to 0.1 %.
      expect(Math.sqrt(covariance(relative, relative)) / size).toBeCloseTo(1, 2);
    }
  });

  it("holds all of it, or none, at its limits", async () => {
    const held = await cellsAt(5e-6, hour, { mode: "held", window: 1 });
    const fresh = await cellsAt(5e-6, hour, { mode: "perRead", window: 1 });
    expect(held.deviation.every((value) => value === 0)).toBe(true);
    expect(held.share).toBe(1);
    expect(fresh.centre).toEqual(fresh.now);
    expect(fresh.share).toBe(0);
  });

  it("limits the window to what the law knows", async () => {
    const [short, longest] = [2 * 250e-9, hour + 250e-9];
    const same = async (window: number, as: number) =>
      expect((await cellsAt(5e-6, hour, { mode: "process", window })).share).toBe(
        (await cellsAt(5e-6, hour, { mode: "process", window: as })).share,
      );
    await same(1e-12, short);
    await same(1e12, longest);
  });

  // Of N(1, 0.9898) clamped at zero: mean Phi(1/s) + s phi(1/s) = 1.081, deviation 0.860, of the drifted conductance.
  it.each(["process", "held", "perRead"] as const)("clamps a weak cell once, after both parts: %s", async (mode) => {
    const state = await cellsAt(0.25e-6, 20 + year, { mode, window: 10e-3 });
    const relative: number[] = [];
    clampedRead(state, normals("fourth")).forEach((read, i) => {
      if (state.now[i]! > 0) relative.push(read / state.now[i]!);
    });
    expect(meanOf(relative) / 1.081).toBeCloseTo(1, 2);
    expect(Math.sqrt(covariance(relative, relative)) / 0.86).toBeCloseTo(1, 2);
  });

  it("leaves 0.217 uS between the cells of a zero pair", async () => {
    const device = deviceModel("pcm").prepare(values);
    const difference = new Float64Array(cells);
    for (const [sign, seed] of [
      [1, 1],
      [-1, 2],
    ] as const) {
      const population = device.create(await openEngine(1 << 24, "typescript"), cells, drawOf(seed), everything);
      population.program!(new Float32Array(cells), 0);
      population.elapse(20);
      const now = new Float32Array(cells);
      population.conductance(now);
      now.forEach((value, i) => {
        difference[i]! += sign * value;
      });
    }
    // 0.26348 uS sqrt(1 - 1/pi); four standard errors of a deviation over 200,000 pairs are 0.7 %.
    const expected = 0.26348e-6 * Math.sqrt(1 - 1 / Math.PI);
    expect(Math.sqrt(covariance(difference, difference)) / expected).toBeCloseTo(1, 2);
  });

  // Drift of the mean exponent alone and noise of a cell's own programmed conductance, both from the printed formulas.
  it.each(["le-gallo-2023", "le-gallo-2023-single"])("is that of the 64-core chip with %s", async (name) => {
    const { coefficients, firstReading, readTime } = publishedSets[name]!;
    const set = shippedSet("pcm", name);
    const still = structuredClone(set) as unknown as { spread: { value: number } };
    still.spread.value = 0;
    for (const target of [coefficients.range! * 0.8, coefficients.range! * 0.05]) {
      for (const age of [firstReading, firstReading + hour, firstReading + year]) {
        const split = { mode: "perRead", window: 1 } as const;
        const calm = await cellsAt(target * 1e-6, age, split, still as unknown as KnownTree);
        const { mean } = statisticsOf(coefficients, target);
        expect(calm.now[0]! / (target * 1e-6 * (age / firstReading) ** -mean)).toBeCloseTo(1, 5);

        const programmed = await cellsAt(target * 1e-6, 0, split, set);
        const state = await cellsAt(target * 1e-6, age, split, set);
        const factor = Math.sqrt(Math.log((age + readTime) / (2 * readTime)));
        for (let i = 0; i < 1000; i++) {
          if (programmed.now[i] === 0) continue;
          const { amplitude } = statisticsOf(coefficients, programmed.now[i]! * 1e6);
          expect(state.deviation[i]! / (state.now[i]! * amplitude * factor)).toBeCloseTo(1, 4);
        }
      }
    }
  });

  it("takes its size from the target, or from the programmed state where asked", async () => {
    const bent = structuredClone(values) as unknown as { readNoise: { reference: { value: string } } };
    bent.readNoise.reference.value = "programmed";
    const split = { mode: "perRead", window: 1 } as const;
    const [target, programmed] = [
      await cellsAt(5e-6, 20, split),
      await cellsAt(5e-6, 20, split, bent as unknown as KnownTree),
    ];
    const factor = Math.sqrt(Math.log((20 + 250e-9) / 500e-9));
    const share = (g: number): number => Math.min(0.0088 / (g / 25e-6) ** 0.65, 0.2);
    for (let i = 0; i < 1000; i++) {
      const g = target.now[i]!;
      expect(target.deviation[i]! / (g * share(5e-6) * factor)).toBeCloseTo(1, 4);
      expect(programmed.deviation[i]! / (g * share(g) * factor)).toBeCloseTo(1, 4);
    }
  });
});
