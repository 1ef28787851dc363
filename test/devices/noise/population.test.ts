import { describe, expect, it } from "vitest";
import { deviceModel, type NoiseSplit } from "../../../devices/index.ts";
import { floorVariance } from "../../../devices/noise/floor.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { momentsOf } from "../../ground/draws/statistics.ts";

const count = 40_000;
/** Of a generic memristor as it was made, S, and its read of 10 mV, below its threshold. */
const conductance = 1e-3;
const pulse = { voltage: 0.01, duration: 1e-6 };
/** Four standard errors of a variance of 40,000 normals. */
const bound = 4 * Math.sqrt(2 / count);

type Leaves = Readonly<Record<string, number>>;

/** Devices whose `readNoise` has these leaves. */
async function cellsWith(leaves: Leaves, seed = 4, switches = everything) {
  const values = structuredClone(shippedSet("vteam", "kvatinsky-2015")) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(leaves)) {
    let node = values.readNoise as Record<string, { value: number } & Record<string, { value: number }>>;
    const keys = path.split(".");
    for (const key of keys.slice(0, -1)) node = node[key] as unknown as typeof node;
    node[keys.at(-1)!]!.value = value;
  }
  const engine = await openEngine(1 << 25);
  const cells = deviceModel("vteam")
    .prepare(values as never)
    .create(engine, count, drawOf(seed), switches);
  const [current, work] = [new Float64Array(count), new Float64Array(count)];
  const read = (reading: number, how = pulse): Float64Array => {
    cells.read(how, reading, current, work);
    return current.slice();
  };
  const split = (how: NoiseSplit, reading = 0, selected?: Uint32Array) => {
    const [centre, deviation] = [engine.memory.float32(count).fill(-1), engine.memory.float32(count).fill(-1)];
    cells.readNoise(how, reading, centre, deviation, selected);
    return { centre, deviation };
  };
  return { cells, read, split };
}

const noisy: Leaves = { white: 0.02, flicker: 0.01, "telegraph.share": 0.3, "telegraph.amplitude": 0.05 };

