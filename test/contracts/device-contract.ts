import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cells, type DeviceModel, type DeviceSwitches, shippedParameterSet } from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import { readKnownTree } from "../../src/ground/known-tree.ts";

export const everything: DeviceSwitches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };
export const nothing: DeviceSwitches = { programmingNoise: false, drift: false, readNoise: false, polarity: false };

/** The values of a parameter set that ships, in SI. */
export function shippedSet(model: string, name: string) {
  return readKnownTree((shippedParameterSet(model, name).tree as { values: unknown }).values, name);
}

const split = { mode: "process", window: 1e-2 } as const;

/** What every device model must satisfy, whatever its physics. */
export function keepsTheDeviceContract(model: DeviceModel, set: string): void {
  describe(`${model.name}, ${set}, keeps the device contract`, () => {
    const count = 257;
    const device = model.prepare(shippedSet(model.name, set));
    const targets = (seed: number): Float32Array =>
      Float32Array.from({ length: count }, (_, i) => device.targetRange * (((i * 7919 + seed * 104729) % 1000) / 999));

    // The twins take arrays of any memory, so that a test may read them.
    async function programmed(seed = 1, switches = everything): Promise<Cells> {
      const engine = await openEngine(1 << 22, "typescript");
      const cells = device.create(engine, count, drawOf(seed), switches);
      cells.program?.(targets(0), 0);
      return cells;
    }
    function read(cells: Cells, reading: number): { centre: Float32Array; deviation: Float32Array; now: Float32Array } {
      const [centre, deviation, now] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
      cells.conductance(now);
      cells.readNoise(split, reading, centre, deviation);
      return { centre, deviation, now };
    }

    it("never has a negative or infinite conductance, at any time", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.double({ min: 0, max: 1e9, noNaN: true }),
          fc.integer({ min: 0, max: 99 }),
          async (seconds, seed) => {
            const cells = await programmed(seed);
            cells.elapse(device.firstReading + seconds);
            for (const value of read(cells, 0).now) expect(value >= 0 && Number.isFinite(value)).toBe(true);
          },
        ),
        { seed: 1, numRuns: 20 },
      );
    });

    it("moves by two spans of time as by their sum", async () => {
      const [once, twice] = [await programmed(1), await programmed(1)];
      once.elapse(device.firstReading + 3600);
      twice.elapse(device.firstReading);
      twice.elapse(1200);
      twice.elapse(2400);
      expect(read(twice, 5)).toEqual(read(once, 5));
    });

    it("gives the same draws to the same address and others to another", async () => {
      const [one, same, other] = [await programmed(1), await programmed(1), await programmed(2)];
      for (const cells of [one, same, other]) cells.elapse(device.firstReading);
      expect(read(same, 0)).toEqual(read(one, 0));
      if (!((one.heldShare(split) ?? 0) > 0)) return;
      expect(read(other, 0).centre).not.toEqual(read(one, 0).centre);
      // Noise with a memory is that of its moment, noise without one that of its reading: another of both is another draw.
      const relative = (cells: Cells, reading: number) => {
        const { centre, now } = read(cells, reading);
        return centre.map((value, i) => value / now[i]!);
      };
      const before = relative(one, 0);
      one.elapse(1);
      expect(relative(one, 1)).not.toEqual(before);
    });

    it("is its target, without noise and drift", async () => {
      const cells = await programmed(1, nothing);
      cells.elapse(device.firstReading + 86400);
      const { centre, deviation, now } = read(cells, 0);
      expect(now).toEqual(targets(0));
      expect(centre).toEqual(targets(0));
      expect(deviation.every((value) => value === 0)).toBe(true);
    });

    it("goes on from a saved state as if nothing had happened, and refuses bytes of another population", async () => {
      const cells = await programmed(1);
      cells.elapse(device.firstReading + 100);
      const saved = cells.save();
      const again = device.create(await openEngine(1 << 22, "typescript"), count, drawOf(1), everything);
      again.restore(saved);
      for (const both of [cells, again]) both.elapse(50);
      expect(again.clock).toBe(cells.clock);
      expect(read(again, 3)).toEqual(read(cells, 3));
      expect(() => again.restore(saved.subarray(8))).toThrow(/bytes, expected/);
      const bent = saved.slice();
      bent[4]! ^= 1;
      expect(() => again.restore(bent)).toThrow(/header/);
    });

    it("goes on as if nothing had happened when its programmed conductances are put back, and stays as it is told to", async () => {
      const [own, back, kept, other] = await Promise.all([1, 2, 3, 4].map(() => programmed(1)));
      const put = read(own!, 0).now;
      if (!own!.replace) return;
      back!.replace!(put, true);
      other!.replace!(targets(5), true);
      kept!.replace!(targets(5), false);
      for (const cells of [own!, back!, kept!, other!]) cells.elapse(device.firstReading + 3600);
      expect(read(back!, 4)).toEqual(read(own!, 4));
      const { now, deviation } = read(kept!, 4);
      expect(now).toEqual(targets(5));
      expect(deviation.some((value) => value > 0)).toBe(read(own!, 4).deviation.some((value) => value > 0));
      // Others than its own drift as its own do: by the same factor, or by the same difference. Some may end at a limit: a tenth of the targets lies below the lowest.
      const [drifted, ownDrifted] = [read(other!, 4).now, read(own!, 4).now];
      let otherwise = 0;
      for (let i = 0; i < count; i++) {
        const factor = Math.abs(drifted[i]! * put[i]! - ownDrifted[i]! * targets(5)[i]!) < 5e-16;
        const difference = Math.abs(drifted[i]! - targets(5)[i]! - (ownDrifted[i]! - put[i]!)) < 2e-11;
        if (put[i]! > 0 && !factor && !difference) otherwise++;
      }
      expect(otherwise).toBeLessThan(0.25 * count);
    });

    it("has the read noise of the conductances that were put in place of its own", async () => {
      const [own, other] = [await programmed(1), await programmed(2)];
      const put = read(other, 0).now;
      if (!own.replace) return;
      own.replace(put, true);
      for (const cells of [own, other]) cells.elapse(device.firstReading);
      // Sets are published so that their drift starts at the first reading: there both have the same conductances.
      expect(read(own, 0).now).toEqual(put);
      expect(read(own, 0).deviation).toEqual(read(other, 0).deviation);
    });

    it("takes energy from a read: V^2 G t to the drift within it", async () => {
      const cells = await programmed(1);
      cells.elapse(device.firstReading);
      const before = read(cells, 0).now;
      const work = new Float64Array(count);
      const [voltage, duration] = [0.2, 1e-6];
      cells.apply({ voltage, duration }, work);
      expect(cells.clock).toBe(device.firstReading + duration);
      for (let i = 0; i < count; i++) {
        expect(work[i]).toBeGreaterThanOrEqual(0);
        expect(work[i]! / (voltage ** 2 * duration)).toBeCloseTo(before[i]!, 11);
      }
    });
  });
}
