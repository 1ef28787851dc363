import { describe, expect, it } from "vitest";
import type { Cells, DeviceModel, DeviceSwitches, PulseTrains } from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import { conductances, distance, expectClose } from "./compare.ts";
import { everything, shippedSet } from "./device-contract.ts";

/** No spread and no read noise: what is left is the law. */
const law: DeviceSwitches = { ...everything, programmingNoise: false, readNoise: false };

/** What trains of pulses must do in every model that has pulses: the same as pulses one by one, for the cells that get them. */
export function keepsTheTrainContract(model: DeviceModel, set: string): void {
  const device = model.prepare(shippedSet(model.name, set));
  const { potentiate } = device.operation;
  if (!potentiate) return;
  const depress = device.operation.depress ?? potentiate;

  describe(`${model.name}, ${set}, keeps the contract of trains`, () => {
    const made = async (count: number, seed = 1, switches = everything): Promise<Cells> =>
      device.create(await openEngine(1 << 22), count, drawOf(seed), switches);
    const trained = (cells: Cells, counts: readonly number[], selected?: readonly number[]): Float64Array => {
      const work = new Float64Array(cells.count);
      const trains: PulseTrains = { potentiate, depress, counts: Int16Array.from(counts) };
      cells.train!(selected ? { ...trains, selected: Uint32Array.from(selected) } : trains, work);
      return work;
    };
    const wear = (cells: Cells): number[] => {
      const out = new Float64Array(cells.count);
      cells.wear!(out);
      return [...out];
    };

    it("moves a cell as so many single pulses do, and takes the same energy", async () => {
      const [once, singly] = [await made(3, 1, law), await made(3, 1, law)];
      const work = trained(once, [3, -2, 1]);
      trained(once, [-1, 2, 0]);
      const single = new Float64Array(3);
      for (const [pulse, cells] of [
        [potentiate, [0, 2]],
        [potentiate, [0]],
        [potentiate, [0]],
        [depress, [1]],
        [depress, [1]],
      ] as const) {
        singly.apply({ voltage: pulse.voltage, duration: pulse.width }, single, Uint32Array.from(cells));
      }
      expectClose([...work], [...single]);
      const later = new Float64Array(3);
      singly.apply({ voltage: depress.voltage, duration: depress.width }, later, Uint32Array.of(0));
      for (let k = 0; k < 2; k++) {
        singly.apply({ voltage: potentiate.voltage, duration: potentiate.width }, later, Uint32Array.of(1));
      }
      expectClose(conductances(once), conductances(singly));
    });

    it("counts the pulses that each cell had, and moves no other", async () => {
      const cells = await made(6);
      trained(cells, [2, 0, 1, 0, 3, 0]);
      const before = conductances(cells);
      const work = trained(cells, [2, -1], [1, 4]);
      const writes = [wear(cells), conductances(cells)] as const;
      expect(writes[0]).toEqual([2, 2, 1, 0, 4, 0]);
      for (const i of [0, 2, 3, 5]) {
        expect(writes[1][i]).toBe(before[i]);
        expect(work[i]).toBe(0);
      }
    });

    it("goes on from a saved state as if nothing had happened", async () => {
      const [cells, again] = [await made(5), await made(5)];
      trained(cells, [1, -1, 2, 0, 4]);
      again.restore(cells.save());
      for (const both of [cells, again]) trained(both, [2, 3, -1, 1, 1]);
      expect(conductances(again)).toEqual(conductances(cells));
      expect(wear(again)).toEqual(wear(cells));
    });

    it("has the spread of single pulses", async () => {
      const many = 1000;
      const [together, singly] = [await made(many, 1), await made(many, 2)];
      trained(together, new Array<number>(many).fill(4));
      const work = new Float64Array(many);
      for (let k = 0; k < 4; k++) singly.apply({ voltage: potentiate.voltage, duration: potentiate.width }, work);
      // Kolmogorov and Smirnov's distance of two samples of 1,000; by chance above 0.087 once in 1,000.
      expect(distance(conductances(together), conductances(singly))).toBeLessThan(0.087);
    });
  });
}
