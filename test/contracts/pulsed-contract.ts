import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Cells,
  type DeviceModel,
  type DeviceSwitches,
  numberAt,
  type PreparedDevice,
  type Stimulus,
} from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import { conductances, distance, expectClose } from "./compare.ts";
import { everything, shippedSet } from "./device-contract.ts";
import { withLeaf } from "./one-device.ts";

/** No spread and no read noise: what is left is the law. */
const law: DeviceSwitches = { ...everything, programmingNoise: false, readNoise: false };

/** What every model that voltage pulses move must satisfy, whatever its physics. */
export function keepsThePulsedContract(model: DeviceModel, set: string): void {
  describe(`${model.name}, ${set}, keeps the contract of pulsed devices`, () => {
    const values = shippedSet(model.name, set);
    const device = model.prepare(values);
    const pulses = pulsesOf(device);
    const count = 12;

    const made = async (seed = 1, switches = everything, cells = count, prepared = device): Promise<Cells> =>
      prepared.create(await openEngine(1 << 21), cells, drawOf(seed), switches);

    it("stays within its limits and takes energy from whatever pulse comes in the dark", async () => {
      const sequence = fc.array(
        fc.record({ pulse: fc.nat({ max: pulses.length - 1 }), wait: fc.constantFrom(0, 1e-9, 1e-3, 10, 1e6) }),
        { maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(sequence, fc.integer({ min: 0, max: 99 }), async (steps, seed) => {
          const cells = await made(seed);
          const now = new Float32Array(count);
          for (const { pulse, wait } of steps) {
            const work = new Float64Array(count);
            cells.apply(pulses[pulse]!, work);
            if (wait > 0) cells.elapse(wait);
            cells.conductance(now);
            for (let i = 0; i < count; i++) {
              expect(now[i]! >= 0 && Number.isFinite(now[i])).toBe(true);
              expect(work[i]! >= 0 && Number.isFinite(work[i])).toBe(true);
            }
          }
        }),
        { seed: 1, numRuns: 10 },
      );
    });

    it("is moved by 0 V as by waiting, and takes no energy from it", async () => {
      const [held, waited] = [await pulsed(await made(1, law)), await pulsed(await made(1, law))];
      const work = new Float64Array(count);
      held.apply({ voltage: 0, duration: 1e-3 }, work);
      waited.elapse(1e-3);
      expect(held.clock).toBeCloseTo(waited.clock, 12);
      expectClose(conductances(held), conductances(waited));
      expect([...work].every((own) => own === 0)).toBe(true);
    });

    it("waits for two spans of time as for their sum", async () => {
      for (const seconds of [1e-6, 1, 1e5]) {
        const [once, twice] = [await pulsed(await made(1, law)), await pulsed(await made(1, law))];
        once.elapse(seconds);
        twice.elapse(0.3 * seconds);
        twice.elapse(0.7 * seconds);
        expectClose(conductances(once), conductances(twice));
      }
    });

    it("is moved by the pieces of a pulse as by the pulse, with its own spread", async () => {
      for (const pulse of pulses) {
        const [whole, pieces] = [await pulsed(await made(1)), await pulsed(await made(1))];
        const [work, parts] = [new Float64Array(count), new Float64Array(count)];
        whole.apply(pulse, work);
        pieces.apply({ ...pulse, duration: 0.25 * pulse.duration }, parts);
        pieces.apply({ ...pulse, duration: 0.75 * pulse.duration, continues: true }, parts);
        expectClose(conductances(whole), conductances(pieces));
      }
    });

    it("gives the same draws to the same address", async () => {
      const [one, same] = [await pulsed(await made(1)), await pulsed(await made(1))];
      expect(conductances(same)).toEqual(conductances(one));
      expect(currents(same)).toEqual(currents(one));
    });

    it("is one at a time, without spread, what it is all at once", async () => {
      const all = await pulsed(await made(1, law));
      const one = await pulsed(await made(7, law, 1));
      const [each] = conductances(one, 1);
      expectClose(
        conductances(all),
        Array.from({ length: count }, () => each!),
      );
    });

    it("has the distribution of single devices when it is many", async () => {
      const many = 200;
      const together = conductances(await pulsed(await made(1, everything, many), many), many);
      const apart: number[] = [];
      for (let seed = 0; seed < many; seed++)
        apart.push(conductances(await pulsed(await made(1000 + seed, everything, 1), 1), 1)[0]!);
      // Kolmogorov and Smirnov's distance of two samples of 200; by chance above 0.195 once in 1,000.
      expect(distance(together, apart)).toBeLessThan(0.195);
    });

    it("goes on from a saved state as if nothing had happened", async () => {
      const cells = await pulsed(await made(1));
      const saved = cells.save();
      const again = await made(1);
      again.restore(saved);
      for (const both of [cells, again]) await pulsed(both);
      expect(again.clock).toBe(cells.clock);
      expect(conductances(again)).toEqual(conductances(cells));
      expect(currents(again)).toEqual(currents(cells));
    });

    it("conducts no more than compliance allows", async () => {
      const cells = await made(1, law);
      const largest = currents(await pulsed(cells)).reduce((most, own) => Math.max(most, Math.abs(own)), 0);
      const compliance = largest / 10;
      const work = new Float64Array(count);
      const { voltage, width: duration } = device.operation.read;
      cells.apply({ voltage, duration, compliance }, work);
      for (const own of work) expect(own).toBeLessThanOrEqual(Math.abs(voltage) * compliance * duration * (1 + 1e-6));
    });

    it("gives no more work back under light than light brings", async () => {
      const { light } = device.operation;
      if (!light) return;
      const area = numberAt(values, "area", 0);
      const cells = await pulsed(await made(1, law));
      for (const voltage of [-light.pulse.voltage, 0, light.pulse.voltage]) {
        const work = new Float64Array(count);
        const { irradiance, wavelength } = light;
        cells.apply({ voltage, duration: light.pulse.width, light: { irradiance, wavelength } }, work);
        for (const own of work) expect(own).toBeGreaterThanOrEqual(-irradiance * area * light.pulse.width);
      }
    });

    it("keeps stuck devices where they are, and counts them", async () => {
      const stuck = model.prepare(withLeaf(values, "stuck.low", 0.5));
      const cells = await made(1, everything, 400, stuck);
      const number = cells.limited!.stuck;
      // 400 devices of which half: 5 standard deviations are 50.
      expect(Math.abs(number - 200)).toBeLessThan(50);
    });

    /** A little history: every pulse twice, with waits. */
    async function pulsed(cells: Cells, size = count): Promise<Cells> {
      const work = new Float64Array(size);
      for (const pulse of [...pulses, ...pulses]) {
        cells.apply(pulse, work);
        cells.elapse(pulse.duration);
      }
      return cells;
    }

    function currents(cells: Cells): Float64Array {
      const [current, work] = [new Float64Array(count), new Float64Array(count)];
      cells.read({ voltage: device.operation.read.voltage, duration: device.operation.read.width }, 3, current, work);
      return current;
    }
  });
}

/** Pulses that the set is used with, and a weak one of each sign. */
function pulsesOf({ operation }: PreparedDevice): Stimulus[] {
  const own = [operation.potentiate, operation.depress].filter((pulse) => pulse !== null);
  return own.flatMap(({ voltage, width }) => [
    { voltage, duration: width },
    { voltage: voltage / 3, duration: width },
  ]);
}
