import { describe, expect, it } from "vitest";
import { Arbitration, SynapseArray } from "../../../circuits/synapses/index.ts";
import { devicesOf, inParallel } from "../../../crossbar/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";

async function synapses(devices: number, count: number, differential: boolean) {
  const model = deviceModel("pcm-accumulation");
  const one = model.prepare(shippedSet("pcm-accumulation", "nandakumar-2018"));
  const device = inParallel(one, devices);
  const engine = await openEngine(1 << 24, "typescript");
  const draw = drawOf(1);
  const spec = { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 } as const;
  const positive = device.create(engine, count, at(draw, "positive"), everything);
  const negative = differential ? device.create(engine, count, at(draw, "negative"), everything) : null;
  const arbitration = new Arbitration(spec, count, draw);
  const arrangement = differential ? "differential" : "single";
  return new SynapseArray(positive, negative, device.operation, arrangement, arbitration);
}

describe("synapses of many devices", () => {
  it("book the work and wear of exactly the pulses that were applied", async () => {
    const array = await synapses(3, 5, false);
    const seen: unknown[] = [];
    array.watch = (pulse) => seen.push(pulse);
    const done = array.update(Int16Array.of(4, 0, -1, 0, 2));
    expect(done.requested).toEqual({ potentiation: 6, depression: 1 });
    expect(done.pulses).toEqual({ potentiation: 6, depression: 1 });
    expect(seen.length).toBe(7);
    // 100 uA through 1 V and 450 uA through 1.5 V, 50 ns each (claim 3.o).
    expect(done.works.potentiation).toBeCloseTo(6 * 5e-12, 15);
    expect(done.works.depression).toBeCloseTo(33.75e-12, 15);
    expect(done.work).toBe(done.works.potentiation + done.works.depression);
    const wear = new Float64Array(15);
    devicesOf(array.positive).population.wear!(wear);
    // Requests 0 .. 3 go to devices 0, 1, 2, 0 of synapse 0; 4 to device 1 of synapse 2; 5 and 6 to 2 and 0 of synapse 4.
    expect([...wear]).toEqual([2, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("potentiate the negative set where a differential synapse is depressed", async () => {
    const array = await synapses(1, 2, true);
    const [before, after] = [new Float32Array(2), new Float32Array(2)];
    array.negative!.conductance(before);
    array.update(Int16Array.of(-20, 0));
    array.negative!.conductance(after);
    expect(after[0]! - before[0]!).toBeGreaterThan(2e-6);
    expect(after[1]).toBe(before[1]);
  });

  it("come to the same state however pulses are divided over updates", async () => {
    const [once, twice] = [await synapses(1, 3, false), await synapses(1, 3, false)];
    once.update(Int16Array.of(5, 3, 2));
    twice.update(Int16Array.of(2, 3, 0));
    twice.update(Int16Array.of(3, 0, 2));
    const [a, b] = [new Float32Array(3), new Float32Array(3)];
    once.positive.conductance(a);
    twice.positive.conductance(b);
    expect(a).toEqual(b);
  });

  it.each(["single", "differential", "push-pull"] as const)(
    "are pulsed the same whether anybody looks or not: %s",
    async (arrangement) => {
      const device = deviceModel("pulse-response").prepare(shippedSet("pulse-response", "soft-bounds"));
      const engine = await openEngine(1 << 24);
      const spec = {
        devices: 1,
        policy: "global-clock",
        increment: 1,
        potentiationCounter: 1,
        depressionCounter: 1,
      } as const;
      const count = 600;
      const made = () => {
        const set = (side: string) => device.create(engine, count, at(drawOf(1), side), everything);
        const clock = new Arbitration(spec, count, drawOf(1));
        const negative = arrangement === "single" ? null : set("negative");
        return new SynapseArray(set("positive"), negative, device.operation, arrangement, clock);
      };
      const [seen, unseen] = [made(), made()];
      const shown = { positive: new Float64Array(count), negative: new Float64Array(count) };
      seen.watch = ({ cell, side }) => {
        shown[side][cell]!++;
      };
      const counts = Int16Array.from({ length: count }, (_, i) => ((i * 7) % 11) - 5);
      for (const array of [seen, unseen]) array.update(counts);
      expect(seen.positive.save()).toEqual(unseen.positive.save());
      const wear = new Float64Array(count);
      for (const side of ["positive", "negative"] as const) {
        const cells = seen[side];
        if (!cells) continue;
        cells.wear!(wear);
        expect(shown[side]).toEqual(wear);
      }
    },
  );
});
