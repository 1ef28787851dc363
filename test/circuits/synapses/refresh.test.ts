import { describe, expect, it } from "vitest";
import {
  Arbitration,
  type arrangements,
  refreshPairs,
  SynapseArray,
  usualRefreshShares,
} from "../../../circuits/synapses/index.ts";
import { devicesOf, inParallel } from "../../../crossbar/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";

const one = deviceModel("pcm-accumulation").prepare(shippedSet("pcm-accumulation", "nandakumar-2018"));
const microsiemens = 1e-6;

async function pairsOf(devices: number, count: number, arrangement: (typeof arrangements)[number] = "differential") {
  const device = inParallel(one, devices);
  const engine = await openEngine(2 ** 24);
  const spec = { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 } as const;
  const [positive, negative] = ["positive", "negative"].map((side) =>
    device.create(engine, count, at(drawOf(1), side), everything),
  );
  const arbitration = new Arbitration(spec, count, drawOf(1));
  const pairs = new SynapseArray(positive!, negative!, device.operation, arrangement, arbitration);
  const conductances = () =>
    [positive!, negative!].map((cells) => {
      const now = new Float32Array(count);
      cells.conductance(now);
      return now;
    });
  const wear = () => {
    let sum = 0;
    for (const cells of [positive!, negative!]) {
      const { population } = devicesOf(cells);
      const own = new Float64Array(population.count);
      population.wear!(own);
      for (const pulses of own) sum += pulses;
    }
    return sum;
  };
  return { pairs, conductances, wear };
}

/** 6.75 and 2.25 uS of 9 uS, and the step in the middle of the range. */
const specOf = (devices: number) => ({
  ...usualRefreshShares,
  low: 0,
  high: devices * 9 * microsiemens,
  step: 0.5 * microsiemens,
  read: one.operation.read,
  readTime: 1e-6,
});

describe("refresh of pairs that are only potentiated", () => {
  it.each([1, 3])(
    "brings both sides down where both are high and keeps their difference, %d devices",
    async (devices) => {
      const count = 300;
      const { pairs, conductances, wear } = await pairsOf(devices, count);
      // Pulses of both signs until sides are high: none to 25 on the positive side, up to 12 on the negative one.
      pairs.update(Int16Array.from({ length: count }, (_, i) => devices * (i % 26)));
      pairs.update(Int16Array.from({ length: count }, (_, i) => -devices * (i % 13)));
      const before = conductances();
      const [worn, requested] = [wear(), { ...pairs.arbitration.counted.requested }];
      const done = refreshPairs(pairs, specOf(devices), 0);
      const after = conductances();
      // Every pulse is counted where it was given, and wears the device that got it.
      const { erased, written } = done;
      const pulses = [erased, written].map((given) => given.pulses.potentiation + given.pulses.depression);
      expect(wear() - worn).toBe(pulses[0]! + pulses[1]!);
      expect(erased.pulses.potentiation).toBe(0);
      expect(written.pulses.depression).toBe(0);
      const now = pairs.arbitration.counted.requested;
      expect(now.potentiation + now.depression - requested.potentiation - requested.depression).toBe(pulses[1]);
      // 100 uA at 1 V and 450 uA at 1.5 V, 50 ns each.
      expect(written.work / pulses[1]!).toBeCloseTo(5e-12, 16);
      expect(erased.work / pulses[0]!).toBeCloseTo(33.75e-12, 16);
      let [refreshed, difference, square] = [0, 0, 0];
      for (let i = 0; i < count; i++) {
        const [plus, minus] = [before[0]![i]! / microsiemens, before[1]![i]! / microsiemens];
        const left = Math.min(after[0]![i]!, after[1]![i]!) / microsiemens;
        // Read noise of a side is 0.03 G + 0.13 uS a device: 5 of them about a threshold tell nothing.
        const noise = 5 * Math.sqrt(devices) * (0.03 * 9 + 0.13);
        const [most, least] = [Math.max(plus, minus), Math.min(plus, minus)];
        if (most < devices * 6.75 - noise || least < devices * 2.25 - noise) {
          // Drift over the microseconds of refreshing is none before its onset.
          expect(after[0]![i]).toBe(before[0]![i]);
          expect(after[1]![i]).toBe(before[1]![i]);
        } else if (most > devices * 6.75 + noise && least > devices * 2.25 + noise) {
          refreshed++;
          expect(left).toBeLessThan(devices * 0.3);
          const error = (after[0]![i]! - after[1]![i]!) / microsiemens - (plus - minus);
          difference += error;
          square += error ** 2;
        }
      }
      expect(refreshed).toBeGreaterThan(15);
      expect(done.refreshed).toBeGreaterThanOrEqual(refreshed);
      expect(done.missed).toBe(0);
      // The difference was read with noise, and is reached by whole pulses that add up to 2.5 uS after a RESET: two read noises and one such
      // pulse's spread bound it in the mean.
      const noise = Math.sqrt(devices) * (0.03 * 9 + 0.13);
      expect(Math.abs(difference / refreshed)).toBeLessThan(2.5);
      expect(Math.sqrt(square / refreshed)).toBeLessThan(2 * noise + 2.5);
    },
  );

  it("is refused where sides are pulsed oppositely", async () => {
    const { pairs } = await pairsOf(1, 10, "push-pull");
    expect(() => refreshPairs(pairs, specOf(1), 0)).toThrow('not arrangement "push-pull"');
  });
});