describe("read noise of a population", () => {
  it.each(["process", "held", "perRead"] as const)("is the same of a few cells as of all, %s", async (mode) => {
    const { split } = await cellsWith(noisy);
    const few = Uint32Array.of(0, 7, 8, 1999);
    const how = { mode, window: 1e-3 };
    const [all, some] = [split(how, 3), split(how, 3, few)];
    for (const i of few) {
      expect([some.centre[i], some.deviation[i]]).toEqual([all.centre[i], all.deviation[i]]);
    }
    expect(some.centre[1]).toBe(-1);
  });

  it("is at the floor where a set says nothing: charge variance 2 k T G t, also at 0 V", async () => {
    const { read } = await cellsWith({});
    for (const [voltage, duration] of [
      [0.01, 1e-6],
      [0.01, 1e-8],
      [0, 1e-7],
    ] as const) {
      const { mean, variance } = momentsOf(read(0, { voltage, duration }));
      expect(Math.abs((variance * duration ** 2) / (2 * 1.380649e-23 * 300 * conductance * duration) - 1)).toBeLessThan(
        0.029,
      );
      expect(Math.abs(mean - voltage * conductance)).toBeLessThan(4 * Math.sqrt(variance / count));
    }
  });

  it("has shot noise by the Fano factor, and the larger of white noise and the floor", async () => {
    const floor = floorVariance(conductance, 0.01, 1e-6, 300, 1);
    const shot = await cellsWith({ fano: 1 });
    expect(Math.abs(momentsOf(shot.read(0)).variance / floor - 1)).toBeLessThan(bound);
    // 2 % of 10 uA in 1 us, a tenth of its variance in 10 us.
    const white = await cellsWith({ white: 0.02, fano: 1 });
    expect(Math.abs(momentsOf(white.read(0)).variance / 2e-7 ** 2 - 1)).toBeLessThan(bound);
    const longer = momentsOf(white.read(1, { voltage: 0.01, duration: 1e-5 })).variance;
    expect(Math.abs(longer / (0.1 * 2e-7 ** 2) - 1)).toBeLessThan(bound);
    const faint = await cellsWith({ white: 1e-9, fano: 1 });
    expect(Math.abs(momentsOf(faint.read(0)).variance / floor - 1)).toBeLessThan(bound);
  });

  it("is none at all with scale 0 or the cause switched off, and keeps nothing then", async () => {
    const kept = (await cellsWith(noisy)).cells.save().length;
    for (const { cells, read, split } of [
      await cellsWith({ ...noisy, scale: 0 }),
      await cellsWith(noisy, 4, { ...everything, readNoise: false }),
    ]) {
      const expected = new Float64Array(count);
      cells.current(0.01, expected);
      expect(read(0).every((value, i) => value === expected[i])).toBe(true);
      expect(split({ mode: "held", window: 1 }).deviation.every((value) => value === 0)).toBe(true);
      expect(cells.heldShare({ mode: "held", window: 1 })).toBeNull();
      expect(cells.save().length).toBeLessThan(kept);
    }
  });

  // From 1 us to a year is ln 3.15e13 of flicker noise, 1e-4 of it the variance; a trap in 30 % of devices.
  it("has the same variance however it is divided, and the one that its coefficients say", async () => {
    const flicker = { flicker: 0.01, flickerFrom: 1e-6, flickerTo: 3.1536e7 };
    const { cells, split } = await cellsWith(flicker);
    cells.elapse(1);
    const floor = floorVariance(1, 0.01, 1e-9, 300, 0) / 1e-4 / conductance;
    const all = 1e-4 * Math.log(3.1536e13);
    for (const [mode, window, held] of [
      ["held", 1, 1],
      ["perRead", 1, 0],
      ["process", 1e-2, Math.log(3.1536e9) / Math.log(3.1536e13)],
      ["process", 1e9, 0],
    ] as const) {
      const { centre, deviation } = split({ mode, window });
      const slow = momentsOf(centre).variance / conductance ** 2;
      const fast = (deviation[0]! / conductance) ** 2;
      const [slowExpected, fastExpected] = mode === "held" ? [all + floor, 0] : [held * all, (1 - held) * all + floor];
      // A read of 1 ns leaves 3e-4 / 3 less of the fastest band.
      expect(Math.abs(fast - fastExpected)).toBeLessThan(1e-4 * (all + floor));
      expect(Math.abs(slow - slowExpected)).toBeLessThan(bound * slowExpected + 1e-4 * all);
      const share = cells.heldShare({ mode, window })!;
      expect(share).toBeCloseTo(slowExpected / (all + floor), 3);
    }
    // 5 % of any of its coefficients moves it by 0.16 % of the variance at least.
    for (const [key, value] of Object.entries(flicker)) {
      const bent = await cellsWith({ ...flicker, [key]: 1.05 * value });
      const fresh = (bent.split({ mode: "perRead", window: 1 }).deviation[0]! / conductance) ** 2;
      expect(Math.abs(fresh - all - floor)).toBeGreaterThan(1e-3 * all);
    }
  });

  it("remembers: reads 1 ms apart share what is slower, reads of other populations nothing", async () => {
    const law = { flicker: 0.1, flickerFrom: 1e-6, flickerTo: 1e3, "telegraph.share": 1, "telegraph.amplitude": 0.2 };
    const { cells, read } = await cellsWith({ ...law, "telegraph.amplitudeSpread": 0 });
    const other = await cellsWith(law, 5);
    const [first, apart] = [read(0), other.read(0)];
    cells.elapse(1e-3 - 1e-6);
    const second = read(1);
    const relative = (list: Float64Array): Float64Array => list.map((value) => value / (0.01 * conductance) - 1);
    const covariance = (a: Float64Array, b: Float64Array): number => {
      const [x, y] = [relative(a), relative(b)];
      return x.reduce((sum, value, i) => sum + value * y[i]!, 0) / count;
    };
    let expected = 0;
    for (let k = 0; k < 9; k++) expected += 0.01 * Math.LN10 * Math.exp(-1e-3 / 10 ** (k - 5.5));
    // Both dwell times of a trap lie between 1 ms and 10 s, uniformly in the logarithm: by the midpoint rule over both.
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 100; j++) {
        const [low, high] = [10 ** (-3 + 0.04 * (i + 0.5)), 10 ** (-3 + 0.04 * (j + 0.5))];
        const share = high / (low + high);
        expected += 1e-4 * 0.04 * share * (1 - share) * Math.exp(-1e-3 * (1 / low + 1 / high));
      }
    }
    const error = 4 * Math.sqrt((covariance(first, first) * covariance(second, second) + expected ** 2) / count);
    expect(Math.abs(covariance(first, second) - expected)).toBeLessThan(error);
    expect(Math.abs(covariance(first, apart))).toBeLessThan(error);
  });

  it("goes on bit for bit from a saved state", async () => {
    const [one, other] = [await cellsWith(noisy), await cellsWith(noisy)];
    one.cells.elapse(3);
    one.read(0);
    one.cells.elapse(1e-4);
    one.read(1);
    other.cells.restore(one.cells.save());
    for (const both of [one, other]) both.cells.elapse(0.02);
    const [a, b] = [one.read(2), other.read(2)];
    expect(a.every((value, i) => value === b[i])).toBe(true);
    expect(Buffer.compare(one.cells.save(), other.cells.save())).toBe(0);
  });
});
